"""The fields in which one says when a follow-up comes again, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum, unique
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as Part
from wtforms.validators import ValidationError

from crm.errors import Conflict
from crm.follow_ups import recurrence
from crm.follow_ups.recurrence import LONGEST_RULE, Frequency, Rule
from crm.web.errors import explain
from crm.web.forms import ChoiceField, DayField, LineField, WholeNumber, number_of


@unique
class Repeat(StrEnum):
    """The usual ways in which something comes again; `own` is a rule as RFC 5545 writes it."""

    NEVER = ""
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    OWN = "own"


_WORDS = {
    Repeat.NEVER: _l("nicht"),
    Repeat.WEEKLY: _l("wöchentlich"),
    Repeat.FORTNIGHTLY: _l("alle zwei Wochen"),
    Repeat.MONTHLY: _l("monatlich"),
    Repeat.QUARTERLY: _l("vierteljährlich"),
    Repeat.HALF_YEARLY: _l("halbjährlich"),
    Repeat.YEARLY: _l("jährlich"),
    Repeat.OWN: _l("nach eigener Regel"),
}
_WEEKS = {Repeat.WEEKLY: 1, Repeat.FORTNIGHTLY: 2}
_MONTHS = {Repeat.MONTHLY: 1, Repeat.QUARTERLY: 3, Repeat.HALF_YEARLY: 6}


class _RuleField(LineField):
    longest = LONGEST_RULE


class RepeatFields(Part):
    """Parent of forms and lines that ask when something comes again.

    rule  None for what never does
    """

    repeat = ChoiceField(
        _l("Wiederholen"),
        choices=[(member.value, label) for member, label in _WORDS.items()],
        default=Repeat.NEVER.value,
    )
    own_rule = _RuleField(
        _l("Eigene Regel"),
        description=_l("Nach RFC 5545, zum Beispiel FREQ=MONTHLY;BYDAY=-1FR."),
    )
    repeat_until = DayField(_l("Letztmals bis"), ahead=True)
    times = LineField(_l("oder wie oft insgesamt"), validators=[WholeNumber(1, 366)])

    rule: Rule | None = None

    @property
    def start(self) -> date | None:
        """Return the day from which the rule counts, if there is one."""
        raise NotImplementedError

    def preset(self, rule: Rule, start: date) -> None:
        """Start with `rule`, which has counted from `start`, in its usual words if it has some.

        How often it is still to come is asked anew: the rule will count from another day.
        """
        endless = replace(rule, until=None, count=None)
        if rule.frequency is Frequency.WEEKLY and not rule.weekdays:
            # RFC 5545: on the weekday of its start
            endless = replace(endless, weekdays=recurrence.weekly(start, 1).weekdays)
        usual = (c for c in (*_WEEKS, *_MONTHS, Repeat.YEARLY) if _usual(c, start) == endless)
        chosen = next(usual, Repeat.OWN)
        self.repeat.data = chosen.value
        self.repeat_until.data = rule.until
        if chosen is Repeat.OWN:
            self.own_rule.data = str(endless)

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate every field, then the rule that they make."""
        super().validate(extra_validators)
        if self.repeat.data == Repeat.NEVER:
            # Nobody asks for the rest then, and nobody sees it
            for field in (self.own_rule, self.repeat_until, self.times):
                field.errors = []
        self._find_rule(self.start)
        return not self.errors

    def _find_rule(self, start: date | None) -> None:
        """Set `rule`, counting from `start`; what is wrong with it stands beside its field."""
        chosen = Repeat(self.repeat.data or "") if not self.repeat.errors else Repeat.NEVER
        if chosen is Repeat.NEVER or start is None or self.repeat_until.errors or self.times.errors:
            return
        try:
            self.rule = self._rule(chosen, start)
            recurrence.check(self.rule, start)
        except Conflict as conflict:
            is_own = chosen is Repeat.OWN and conflict.code != "recurrence_endless"
            field = self.own_rule if is_own else self.repeat_until
            field.errors = [*field.errors, explain(conflict)]
        except ValidationError as error:
            self.times.errors = [*self.times.errors, str(error)]

    def _rule(self, chosen: Repeat, start: date) -> Rule:
        until, times = self.repeat_until.data, number_of(self.times.data)
        if until and times:
            raise ValidationError(_("Bitte geben Sie nur eines an: ein Datum oder eine Anzahl."))
        is_own = chosen is Repeat.OWN
        rule = recurrence.parse(self.own_rule.data or "") if is_own else _usual(chosen, start)
        return rule.ending(until=until, count=times)


def _usual(chosen: Repeat, start: date) -> Rule:
    if chosen in _WEEKS:
        return recurrence.weekly(start, _WEEKS[chosen])
    if chosen in _MONTHS:
        return recurrence.monthly(start, _MONTHS[chosen])
    return recurrence.yearly(start)
