"""Periods that figures are counted in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from crm.dates import add_months

_MONTHS = 12
_QUARTER = 3
# A line a month: a free period is no longer than what a page can show
LONGEST = timedelta(days=10 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `since` up to and with `until`."""

    since: date
    until: date

    @property
    def a_year_before(self) -> Period:
        """Return the same days of the year before; 29 February becomes the 28th."""
        return Period(
            since=add_months(self.since, -_MONTHS), until=add_months(self.until, -_MONTHS)
        )

    @property
    def months(self) -> Iterator[date]:
        """Yield the first day of every month that has a day of this period."""
        month = self.since.replace(day=1)
        while month <= self.until:
            yield month
            month = add_months(month, 1)


def year(number: int) -> Period:
    """Return a whole year."""
    return Period(since=date(number, 1, 1), until=date(number, 12, 31))


@unique
class Span(StrEnum):
    """The periods one chooses by name."""

    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    QUARTER = "quarter"
    TWELVE_MONTHS = "twelve_months"
    FREE = "free"


def period_of(span: Span, today: date) -> Period:
    """Return the period that `span` names on the day `today`: this year to date by default."""
    match span:
        case Span.LAST_YEAR:
            return year(today.year - 1)
        case Span.QUARTER:
            first_month = (today.month - 1) // _QUARTER * _QUARTER + 1
            return Period(since=date(today.year, first_month, 1), until=today)
        case Span.TWELVE_MONTHS:
            return Period(since=add_months(today, -_MONTHS) + timedelta(days=1), until=today)
    return Period(since=date(today.year, 1, 1), until=today)
