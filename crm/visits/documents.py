"""The visit report as PDF, for the file or for the company.

Stands beside the views: it knows the reader's language (flask_babel) and the interface's words.

The two reports share no data but what their builders put in by name. The company's one holds who
met when, the text for the company, the notes ticked for it, our offers that were mentioned and what
was promised to it; a new field of a model stays out of it until somebody writes it into
`_for_company`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from crm.clock import BERLIN
from crm.concerns.models import Concern, Flag
from crm.documents import compile_pdf
from crm.follow_ups.models import FollowUp
from crm.organisations.models import OrganisationKind
from crm.visibility import Visibility
from crm.visits.models import TopicNote, Visit, VisitOffer, VisitStatus
from crm.web.rendering import day, language
from crm.web.words import word


def visit_report(
    visit: Visit,
    *,
    follow_ups: Sequence[FollowUp],
    for_company: bool,
    agency_name: str,
    language: str,
) -> bytes:
    """Return the report on `visit` as PDF in `language`, `de` or `en`.

    visit       as `queries.get` loads it: without the notes and concerns its reader may not see
    follow_ups  those of the visit that the reader may see, with assignees (person) loaded
    """
    with force_locale(language):
        data = report_data(
            visit,
            follow_ups=follow_ups,
            for_company=for_company,
            agency_name=agency_name,
        )
    return compile_pdf("visit_report", data)


def report_data(
    visit: Visit,
    *,
    follow_ups: Sequence[FollowUp],
    for_company: bool,
    agency_name: str,
) -> dict[str, Any]:
    """Return what the template prints, in the current language."""
    ordered = sorted(follow_ups, key=lambda follow_up: (follow_up.due_on, follow_up.id))
    return _frame(visit, agency_name) | (
        _for_company(visit, ordered) if for_company else _for_file(visit, ordered)
    )


def _frame(visit: Visit, agency: str) -> dict[str, Any]:
    """Return what stands around both reports."""
    title, name = _("Besuchsbericht"), _name(visit)
    when = day(visit.visited_on)
    return {
        "language": language(),
        "agency": agency,
        "title": title,
        "subject": name,
        "reference": visit.reference,
        "file_reference": " ".join((_("Aktenzeichen"), visit.file_reference))
        if visit.file_reference
        else "",
        "document": {
            "title": ", ".join(filter(None, (f"{title} {visit.reference}", name, when))),
            "author": agency,
            # Not the day of printing: the same visit gives the same file
            "date": (visit.visited_on or visit.updated_at.astimezone(BERLIN).date()).isoformat(),
        },
        "page": _("Seite %(page)s von %(pages)s", page="{page}", pages="{pages}"),
        "missing_characters": _(
            "Einzelne Zeichen konnten nicht dargestellt werden und sind durch □ ersetzt."
        ),
    }


def _for_company(visit: Visit, follow_ups: Iterable[FollowUp]) -> dict[str, Any]:
    """Return what is meant for the company, and nothing else."""
    return {
        "facts": _facts(
            (_("Organisation"), _organisations(visit)),
            (_("Datum"), [_when(visit)]),
            (_("Art"), [word(visit.mode)] if visit.mode else []),
            (_their_side(visit), [a.contact.name for a in visit.attendances if a.contact]),
            (_("Von uns"), [a.person.name for a in visit.attendances if a.person]),
            (_("Unsere Angebote"), [m.offer.name(language()) for m in visit.offers_in_order]),
        ),
        "summary": visit.company_text,
        "notes_heading": _("Worüber wir gesprochen haben"),
        "notes": [
            {
                "topic": note.topic.name(language()),
                "text": note.note or _("Darüber haben wir gesprochen."),
            }
            for note in visit.topic_notes
            if note.for_company
        ],
        "follow_ups_heading": _("Was wir zugesagt haben"),
        "follow_ups_columns": [_("Was"), _("Wer"), _("Bis wann")],
        "follow_ups": [
            [[follow_up.title], [_assignees(follow_up)], [day(follow_up.due_on)]]
            for follow_up in follow_ups
            if _is_for_company(follow_up, visit)
        ],
    }


def _is_for_company(follow_up: FollowUp, visit: Visit) -> bool:
    """Tell whether the company's report may name `follow_up`.

    It was promised, at this visit. What concerns a topic or a concern goes with its notes: all of
    them are ticked and none is meant for a wider circle, for a promise on the succession must not
    be read by the colleagues of the owner.
    """
    if not follow_up.promised or follow_up.visit_id != visit.id:
        return False
    circle = follow_up.visibility.strictness
    if follow_up.topic_id is not None:
        about = [note for note in visit.topic_notes if note.topic_id == follow_up.topic_id]
    elif follow_up.concern_id is not None:
        about = [note for note in visit.topic_notes if note.concern_id == follow_up.concern_id]
    else:
        return circle <= visit.visibility.strictness
    return bool(about) and all(
        note.for_company and circle <= note.visibility.strictness for note in about
    )


def _for_file(visit: Visit, follow_ups: Iterable[FollowUp]) -> dict[str, Any]:
    """Return everything that the reader may see."""
    topics = {note.topic_id: note.topic.name(language()) for note in visit.topic_notes}
    contacts = [a.contact for a in visit.attendances if a.contact]
    next_visit = day(visit.next_visit_due_on)
    return {
        "internal": _("Für die Akte – nicht zur Weitergabe"),
        "facts": _facts(
            (_("Organisation"), _organisations(visit)),
            (_("Datum"), [_when(visit)]),
            (_("Art"), [word(visit.mode)] if visit.mode else []),
            (_("Anlass"), [word(visit.occasion)] if visit.occasion else []),
            (_their_side(visit), [", ".join(filter(None, (c.name, c.function))) for c in contacts]),
            (_("Von uns"), [a.person.name for a in visit.attendances if a.person]),
            (_("Weitere Stellen"), [a.outsider for a in visit.attendances if a.outsider]),
            (_("Angebote"), [_offer(mentioned) for mentioned in visit.offers_in_order]),
            (_("Erfasst von"), [visit.owner.name]),
            (_("Status"), _status(visit)),
            (_("Sichtbar für"), _circle(visit.visibility)),
        ),
        "summary_heading": _("Zusammenfassung"),
        "summary": visit.summary,
        "notes_heading": _("Gesprächspunkte"),
        "notes": [_note(note) for note in visit.topic_notes],
        "follow_ups_heading": _("Wiedervorlagen"),
        "follow_ups_columns": [_("Was"), _("Wer"), _("Bis wann"), _("Zugesagt"), _("Status")],
        "follow_ups": [
            [
                [follow_up.title, topics.get(follow_up.topic_id, "") if follow_up.topic_id else ""],
                [_assignees(follow_up)],
                [day(follow_up.due_on)],
                [_("ja") if follow_up.promised else "–"],
                [_progress(follow_up), follow_up.result],
            ]
            for follow_up in follow_ups
        ],
        "outlook": _facts(
            (_("Nächster Besuch"), [_("bis %(day)s", day=next_visit)] if next_visit else []),
            (_("Text für das Unternehmen"), [visit.company_text] if visit.company_text else []),
        ),
    }


def _note(note: TopicNote) -> dict[str, Any]:
    return {
        "topic": note.topic.name(language()),
        "text": note.note or _("Keine Notiz."),
        "flag": {"kind": note.flag.value, "word": word(note.flag)},
        "marks": _marks(note),
        "concern": _concern(note.concern) if note.concern else None,
    }


def _offer(mentioned: VisitOffer) -> str:
    name = mentioned.offer.name(language())
    return _("%(name)s (in Anspruch genommen)", name=name) if mentioned.is_used else name


def _facts(*facts: tuple[str, list[str]]) -> list[dict[str, Any]]:
    return [{"label": label, "values": values} for label, values in facts if values]


def _name(visit: Visit) -> str:
    return visit.organisation.name if visit.organisation else ""


def _organisations(visit: Visit) -> list[str]:
    at_the_table = [visit.organisation, *(further.organisation for further in visit.further)]
    return [f"{each.name}, {each.municipality}" for each in at_the_table if each]


def _their_side(visit: Visit) -> str:
    partner = visit.organisation and visit.organisation.kind is OrganisationKind.PARTNER
    return _("Vom Partner") if partner else _("Vom Unternehmen")


def _when(visit: Visit) -> str:
    """Return date and time in words: Freitag, 20. November 2026, 14:30 Uhr."""
    if visit.visited_on is None:
        return ""
    pattern = "EEEE, d. MMMM yyyy" if language() == "de" else "EEEE, d MMMM yyyy"
    text = format_date(visit.visited_on, pattern, rebase=False)
    if visit.visited_at is None:
        return text
    return _("%(day)s, %(time)s Uhr", day=text, time=f"{visit.visited_at:%H:%M}")


def _status(visit: Visit) -> list[str]:
    """Name the status when the conversation is not simply over."""
    if visit.status is VisitStatus.COMPLETED:
        return []
    return [": ".join(filter(None, (word(visit.status), visit.status_reason)))]


def _circle(visibility: Visibility) -> list[str]:
    """Name a circle narrower than the body's as paper must: it does not know its reader's team."""
    match visibility:
        case Visibility.BODY:
            return []
        case Visibility.TEAM:
            return [_("nur das Team")]
        case Visibility.MANAGERS:
            return [_("nur Verfasser/-in und Leitung")]


def _marks(note: TopicNote) -> list[str]:
    marks = [_("Vertraulich mitgeteilt")] if note.confidential else []
    marks += [_("Sichtbar: %(circle)s", circle=circle) for circle in _circle(note.visibility)]
    if note.flag is Flag.WATCH and note.look_again_on:
        marks.append(_("Wieder ansehen am %(day)s", day=day(note.look_again_on)))
    return marks


def _concern(concern: Concern) -> dict[str, Any]:
    return {
        "title": _("Anliegen %(reference)s", reference=concern.reference),
        "text": concern.title,
        "lines": [_("Stand: %(stage)s", stage=word(concern.stage)), *_clock(concern)],
    }


def _clock(concern: Concern) -> list[str]:
    """Return what the clock of a concern says: what is done, else until when it is due."""
    lines = []
    if concern.first_responded_at:
        lines.append(_("Erste Rückmeldung am %(day)s", day=_day_of(concern.first_responded_at)))
    elif concern.first_response_due_on and concern.is_open:
        lines.append(_("Erste Rückmeldung bis %(day)s", day=day(concern.first_response_due_on)))
    if concern.outcome and concern.closed_at:
        lines.append(
            _(
                "%(outcome)s am %(day)s",
                outcome=word(concern.outcome),
                day=_day_of(concern.closed_at),
            )
        )
    elif concern.resolution_due_on:
        lines.append(_("Lösung bis %(day)s", day=day(concern.resolution_due_on)))
    return lines


def _assignees(follow_up: FollowUp) -> str:
    people = sorted((a.person for a in follow_up.assignees), key=lambda p: (p.sort_key, p.id))
    return ", ".join(person.name for person in people)


def _progress(follow_up: FollowUp) -> str:
    if follow_up.done_at is None:
        return _("offen")
    return _("erledigt am %(day)s", day=_day_of(follow_up.done_at))


def _day_of(moment: datetime) -> str:
    return day(moment.astimezone(BERLIN).date())
