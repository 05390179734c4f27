"""What pages say about people and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.policy import Role
from crm.web.words import word

LANGUAGES: Mapping[str, str] = {"de": _l("Deutsch"), "en": _l("Englisch")}
LANDS: Mapping[str, str] = {
    "BW": _l("Baden-Württemberg"),
    "BY": _l("Bayern"),
    "BE": _l("Berlin"),
    "BB": _l("Brandenburg"),
    "HB": _l("Bremen"),
    "HH": _l("Hamburg"),
    "HE": _l("Hessen"),
    "MV": _l("Mecklenburg-Vorpommern"),
    "NI": _l("Niedersachsen"),
    "NW": _l("Nordrhein-Westfalen"),
    "RP": _l("Rheinland-Pfalz"),
    "SL": _l("Saarland"),
    "SN": _l("Sachsen"),
    "ST": _l("Sachsen-Anhalt"),
    "SH": _l("Schleswig-Holstein"),
    "TH": _l("Thüringen"),
}
_NAMES: Mapping[str, str] = {
    "role": _l("Rolle"),
    "team": _l("Team"),
    "leads": _l("Geleitete Teams"),
    "is_administrator": _l("Verwaltung"),
}


def changed_right(name: str, change: tuple[Any, Any]) -> str:
    """Return what a person may do now, and what before: Rolle: Lesezugriff → Leitung."""
    before, after = (_said(value, name) for value in change)
    return f"{_NAMES[name]}: {before} → {after}"


def changed_duty(change: tuple[list[str], list[str]]) -> str:
    """Return who has to have a second factor now, and before: – → Verwaltung, Leitung."""
    before, after = (", ".join(map(_obliged, roles)) or "–" for roles in change)
    return f"{before} → {after}"


def _obliged(role: str) -> str:
    return _("Verwaltung") if role == Role.NONE else word(Role(role))


def _said(value: Any, name: str) -> str:
    if name == "role":
        return word(Role(value))
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    return str(value or "–")
