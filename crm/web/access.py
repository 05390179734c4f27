"""Who may enter a view. Every view is marked; an unmarked one is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import audit
from crm.accounts.models import Person
from crm.policy import Actor, Permission, may
from crm.web import sessions
from crm.web.proving import ask_for_proof, ask_to_set_up
from crm.web.resume import ask_to_sign_in_again, comes_from_elsewhere

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC: Final = "public"
_MARKER: Final = "crm_access"
_EARLY: Final = "crm_early"
_PROVED: Final = "crm_proved"
_ACCOUNT: Final = Permission.ACCOUNT_USE
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Access = Permission | str


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open a view to everybody, signed in or not."""
    setattr(view, _MARKER, PUBLIC)
    return view


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a view to the people whose role holds `permission`."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _MARKER, permission)
        return view

    return mark


def early(view: Callable[P, R]) -> Callable[P, R]:
    """Open a view also to people who still owe a second factor."""
    setattr(view, _EARLY, True)
    return view


def proved(*methods: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a view, by these methods, only to who has just shown password and code."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _PROVED, frozenset(methods))
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a view was marked with, or `None` for a view that nobody marked."""
    return cast("Access | None", getattr(view, _MARKER, None))


def current_person() -> Person | None:
    """Return the signed-in person, or None."""
    # The person themself: what stands for whoever is signed in must not be signed in
    person = cast("Person | None", current_user._get_current_object())  # noqa: SLF001
    return person if person and person.is_authenticated else None


def current_actor() -> Actor:
    """Return the signed-in person as the domain knows them; only for guarded views."""
    if "actor" not in g:
        g.actor = cast("Person", current_user).actor
    return cast("Actor", g.actor)


def _guard() -> ResponseReturnValue | None:
    audit.page.set(request.path)
    if request.endpoint is None:
        return None
    if request.method not in _SAFE_METHODS and comes_from_elsewhere():
        abort(400)
    view = current_app.view_functions[request.endpoint]
    access = access_of(view)
    if access == PUBLIC:
        return None
    if current_person() is None:
        if request.method not in _SAFE_METHODS:
            return ask_to_sign_in_again()
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return _guard_for(view, access)


def _guard_for(view: Callable[..., Any], access: Access | None) -> ResponseReturnValue | None:
    """Guard a view against the person who is signed in."""
    if sessions.owes_second_factor() and not getattr(view, _EARLY, False):
        return ask_to_set_up()
    if not isinstance(access, Permission) or not may(current_actor(), access):
        abort(403)
    if request.method in getattr(view, _PROVED, ()) and not sessions.is_proved():
        return ask_for_proof()
    return None


def _can(permission: str, subject: object | None = None) -> bool:
    """Tell whether the reader may; who owes a second factor may nothing but set it up."""
    if current_person() is None or (sessions.owes_second_factor() and permission != _ACCOUNT):
        return False
    return may(current_actor(), Permission(permission), subject)


def init_app(app: Flask) -> None:
    """Guard every request; give templates `can(permission, subject)`."""
    app.before_request(_guard)
    app.add_template_global(_can, "can")
