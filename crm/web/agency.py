"""How the agency looks: no process keeps it, so that all know of a change at once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask, current_app, g, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from crm.agency import queries
from crm.agency.queries import Look

_LAST = "crm.agency"


def look() -> Look:
    """Return how the agency looks; without a database, as it looked last."""
    if "agency" not in g:
        keep_last_known()
        with suppress(DBAPIError, NoConnectionFree):
            note(queries.look())
    found: Look = g.agency
    return found


def note(found: Look) -> None:
    """Show this look in this request: it came along with the session of the person."""
    g.agency = current_app.extensions[_LAST] = found


def keep_last_known() -> None:
    """Ask no more in this request: a page about a failure must not need the database."""
    g.agency = current_app.extensions[_LAST]


def agency_name(body_name: str = "") -> str:
    """Return the name that is set, else that of the environment, else that of a body."""
    return look().name or str(current_app.config["CRM"].agency_name) or body_name


def _agency() -> dict[str, Any]:
    """Return what the frame of every page shows."""
    found = look()
    return {
        # Noted when the person was loaded: a query may have loaded them anew without team
        "name": agency_name(str(g.get("body_name", ""))),
        "logo": url_for("agency.logo", logo_hash=found.logo_hash) if found.logo_hash else "",
        "theme": url_for("agency.theme", accent=found.accent[1:]) if found.accent else "",
    }


def init_app(app: Flask) -> None:
    """Give the frame of every page `agency()`."""
    app.extensions[_LAST] = Look()
    app.add_template_global(_agency, "agency")
