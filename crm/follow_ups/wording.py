"""What pages say about what happened to a follow-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from crm.audit import Event
from crm.web.rendering import day


def people_named(events: Iterable[Event]) -> set[UUID]:
    """Return the keys of the people whose names `happened` needs."""
    return {
        UUID(key) for event in events for keys in event.changes.get("assignees", ()) for key in keys
    }


def happened(event: Event, names: Mapping[UUID, str]) -> str:
    """Return what an audit line of a follow-up says; `names` are those of people, past ones too."""
    if event.action == "moved":
        before, after = (day(date.fromisoformat(text)) for text in event.changes["due_on"])
        return _("hat sie verschoben: %(before)s → %(after)s", before=before, after=after)
    if event.action == "reassigned":
        before, after = (_people(keys, names) for keys in event.changes["assignees"])
        return _("hat sie weitergegeben: %(before)s → %(after)s", before=before, after=after)
    plain = {
        "added": _("hat die Wiedervorlage angelegt"),
        "completed": _("hat sie erledigt"),
        "reopened": _("hat sie wieder geöffnet"),
        "result_told": _("hat das Ergebnis festgehalten"),
    }
    return plain.get(event.action, event.action)


def _people(keys: list[str], names: Mapping[UUID, str]) -> str:
    return ", ".join(names.get(UUID(key), _("nicht mehr da")) for key in keys)
