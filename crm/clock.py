"""The only reader of the clock: now, today, and working days with the holidays of a Land."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

BERLIN = ZoneInfo("Europe/Berlin")
NOON = time(12)
SATURDAY = 5


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the date in Germany."""
    return now().astimezone(BERLIN).date()


def moment(day: date, at: time | None = None) -> datetime:
    """Return the moment of a German date and time of day, in UTC; noon without a time."""
    return datetime.combine(day, at or NOON, tzinfo=BERLIN).astimezone(UTC)


@lru_cache(maxsize=256)
def _holidays(land: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=land or None, years=year))


def is_working_day(day: date, land: str) -> bool:
    """Tell whether `day` is Monday to Friday and no public holiday of the Land (`ST`, `BY`, …)."""
    return day.weekday() < SATURDAY and day not in _holidays(land, day.year)


def next_working_day(day: date, land: str) -> date:
    """Return `day`, or the first working day after it."""
    while not is_working_day(day, land):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, land: str) -> date:
    """Return the working day that comes `count` working days after `day`."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), land)
    return day


@lru_cache(maxsize=256)
def _working_days_up_to(land: str, year: int) -> tuple[int, ...]:
    """Return for each day of the year how many working days there were up to and with it."""
    days = (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), _new_year(year)))
    return tuple(accumulate(is_working_day(day, land) for day in days))


def _new_year(year: int) -> int:
    return date(year, 12, 31).toordinal() + 1


def _up_to(day: date, land: str) -> int:
    return _working_days_up_to(land, day.year)[day.toordinal() - date(day.year, 1, 1).toordinal()]


def working_days_between(start: date, end: date, land: str) -> int:
    """Count the working days after `start` up to and with `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, land)
    whole_years = sum(_working_days_up_to(land, year)[-1] for year in range(start.year, end.year))
    return whole_years + _up_to(end, land) - _up_to(start, land)
