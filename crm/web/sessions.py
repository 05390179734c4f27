"""The cookie of a signed-in person and its session row."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Request, Response, current_app, g, session

from crm.accounts import queries, services
from crm.accounts.models import Person, SignIn
from crm.extensions import login_manager
from crm.web import agency

COOKIE = "__Host-augenhoehe"
_HALF = "half_sign_in"


def begin(person: Person) -> None:
    """Sign `person` in on this browser: a new row, a new cookie, a new form token."""
    _clear()
    g.session_cookie = services.begin_session(person.id)
    _note_body(person)
    g._login_user = person  # noqa: SLF001 - Flask-Login keeps the person of a request here


def _clear() -> None:
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps the old one for the rest of the request


def end(request: Request) -> None:
    """Sign this browser out: its row goes, its cookie is emptied."""
    session.clear()
    services.end_session(request.cookies.get(COOKIE, ""))
    g.session_cookie = ""


def _load(request: Request) -> Person | None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    known = queries.find_sign_in(token)
    if known is None or services.is_over(known.sign_in, _lifetime()):
        return None
    g.sign_in, g.owes_second_factor, shown = known
    agency.note(shown)
    _note_body(known.sign_in.person)
    services.touch_session(known.sign_in)
    return known.sign_in.person


def of_the_person(person: Person) -> list[SignIn]:
    """Return the browsers in which a person is signed in, the one used last first."""
    lifetime = _lifetime()
    return [found for found in queries.sign_ins(person.id) if not services.is_over(found, lifetime)]


def current_key() -> UUID:
    """Return the key of this session; only for guarded views."""
    key: UUID = g.sign_in.id
    return key


def is_proved() -> bool:
    """Tell whether password and code were shown in this session just now; for guarded views."""
    return services.is_proved(g.sign_in)


def owes_second_factor() -> bool:
    """Tell whether the signed-in person has to set up a second factor first."""
    return bool(g.get("owes_second_factor", False))


def begin_half(token: str) -> None:
    """Keep a half sign-in in this browser; it signs nobody in."""
    _clear()
    session[_HALF] = token


def half() -> str:
    """Return the half sign-in of this browser; empty when there is none."""
    return str(session.get(_HALF, ""))


def _note_body(person: Person) -> None:
    g.body_name = person.team.body.name if person.team else ""


def _lifetime() -> services.Lifetime:
    return services.Lifetime.of(current_app.config["CRM"])


def _set_cookie(response: Response) -> Response:
    token: str | None = g.get("session_cookie")
    if token:
        response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")
    elif token == "":
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def init_app(app: Flask) -> None:
    """Load the person of each request from its cookie."""
    login_manager.session_protection = None
    login_manager.init_app(app)
    login_manager.request_loader(_load)
    app.after_request(_set_cookie)
