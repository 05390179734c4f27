"""The parts of the visit form that may come several times: lines and the panels of topics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as Part
from wtforms.validators import ValidationError

from crm.clock import next_working_day
from crm.concerns.models import Concern, Flag
from crm.follow_ups.repeating import RepeatFields
from crm.follow_ups.services import FollowUpDraft
from crm.topics.models import Topic
from crm.visibility import Visibility, strictest
from crm.visits.draft import TopicNoteDraft
from crm.web.forms import (
    ChoiceField,
    DayField,
    LineField,
    LinesField,
    RadiosField,
    TextField,
    choices_of,
    key_of,
)
from crm.web.words import words

_NEW = ""
# Name, key and label in a blank panel: no text that is typed holds these
BLANKS = ("\x01", "\x02", "\x03")


class FollowUpLine(RepeatFields):
    """One follow-up in one line, once or again and again. A line without words is none."""

    title = LineField(_l("Was"))
    assignee = ChoiceField(_l("Wer"), choices=[], validate_choice=True)
    due = DayField(_l("Bis wann"), ahead=True)
    promised = BooleanField(_l("Dem Unternehmen zugesagt"))

    def validate_title(self, field: LineField) -> None:
        """Refuse a promise, or something that comes again, without words."""
        if self.promised.data and not field.data:
            raise ValidationError(_("Bitte schreiben Sie, was zugesagt ist."))
        if self.repeat.data and not field.data:
            raise ValidationError(_("Bitte schreiben Sie, was wiederholt wird."))

    def validate_due(self, field: DayField) -> None:
        """Ask for the date of a follow-up that has words."""
        if self.title.data and field.data is None and not field.errors:
            raise ValidationError(_("Bitte geben Sie an, bis wann."))

    @property
    def start(self) -> date | None:
        """Return the typed date, from which a series counts; also where another day holds."""
        return self.due.data

    def follow_up(self, land: str) -> FollowUpDraft | None:
        """Return the follow-up, due on a working day; None for an empty line."""
        assignee = key_of(self.assignee.data)
        if not self.title.data or self.due.data is None or assignee is None:
            return None
        return FollowUpDraft(
            title=self.title.data,
            due_on=next_working_day(self.due.data, land),
            assignee_ids=(assignee,),
            promised=bool(self.promised.data),
            recurrence=str(self.rule or ""),
            recurs_from=self.start if self.rule else None,
        )


class ContactLine(Part):
    """A new contact in one line. A line without a family name is none."""

    given_name = LineField(_l("Vorname"))
    family_name = LineField(_l("Nachname"))
    function = LineField(_l("Funktion"))

    def validate_family_name(self, field: LineField) -> None:
        """Ask for the name of somebody whose function or first name is given."""
        if not field.data and (self.given_name.data or self.function.data):
            raise ValidationError(_("Bitte geben Sie den Nachnamen an."))


class TopicPart(Part):
    """The panel of one topic: what was said and what follows from it."""

    topic_id = HiddenField()
    chosen = BooleanField()
    note = TextField(_l("Notiz"))
    flag = RadiosField(_l("Einstufung"), choices=choices_of(words(Flag)), default=Flag.INFO)
    visibility = ChoiceField(
        _l("Sichtbar für"), choices=choices_of(words(Visibility)), default=Visibility.BODY
    )
    confidential = BooleanField(_l("Vertraulich mitgeteilt"))
    for_company = BooleanField(_l("Für das Unternehmen"))
    look_again = DayField(_l("Wieder ansehen am"), ahead=True)
    concern = BooleanField(_l("Anliegen eröffnen"))
    concern_id = ChoiceField(_l("Neues oder offenes Anliegen"), choices=[], default=_NEW)
    concern_title = LineField(_l("Anliegen in wenigen Worten"))
    follow_ups = LinesField(FormField(FollowUpLine))

    topic: Topic
    # What the names of its fields begin with
    name = ""
    # Nobody has touched it: it looks like every other such one
    is_blank = False
    # The concern that this note belongs to already
    known_concern: Concern | None = None

    # It was to join a concern that is not, or no longer, open to it
    lost_concern = False

    def drawn(self, blank: Markup) -> Markup:
        """Return how this blank panel looks, from how `VisitForm.blank_panel` does."""
        own = (self.name, self.topic_id.data or "", str(self.chosen.label.text))
        for mark, text in zip(BLANKS, own, strict=True):
            blank = blank.replace(mark, text)
        return blank

    def offer_concerns(self, choices: list[tuple[str, str]]) -> None:
        """Set the open concerns that the note may join."""
        self.concern_id.choices = [(_NEW, _("Neues Anliegen")), *choices]
        if self.concern_id.data not in dict(self.concern_id.choices):
            self.lost_concern = bool(self.concern.data)
            self.concern_id.data = _NEW

    def looks_again_on(self, land: str) -> date | None:
        """Return the working day on which the note is looked at again, if it is to be watched."""
        if self.flag.data != Flag.WATCH or self.look_again.data is None:
            return None
        return next_working_day(self.look_again.data, land)

    def is_too_narrow(
        self, concerns: Sequence[Concern], team_id: UUID | None, visit_circle: str | None
    ) -> bool:
        """Tell whether the note would narrow another team's concern by joining it."""
        joins = next((c for c in concerns if str(c.id) == self.concern_id.data), None)
        chosen = {visit_circle, self.visibility.data}
        if joins is None or team_id is None or self.known_concern or not self.concern.data:
            return False
        circle = strictest(*(one for one in Visibility if one.value in chosen))
        return not joins.takes_note(team_id=team_id, visibility=circle)

    def draft(self, land: str) -> TopicNoteDraft:
        """Return the typed content of the panel."""
        return TopicNoteDraft(
            topic_id=self.topic.id,
            note=self.note.data or "",
            flag=Flag(self.flag.data),
            visibility=Visibility(self.visibility.data),
            confidential=bool(self.confidential.data),
            for_company=bool(self.for_company.data),
            look_again_on=self.looks_again_on(land),
            wants_concern=bool(self.concern.data),
            concern_id=key_of(self.concern_id.data),
            concern_title=self.concern_title.data or "",
            follow_ups=tuple(follow_ups_of(self.follow_ups, land)),
        )


def follow_ups_of(lines: Any, land: str) -> Iterator[FollowUpDraft]:
    """Yield the follow-ups that these lines hold."""
    for entry in lines:
        if follow_up := entry.form.follow_up(land):
            yield follow_up


def errors_of(part: Part) -> Iterator[tuple[str, str]]:
    """Yield (id of the field, sentence) for what is wrong in one part."""
    for field in part:
        if isinstance(field, FieldList):
            for entry in field:
                yield from errors_of(entry.form)
        elif field.errors:
            yield field.id, field.errors[0]
