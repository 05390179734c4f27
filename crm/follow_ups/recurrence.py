"""Recurring: rules of RFC 5545, one line of text each, as far as a working calendar needs them.

A rule has an end, dates in days (not hours), and at most 366 of them. `python-dateutil` finds the
dates; what it could search for in vain, until the year 9999, is refused before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum, unique
from itertools import islice
from math import gcd
from typing import Final, Literal

from dateutil import rrule

from crm.errors import Conflict

MOST_DATES: Final = 366
LONGEST_RULE: Final = 200
_MOST_STEPS: Final = 99
_LAST_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS_A_YEAR: Final = 12
_MOST_WEEKS: Final = 5
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?")
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
_FINER = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
# The form's, of what cannot be used
_FIELD: Final = "own_rule"
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@unique
class Frequency(StrEnum):
    """How often, before the interval."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_FREQUENCIES: Mapping[Frequency, Literal[0, 1, 2, 3]] = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
    Frequency.YEARLY: rrule.YEARLY,
}
# Which parts a frequency may have, besides interval and end
_PARTS = {
    Frequency.DAILY: {"BYDAY"},
    Frequency.WEEKLY: {"BYDAY"},
    Frequency.MONTHLY: {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    Frequency.YEARLY: {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekday:
    """A weekday (Monday is 0); `nth` of its month, -1 the last one; 0 every one."""

    day: int
    nth: int = 0

    def __str__(self) -> str:
        return f"{self.nth or ''}{_WEEKDAYS[self.day]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something comes again.

    position  1 or -1: only the first or last of the days found in a month or year
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    position: int = 0
    until: date | None = None
    count: int | None = None

    def __str__(self) -> str:
        """Return the rule as RFC 5545 writes it."""
        parts = {
            "FREQ": self.frequency.value,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": _joined(self.months),
            "BYMONTHDAY": _joined(self.month_days),
            "BYDAY": _joined(self.weekdays),
            "BYSETPOS": str(self.position or ""),
            "UNTIL": self.until.strftime("%Y%m%d") if self.until else "",
            "COUNT": str(self.count or ""),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)

    def ending(self, *, until: date | None, count: int | None) -> Rule:
        """Return the rule with an end, or with its own where none is given."""
        return replace(self, until=until, count=count) if until or count else self

    def dates(self, start: date) -> Iterator[date]:
        """Yield the dates from `start` on."""
        found = rrule.rrule(
            _FREQUENCIES[self.frequency],
            dtstart=_midnight(start),
            interval=self.interval,
            byweekday=[_of_month(weekday) for weekday in self.weekdays] or None,
            bymonthday=self.month_days or None,
            bymonth=self.months or None,
            bysetpos=self.position or None,
            until=_midnight(self.until) if self.until else None,
            count=self.count,
        )
        yield from (moment.date() for moment in found)

    def next_date(self, start: date, *, after: date, not_before: date) -> date | None:
        """Return the first date after `after` that is not before `not_before`, or None."""
        return next((d for d in self.dates(start) if d > after and d >= not_before), None)


def _joined(values: tuple[object, ...]) -> str:
    return ",".join(map(str, values))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _of_month(weekday: Weekday) -> rrule.weekday:
    return rrule.weekday(weekday.day, weekday.nth or None)


def monthly(start: date, months: int) -> Rule:
    """Return the rule for the same day every so many months; the last day where it is missing."""
    if start.day == _LAST_DAYS[0]:
        return Rule(frequency=Frequency.MONTHLY, interval=months, month_days=(-1,))
    if start.day > _LAST_DAYS[1] - 1:
        days = tuple(range(_LAST_DAYS[1] - 1, start.day + 1))
        return Rule(frequency=Frequency.MONTHLY, interval=months, month_days=days, position=-1)
    return Rule(frequency=Frequency.MONTHLY, interval=months, month_days=(start.day,))


def yearly(start: date) -> Rule:
    """Return the rule for the same day every year; 29 February is the last day of its month."""
    is_leap_day = (start.month, start.day) == (2, 29)
    day = -1 if is_leap_day else start.day
    return Rule(frequency=Frequency.YEARLY, months=(start.month,), month_days=(day,))


def weekly(start: date, weeks: int) -> Rule:
    """Return the rule for the same weekday every so many weeks."""
    weekdays = (Weekday(day=start.weekday()),)
    return Rule(frequency=Frequency.WEEKLY, interval=weeks, weekdays=weekdays)


def parse(text: str) -> Rule:
    """Read a rule as RFC 5545 writes it, with or without `RRULE:`.

    Raises `Conflict` for what is no rule, is finer than a day, or never comes.
    """
    text = text.strip().upper().removeprefix("RRULE:")
    parts = [part.partition("=") for part in text.split(";") if part]
    values = {name.strip(): value.strip() for name, _, value in parts}
    if len(text) > LONGEST_RULE or len(values) != len(parts):
        raise Conflict("recurrence_nonsense", field=_FIELD)
    frequency = values.get("FREQ", "")
    if frequency in {"HOURLY", "MINUTELY", "SECONDLY"} or _FINER & values.keys():
        raise Conflict("recurrence_finer", field=_FIELD)
    if frequency not in set(Frequency) or not values.keys() <= _KNOWN:
        raise Conflict("recurrence_nonsense", field=_FIELD)
    kind = Frequency(frequency)
    if not {name for name in values if name.startswith("BY")} <= _PARTS[kind]:
        raise Conflict("recurrence_nonsense", field=_FIELD)
    rule = Rule(
        frequency=kind,
        interval=_numbers(values.get("INTERVAL", "1"), 1, _MOST_STEPS)[0],
        weekdays=_weekdays(values.get("BYDAY", ""), kind),
        month_days=_numbers(values.get("BYMONTHDAY", ""), -_LAST_DAYS[0], _LAST_DAYS[0]),
        months=_numbers(values.get("BYMONTH", ""), 1, _MONTHS_A_YEAR),
        position=next(iter(_numbers(values.get("BYSETPOS", ""), -1, 1)), 0),
        until=_until(values.get("UNTIL", "")),
        count=next(iter(_numbers(values.get("COUNT", ""), 1, 10**6)), None),
    )
    nth_of_a_year = any(weekday.nth for weekday in rule.weekdays) and not rule.months
    if (rule.until and rule.count) or (kind is Frequency.YEARLY and nth_of_a_year):
        raise Conflict("recurrence_nonsense", field=_FIELD)
    return rule


def check(rule: Rule, start: date) -> None:
    """Raise `Conflict` unless the rule ends and has some dates from `start`, but not thousands."""
    if rule.until is None and rule.count is None:
        raise Conflict("recurrence_endless", field=_FIELD)
    if not _ever_comes(rule, start):
        raise Conflict("recurrence_empty", field=_FIELD)
    found = list(islice(rule.dates(start), MOST_DATES + 1))
    if not any(day > start for day in found):
        raise Conflict("recurrence_empty", field=_FIELD)
    if len(found) > MOST_DATES or (rule.count or 0) > MOST_DATES:
        raise Conflict("recurrence_many", field=_FIELD)


def _ever_comes(rule: Rule, start: date) -> bool:
    """Tell whether some date may fit, before it is searched for through eight thousand years."""
    if rule.frequency is Frequency.DAILY:
        # Every so many days only some weekdays are met
        step = gcd(rule.interval, len(_WEEKDAYS))
        met = {(start.weekday() + step * n) % len(_WEEKDAYS) for n in range(len(_WEEKDAYS))}
        return not rule.weekdays or any(weekday.day in met for weekday in rule.weekdays)
    months = set(range(1, _MONTHS_A_YEAR + 1))
    if rule.frequency is Frequency.MONTHLY:
        step = gcd(rule.interval, _MONTHS_A_YEAR)
        months = {(start.month - 1 + step * n) % _MONTHS_A_YEAR + 1 for n in range(_MONTHS_A_YEAR)}
    months &= set(rule.months or months)
    days = rule.month_days or (1,)
    return any(abs(day) <= _LAST_DAYS[month - 1] for month in months for day in days)


def _numbers(text: str, least: int, most: int) -> tuple[int, ...]:
    """Read numbers without zero, each once, in their order."""
    found = [part.removeprefix("-").removeprefix("+") for part in text.split(",")] if text else []
    if not all(part.isascii() and part.isdigit() and len(part) <= len("1000000") for part in found):
        raise Conflict("recurrence_nonsense", field=_FIELD)
    numbers = sorted({int(part) for part in text.split(",")}) if text else []
    if any(number == 0 or not least <= number <= most for number in numbers):
        raise Conflict("recurrence_nonsense", field=_FIELD)
    return tuple(numbers)


def _weekdays(text: str, frequency: Frequency) -> tuple[Weekday, ...]:
    found = []
    for part in text.split(",") if text else ():
        match = _DAY.fullmatch(part)
        nth = int(match[1] or 0) if match else 0
        is_counted = match is not None and match[1] is not None
        may_count = frequency in {Frequency.MONTHLY, Frequency.YEARLY}
        if match is None or (is_counted and not (may_count and 1 <= abs(nth) <= _MOST_WEEKS)):
            raise Conflict("recurrence_nonsense", field=_FIELD)
        found.append(Weekday(day=_WEEKDAYS.index(match[2]), nth=nth))
    return tuple(sorted(set(found), key=lambda weekday: (weekday.nth, weekday.day)))


def _until(text: str) -> date | None:
    if not text:
        return None
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise Conflict("recurrence_nonsense", field=_FIELD)
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise Conflict("recurrence_nonsense", field=_FIELD) from error
