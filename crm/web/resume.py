"""A form that was sent after its session or token had expired: the input comes back.

The page that answers holds what was typed as hidden fields beside a sign-in form; after signing in
the person sends it again to the same address with a fresh token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from crm.text import readable

# A choice, a key or a number as forms send them: nothing that a person has worded
_NO_WORDS = re.compile(r"[a-z_]{0,12}|[0-9]{1,9}|[0-9a-f-]{36}")
# Not part of what the person typed
_NOT_KEPT = frozenset({"csrf_token", "password", "current_password", "new_password", "code"})
RESUME_PATH = "resume-path"
RESUME_PREFIX = "resume:"


def ask_to_sign_in_again() -> ResponseReturnValue:
    """Answer an unsafe request of nobody: 400, with the sign-in form and the input kept."""
    path, fields = kept_or_typed()
    return render_template("errors/expired.html", path=path, fields=fields), 400


def ask_to_send_again() -> ResponseReturnValue:
    """Answer an unsafe request whose token has expired: 400, with the input kept."""
    path, fields = kept_or_typed()
    return render_template("accounts/resume.html", path=path, fields=fields), 400


def typed_input() -> tuple[str, list[tuple[str, str]]] | None:
    """Return the address and the fields of an unsafe request of one of our pages, or None."""
    if request.method != "POST" or comes_from_elsewhere():
        return None
    try:
        return kept_or_typed()
    except HTTPException:
        # Too much of it to be read
        return None


def typed_words(fields: Iterable[tuple[str, str]]) -> str:
    """Return what of these fields a person has worded, to be read and copied."""
    words = (value.strip() for _name, value in fields)
    return "\n\n".join(text for text in words if not _NO_WORDS.fullmatch(text))


def comes_from_elsewhere() -> bool:
    """Ask the browser, which says one or the other, from where a form was sent."""
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.host


def kept_or_typed() -> tuple[str, list[tuple[str, str]]]:
    """Return what was sent; through a sign-in, what is on its way through it."""
    return kept_input() or (_path(), typed_fields())


def _path() -> str:
    return request.full_path.rstrip("?")


def typed_fields() -> list[tuple[str, str]]:
    """Return what was typed as pairs, but for what no page can show: for another page's fields."""
    return [
        (readable(name), readable(value))
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
        (readable(name.removeprefix(RESUME_PREFIX)), readable(value))
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
