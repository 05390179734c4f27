"""Two versions of a visit side by side: what a person typed and what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.policy import Actor
from crm.visits import desk
from crm.visits.forms import VisitForm
from crm.visits.models import Visit, VisitStatus
from crm.visits.parts import TopicPart
from crm.web.forms import labels_of
from crm.web.rendering import day, language


class Row(NamedTuple):
    """One thing that differs."""

    label: str
    mine: str
    theirs: str


def compare(actor: Actor, mine: VisitForm, stored: Visit) -> list[Row]:
    """Return what differs between the form as typed and the visit as stored."""
    if stored.status is VisitStatus.DRAFT:
        kept = MultiDict((name, value) for name, value in stored.draft_form or [])
        theirs = desk.form_from(actor, kept)
    else:
        theirs = desk.form_from(actor, None, data=desk.data_of(actor, stored), visit=stored)
    typed, saved = dict(_lines(mine)), dict(_lines(theirs))
    return [
        Row(label, typed.get(label, ""), saved.get(label, ""))
        for label in dict.fromkeys([*typed, *saved])
        if typed.get(label, "") != saved.get(label, "")
    ]


def _lines(form: VisitForm) -> Iterator[tuple[str, str]]:
    for text in (form.organisation, form.outsiders, form.summary, form.company_text,
                 form.file_reference):  # fmt: skip
        yield str(text.label.text), (text.data or "").strip()
    for date_field in (form.visited_on, form.next_visit_due):
        yield str(date_field.label.text), day(date_field.data)
    at = form.visited_at.data
    yield str(form.visited_at.label.text), at.strftime("%H:%M") if at else ""
    for choice in (form.mode, form.occasion, form.visibility):
        yield str(choice.label.text), labels_of(choice).get(str(choice.data), "")
    for choices in (form.contacts, form.people, form.further):
        labels = labels_of(choices)
        yield str(choices.label.text), ", ".join(labels.get(key, "") for key in choices.data or [])
    for panel in form.chosen_panels:
        yield panel.topic.name(language()), _said(panel)


def _said(panel: TopicPart) -> str:
    flag = labels_of(panel.flag).get(str(panel.flag.data), "")
    marks = [str(f.label.text) for f in (panel.confidential, panel.for_company) if f.data]
    new = [entry.form.title.data for entry in panel.follow_ups if entry.form.title.data]
    more = [_("Neue Wiedervorlage: %(title)s", title=title) for title in new]
    return "\n".join([" · ".join([flag, *marks]), panel.note.data or "", *more]).strip()


def typed_fields(changed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what was typed as hidden fields, with some of them `changed`."""
    typed = [
        (name, value)
        for name, values in request.form.lists()
        if name != "csrf_token" and name not in changed
        for value in values
    ]
    return [*typed, *changed.items()]
