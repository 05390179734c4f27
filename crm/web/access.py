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
from crm.web.resume import ask_to_sign_in_again, comes_from_elsewhere

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC: Final = "public"
_MARKER: Final = "crm_access"
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


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a view was marked with, or `None` for a view that nobody marked."""
    return cast("Access | None", getattr(view, _MARKER, None))


def current_person() -> Person | None:
    """Return the signed-in person, or None."""
    return cast("Person", current_user) if current_user and current_user.is_authenticated else None


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
    access = access_of(current_app.view_functions[request.endpoint])
    if access == PUBLIC:
        return None
    if current_person() is None:
        if request.method not in _SAFE_METHODS:
            return ask_to_sign_in_again()
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if not isinstance(access, Permission) or not may(current_actor(), access):
        abort(403)
    return None


def _can(permission: str, subject: object | None = None) -> bool:
    return current_person() is not None and may(current_actor(), Permission(permission), subject)


def init_app(app: Flask) -> None:
    """Guard every request; give templates `can(permission, subject)`."""
    app.before_request(_guard)
    app.add_template_global(_can, "can")
