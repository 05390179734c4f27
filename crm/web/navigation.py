"""The entries of the top bar that a person may open."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from crm.policy import Permission, may
from crm.web import sessions
from crm.web.access import current_actor, current_person


class Entry(NamedTuple):
    """One entry of the navigation."""

    label: str
    url: str
    current: bool


_ENTRIES = (
    (_l("Mein Tag"), "my_day.index", Permission.VISIT_READ),
    (_l("Besuche"), "visits.index", Permission.VISIT_READ),
    (_l("Anliegen"), "concerns.index", Permission.CONCERN_READ),
    (_l("Wiedervorlagen"), "follow_ups.index", Permission.FOLLOW_UP_READ),
    (_l("Organisationen"), "organisations.index", Permission.ORGANISATION_READ),
    (_l("Auswertung"), "dashboard.index", Permission.DASHBOARD_READ),
    (_l("Verwaltung"), "administration.index", Permission.SETTINGS_MANAGE),
)

# Where pages without an entry of their own are found
_FOUND_AT = {
    "agency": "administration",
    "contacts": "organisations",
    "mail": "administration",
    "partners": "concerns",
    "partners.edit": "organisations",
    "referrals": "concerns",
    "reports": "dashboard",
    "topics": "administration",
}


def _holds(feature: str) -> bool:
    """Tell whether this page belongs to an entry."""
    here = request.blueprint or ""
    return _FOUND_AT.get(request.endpoint or "", _FOUND_AT.get(here, here)) == feature


def _navigation() -> list[Entry]:
    if current_person() is None or sessions.owes_second_factor():
        return []
    return [
        Entry(str(label), url_for(endpoint), _holds(endpoint.partition(".")[0]))
        for label, endpoint, permission in _ENTRIES
        if may(current_actor(), permission)
    ]


def _frame() -> dict[str, Any]:
    entries, person = _navigation(), current_person()
    # Who may open none of the entries starts at their account
    start = entries[0].url if entries else url_for("accounts.show" if person else "my_day.index")
    return {"navigation": entries, "current_person": person, "start_url": start}


def init_app(app: Flask) -> None:
    """Give every page its `navigation`, its `current_person` and their `start_url`."""
    app.context_processor(_frame)
