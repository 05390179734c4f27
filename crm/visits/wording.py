"""What the page of a visit says about what happened to it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from crm.audit import Event, changed_fields
from crm.visits.forms import VisitForm
from crm.visits.listing import VisitCount
from crm.web.forms import label_of
from crm.web.rendering import counted, number

_HAPPENED = {
    "drafted": _l("hat einen Entwurf begonnen"),
    "logged": _l("hat den Besuch abgeschlossen"),
    "planned": _l("hat den Besuch geplant"),
    "handed_over": _l("hat den Besuch weitergegeben"),
    "edited": _l("hat den Besuch bearbeitet"),
    "cancelled": _l("hat den Besuch abgesagt"),
    "postponed": _l("hat den Besuch verschoben"),
    "archived": _l("hat den Besuch archiviert"),
    "restored": _l("hat den Besuch wiederhergestellt"),
    "discarded": _l("hat den Entwurf verworfen"),
}
# What the history calls otherwise than the form
_FIELDS = {
    "organisation_id": _l("Organisation"),
    "visibility": _l("Sichtbarkeit"),
    "offers": _l("Angebote"),
    "notes": _l("Gesprächspunkte"),
}


def count_text(count: VisitCount) -> str:
    """Return how many entries a list holds, and how many of them are visits when not all are."""
    entries, visits = count.entries, count.visits
    things = ngettext(
        "%(count)s Eintrag", "%(count)s Einträge", entries.number, count=number(entries.number)
    )
    text = counted(entries, things)
    if entries.is_more or visits == entries.number:
        return text
    among = ngettext(
        "davon %(count)s Besuch", "davon %(count)s Besuche", visits, count=number(visits)
    )
    return f"{text}, {among}"


def happened(event: Event, topics: Iterable[str] = ()) -> str:
    """Return what an audit line of a visit says; `topics` are those of the notes that changed."""
    text = str(_HAPPENED.get(event.action, event.action))
    if event.action == "handed_over":
        return text
    names = [name for name in changed_fields(event.changes) if name != "notes"]
    changed = [field_name(name) for name in names]
    if named := list(dict.fromkeys(topics)):
        notes = ngettext("Gesprächspunkt %(topics)s", "Gesprächspunkte %(topics)s", len(named),
                         topics=", ".join(named))  # fmt: skip
        changed.append(notes)
    return _("%(text)s: %(fields)s", text=text, fields=", ".join(changed)) if changed else text


def field_name(name: str) -> str:
    """Return what the history calls a field."""
    return str(_FIELDS[name]) if name in _FIELDS else label_of(VisitForm, name)
