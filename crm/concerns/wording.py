"""What pages say about a concern's clock and about what happened to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from crm.audit import Event
from crm.clock import BERLIN, today
from crm.concerns.deadlines import Step, next_deadline
from crm.concerns.models import Benefit, Concern, Flag, Outcome, Procedure, Stage
from crm.referrals.wording import happened_to_referral
from crm.visibility import Visibility
from crm.web.rendering import day, number
from crm.web.words import word

# What an edit can change, besides flag and circle, which say from what to what
_NAMES = {
    "title": _l("Titel"),
    "topic_id": _l("Thema"),
    "organisation_id": _l("Organisation"),
    "owner_id": _l("Zuständig"),
    "collaborator_ids": _l("Arbeitet mit"),
    "flag": _l("Einstufung"),
    "visibility": _l("Sichtbar für"),
}


def clock(concern: Concern) -> str:
    """Return what the clock says: Erste Rückmeldung bis morgen, 2 Tage überfällig."""
    if concern.outcome is not None and concern.closed_at is not None:
        closed_on = day(concern.closed_at.astimezone(BERLIN).date())
        return _("%(outcome)s am %(day)s", outcome=word(concern.outcome), day=closed_on)
    deadline = next_deadline(concern)
    if deadline is None:
        return _("ohne Frist")
    days = (deadline.due_on - today()).days
    if days < 0:
        return _late(days)
    until = _until(deadline.due_on, days)
    if deadline.step is Step.FIRST_RESPONSE:
        return _("Erste Rückmeldung bis %(day)s", day=until)
    return _("Lösung bis %(day)s", day=until)


def _late(days: int) -> str:
    return ngettext("%(num)s Tag überfällig", "%(num)s Tage überfällig", -days)


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


def standing(concern: Concern) -> str:
    """Return since when a concern stands in its stage: seit heute, seit 6 Tagen."""
    days = (today() - concern.stage_since.astimezone(BERLIN).date()).days
    if days <= 0:
        return _("seit heute")
    return ngettext("seit gestern", "seit %(num)s Tagen", days)


def course_of(procedure: Procedure) -> str:
    """Return where a procedure stands: läuft seit 42 Tagen or entschieden am 01.06.2026."""
    days = procedure.days(today())
    if procedure.decided_on is None:
        if days <= 0:
            return _("läuft seit heute")
        return ngettext("läuft seit %(num)s Tag", "läuft seit %(num)s Tagen", days)
    text = _("entschieden am %(day)s", day=day(procedure.decided_on))
    after = ngettext("nach %(num)s Tag", "nach %(num)s Tagen", days)
    return f"{text} {after}" if days else text


def result(concern: Concern) -> str:
    """Return how a closed concern ended: gelöst · 12 Arbeitsplätze gesichert."""
    parts = [word(concern.outcome)] if concern.outcome is not None else []
    if secured := concern.jobs_secured:
        parts.append(
            ngettext("%(num)s Arbeitsplatz gesichert", "%(num)s Arbeitsplätze gesichert", secured)
        )
    if created := concern.jobs_created:
        parts.append(
            ngettext("%(num)s Arbeitsplatz geschaffen", "%(num)s Arbeitsplätze geschaffen", created)
        )
    return " · ".join(parts)


def result_kind(concern: Concern) -> str:
    """Return the kind of badge for how a concern ended: success or neutral."""
    is_good = concern.outcome in {Outcome.SOLVED, Outcome.PARTLY_SOLVED}
    return "success" if is_good else "neutral"


def benefit_text(benefit: Benefit, value: int) -> str:
    """Return jobs as 1.200, an investment as 1.850.000 €."""
    return f"{number(value)} €" if benefit is Benefit.INVESTMENT else number(value)


def benefit_of(concern: Concern, benefit: Benefit) -> str:
    """Return how much of it came of a closed concern."""
    return benefit_text(benefit, getattr(concern, benefit) or 0)


# What an audit line says, by its action; details stand behind it
_HAPPENED = {
    "opened": _l("hat das Anliegen eröffnet"),
    "narrowed": _l("hat mit dem Besuch eingeschränkt, wer es sieht"),
    "joined": _l("hat einen Gesprächspunkt angeschlossen"),
    "parted": _l("hat einen Gesprächspunkt gelöst"),
    "answered": _l("hat die erste Rückmeldung gegeben"),
    "answer_taken_back": _l("hat die erste Rückmeldung zurückgenommen"),
    "handed_over": _l("hat das Anliegen weitergegeben"),
    "moved": _l("hat den Stand geändert"),
    "procedure_added": _l("hat ein Verfahren eingetragen"),
    "procedure_edited": _l("hat ein Verfahren geändert"),
    "procedure_removed": _l("hat ein Verfahren entfernt"),
}
_DAYS = {"begun_on": _l("begonnen am %(day)s"), "decided_on": _l("entschieden am %(day)s")}


def happened(event: Event) -> str:
    """Return what an audit line of a concern says."""
    if event.action == "edited":
        names = ", ".join(map(field_name, event.changes))
        return _("hat geändert: %(fields)s", fields=names) + _details(event.changes)
    if event.action == "moved" and "stage" not in event.changes:
        return _("hat das Ergebnis geändert") + _details(event.changes)
    if event.action not in _HAPPENED:
        return happened_to_referral(event)
    # The flag with which it was opened is no change
    details = "" if event.action == "opened" else _details(event.changes)
    return str(_HAPPENED[event.action]) + details


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
    for name, sentence in _DAYS.items():
        if len(days := changes.get(name, ())) > 1 and days[1]:
            parts.append(str(sentence) % {"day": day(date.fromisoformat(days[1]))})
    if "visibility" in changes:
        parts.append(word(Visibility(changes["visibility"][1])))
    return ": " + ", ".join(parts) if parts else ""


def field_name(name: str) -> str:
    """Return what the history calls a field."""
    return str(_NAMES.get(name, name))
