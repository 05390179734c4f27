"""What pages say about a concern's clock and about what happened to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.audit import Event
from crm.clock import BERLIN, today
from crm.concerns.deadlines import Step, next_deadline
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.visibility import Visibility
from crm.web.rendering import day
from crm.web.words import word


def clock(concern: Concern) -> str:
    """Return what the clock says: Erste Rückmeldung bis morgen, 2 Tage überfällig."""
    if concern.outcome is not None and concern.closed_at is not None:
        closed_on = day(concern.closed_at.astimezone(BERLIN).date())
        return _("%(outcome)s am %(day)s", outcome=word(concern.outcome), day=closed_on)
    deadline = next_deadline(concern)
    answered = concern.first_responded_at is not None
    if deadline is None:
        return _("geantwortet") if answered else _("ohne Frist")
    days = (deadline.due_on - today()).days
    if days < 0:
        late = ngettext("%(num)s Tag überfällig", "%(num)s Tage überfällig", -days)
        return _("geantwortet, %(late)s", late=late) if answered else late
    until = _until(deadline.due_on, days)
    if deadline.step is Step.FIRST_RESPONSE:
        return _("Erste Rückmeldung bis %(day)s", day=until)
    if answered:
        return _("geantwortet, Lösung bis %(day)s", day=until)
    return _("Lösung bis %(day)s", day=until)


def _until(due_on: date, days: int) -> str:
    match days:
        case 0:
            return _("heute")
        case 1:
            return _("morgen")
    return day(due_on)


def clock_kind(concern: Concern) -> str:
    """Return the kind of badge for the clock: success, danger, warning or neutral."""
    if not concern.is_open:
        return "success" if concern.outcome is not Outcome.NOT_SOLVABLE else "neutral"
    deadline = next_deadline(concern)
    if deadline is None:
        return "neutral"
    days = (deadline.due_on - today()).days
    return "danger" if days < 0 else "warning" if days <= 1 else "neutral"


def happened(event: Event) -> str:
    """Return what an audit line of a concern says."""
    plain = {
        "opened": _("hat das Anliegen eröffnet"),
        "answered": _("hat die erste Rückmeldung gegeben"),
        "answer_taken_back": _("hat die erste Rückmeldung zurückgenommen"),
        "handed_over": _("hat das Anliegen weitergegeben"),
    }
    match event.action:
        case "joined":
            return _("hat einen Gesprächspunkt angeschlossen") + _details(event.changes)
        case "moved":
            return _("hat den Stand geändert") + _details(event.changes)
    return plain.get(event.action, event.action)


def _details(changes: Any) -> str:
    """Return the changes in the words of the interface, behind a colon; empty for none."""
    parts = []
    if "stage" in changes:
        before, after = (word(Stage(value)) for value in changes["stage"])
        parts.append(_("%(before)s → %(after)s", before=before, after=after))
    if "outcome" in changes:
        parts.append(word(Outcome(changes["outcome"][1])))
    if "flag" in changes:
        before, after = (word(Flag(value)) for value in changes["flag"])
        parts.append(_("%(before)s → %(after)s", before=before, after=after))
    if "visibility" in changes:
        parts.append(word(Visibility(changes["visibility"][1])))
    return ": " + ", ".join(parts) if parts else ""
