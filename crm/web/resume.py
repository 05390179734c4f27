"""A form that was sent after its session or token had expired: the input comes back.

The page that answers holds what was typed as hidden fields beside a sign-in form; after signing in
the person sends it again to the same address with a fresh token.
"""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

# Not part of what the person typed
_NOT_KEPT = frozenset({"csrf_token", "password", "current_password", "new_password"})
RESUME_PATH = "resume-path"
RESUME_PREFIX = "resume:"


def ask_to_sign_in_again() -> ResponseReturnValue:
    """Answer an unsafe request of nobody: 400, with the sign-in form and the input kept."""
    return render_template("errors/expired.html", path=_path(), fields=typed_fields()), 400


def ask_to_send_again() -> ResponseReturnValue:
    """Answer an unsafe request whose token has expired: 400, with the input kept."""
    return render_template("accounts/resume.html", path=_path(), fields=typed_fields()), 400


def typed_input() -> tuple[str, list[tuple[str, str]]] | None:
    """Return the address and the fields of an unsafe request, or None for a safe one."""
    return (_path(), typed_fields()) if request.method == "POST" else None


def _path() -> str:
    return request.full_path.rstrip("?")


def typed_fields() -> list[tuple[str, str]]:
    """Return what was typed as pairs, for hidden fields of another page."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if name not in _NOT_KEPT and not name.startswith("resume")
        for value in values
    ]


def kept_input() -> tuple[str, list[tuple[str, str]]] | None:
    """Return where the kept input belongs and its fields, or None when there is none."""
    path = request.form.get(RESUME_PATH, "")
    if not path or not is_own_path(path, method="POST"):
        return None
    fields = [
        (name.removeprefix(RESUME_PREFIX), value)
        for name, values in request.form.lists()
        if name.startswith(RESUME_PREFIX)
        for value in values
    ]
    return path, fields


def is_own_path(path: str, *, method: str = "GET") -> bool:
    """Tell whether `path` is an address of this application: looked up in the URL map."""
    if not path.startswith("/") or not path.isprintable():
        return False
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(path.partition("?")[0], method=method)
    except HTTPException:
        return False
    return True
