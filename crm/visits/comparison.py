"""Two versions of a visit side by side: what a person typed and what is stored."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.policy import Actor
from crm.visits import desk
from crm.visits.forms import VisitForm
from crm.visits.models import Visit, VisitStatus
from crm.visits.parts import TopicPart
from crm.web.conflicts import Difference, shown
from crm.web.rendering import language

# In this order; topics and lines are compared as wholes
_COMPARED = (
    "organisation", "further", "visited_on", "visited_at", "mode", "occasion", "visibility",
    "contacts", "people", "outsiders", "offers", "offers_used", "summary", "company_text",
    "next_visit_due", "file_reference",
)  # fmt: skip


def compare(actor: Actor, mine: VisitForm, stored: Visit) -> list[Difference]:
    """Return what differs between the form as typed and the visit as stored."""
    if stored.status is VisitStatus.DRAFT:
        kept = MultiDict((name, value) for name, value in stored.draft_form or [])
        theirs = desk.form_from(actor, kept)
    else:
        theirs = desk.form_from(actor, None, data=desk.data_of(actor, stored), visit=stored)
    typed, saved = dict(_lines(mine)), dict(_lines(theirs))
    return [
        Difference(label, typed.get(label, ""), saved.get(label, ""))
        for label in dict.fromkeys([*typed, *saved])
        if typed.get(label, "") != saved.get(label, "")
    ]


def _lines(form: VisitForm) -> Iterator[tuple[str, str]]:
    for name in _COMPARED:
        yield str(form[name].label.text), shown(form[name]).strip()
    for panel in form.chosen_panels:
        yield panel.topic.name(language()), _said(panel)


def _said(panel: TopicPart) -> str:
    flag = shown(panel.flag)
    marks = [str(f.label.text) for f in (panel.confidential, panel.for_company) if f.data]
    new = [entry.form.title.data for entry in panel.follow_ups if entry.form.title.data]
    more = [_("Neue Wiedervorlage: %(title)s", title=title) for title in new]
    return "\n".join([" · ".join([flag, *marks]), panel.note.data or "", *more]).strip()
