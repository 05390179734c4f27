"""What stands between a person and what they asked for: a second factor, or one more proof.

What was typed is kept, as when a session has ended (`resume`).
"""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import queries
from crm.web.resume import kept_or_typed, typed_input, typed_words

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def ask_to_set_up() -> ResponseReturnValue:
    """Lead to the second factor; an unsafe request gets its input back."""
    if request.method in _SAFE_METHODS:
        return redirect(url_for("accounts.set_up_second_factor", next=_wanted()))
    typed = typed_input()
    page = render_template(
        "errors/second_factor.html",
        typed=typed,
        words=typed_words(typed[1]) if typed else "",
        request_id="",
    )
    return page, 403


def ask_for_proof() -> ResponseReturnValue:
    """Lead to the page that asks; what an unsafe request holds goes along with it."""
    if request.method in _SAFE_METHODS:
        return redirect(url_for("accounts.confirm", next=_wanted()))
    path, fields = kept_or_typed()
    has_second_factor = queries.find_second_factor(g.sign_in.person_id) is not None
    page = render_template(
        "errors/proof.html", path=path, fields=fields, has_second_factor=has_second_factor
    )
    return page, 403


def _wanted() -> str:
    return request.full_path.rstrip("?")
