"""Forms of follow-ups: a new one, its result, another date, other people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired, ValidationError

from crm.accounts.models import Person
from crm.clock import next_working_day
from crm.follow_ups.repeating import RepeatFields
from crm.follow_ups.services import FollowUpDraft
from crm.visibility import Visibility
from crm.web.forms import (
    ChecksField,
    ChoiceField,
    DayField,
    Form,
    KeyedForm,
    LineField,
    VersionedForm,
    keys_of,
)
from crm.web.words import word

_DATE_HINT = _l("Zum Beispiel 22.11., Fr oder +2w.")


def _needs_day(_form: Form, field: DayField) -> None:
    """Ask for a date where none was typed; what could not be read has its own sentence."""
    if field.data is None and not field.errors:
        raise ValidationError(_("Bitte geben Sie an, bis wann."))


def _needs_somebody(_form: Form, field: ChecksField) -> None:
    if not field.data:
        raise ValidationError(_("Bitte wählen Sie mindestens eine Person."))


class FollowUpForm(RepeatFields, KeyedForm):
    """Set something to be done by a date, once or again and again."""

    title = LineField(
        _l("Was"), validators=[DataRequired(_l("Bitte geben Sie an, was zu tun ist."))]
    )
    assignee = ChecksField(_l("Wer"), validators=[_needs_somebody])
    due_on = DayField(_l("Bis wann"), ahead=True, description=_DATE_HINT, validators=[_needs_day])
    promised = BooleanField(_l("Zugesagt"), description=_l("Das Unternehmen erwartet es von uns."))
    visibility = ChoiceField(_l("Sichtbar für"))

    def offer(
        self, colleagues: Sequence[Person], *, me: UUID, circles: Sequence[Visibility]
    ) -> None:
        """Set who can be chosen, and the circles; the widest of them is preset."""
        self.assignee.choices = people_choices(colleagues, me=me)
        self.visibility.choices = [(circle.value, word(circle)) for circle in circles]
        if not self.is_submitted():
            self.assignee.data = [str(me)]
            self.visibility.data = circles[0].value

    @property
    def start(self) -> date | None:
        """Return the typed date, from which a series counts; also where another day holds."""
        return self.due_on.data

    @property
    def circle(self) -> Visibility:
        """Return for whom it is meant."""
        return Visibility(self.visibility.data)

    def draft(self, *, working_days_of: str) -> tuple[FollowUpDraft, date | None]:
        """Return the typed content of a form that has validated, due on a working day of the Land.

        Besides, the date that was typed, when another one holds.
        """
        typed = self.due_on.data
        assert typed is not None
        draft = FollowUpDraft(
            title=self.title.data or "",
            due_on=next_working_day(typed, working_days_of),
            assignee_ids=tuple(keys_of(self.assignee.data)),
            promised=bool(self.promised.data),
            recurrence=str(self.rule or ""),
            recurs_from=typed if self.rule else None,
        )
        return draft, typed if typed != draft.due_on else None


class ResultForm(Form):
    """Complete a follow-up, with a line of result if there is one."""

    result = LineField(_l("Ergebnis"))


class MoveForm(VersionedForm):
    """Set another date."""

    due_on = DayField(
        _l("Neues Datum"), ahead=True, description=_DATE_HINT, validators=[_needs_day]
    )

    @property
    def day(self) -> date:
        """Return the date of a form that has validated."""
        assert self.due_on.data is not None
        return self.due_on.data


class SnoozeForm(Form):
    """Let it rest until a day."""

    until = DayField(
        _l("Zurückstellen bis"), ahead=True, description=_DATE_HINT, validators=[_needs_day]
    )

    @property
    def day(self) -> date:
        """Return the day of a form that has validated."""
        assert self.until.data is not None
        return self.until.data


class RepeatForm(RepeatFields, Form):
    """Let an open follow-up come again; the rule counts from its date, or from an earlier start."""

    repeat_from = DayField()
    due_on: date | None = None

    @property
    def start(self) -> date | None:
        """Return the day from which the rule counts."""
        return self.repeat_from.data or self.due_on


class ReassignForm(VersionedForm):
    """Give it to other people."""

    assignee = ChecksField(_l("Wer"), validators=[_needs_somebody])

    def offer(self, people: Sequence[Person], *, me: UUID) -> None:
        """Set who can be chosen."""
        self.people = people_choices(people, me=me)
        self.assignee.choices = self.people

    @property
    def names(self) -> str:
        """Return the names of who was chosen."""
        return ", ".join(name for key, name in self.people if key in (self.assignee.data or ()))


def people_choices(people: Sequence[Person], *, me: UUID) -> list[tuple[str, str]]:
    """Return people as choices, oneself first and called "Ich"."""
    others = [(str(person.id), person.name) for person in people if person.id != me]
    mine = [(str(me), _("Ich"))] if any(person.id == me for person in people) else []
    return mine + others
