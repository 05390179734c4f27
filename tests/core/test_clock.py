from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from crm.clock import (
    add_working_days,
    is_working_day,
    moment,
    next_working_day,
    now,
    today,
    working_days_between,
)

REFORMATION_DAY = date(2025, 10, 31)  # a Friday
EPIPHANY = date(2026, 1, 6)  # a Tuesday


def test_now_is_aware_and_in_utc() -> None:
    assert now().tzinfo is UTC


def test_today_is_a_date_of_now() -> None:
    assert abs((today() - now().date()).days) <= 1


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 1, 15), time(14, 30), datetime(2026, 1, 15, 13, 30, tzinfo=UTC)),
        (date(2026, 7, 15), time(14, 30), datetime(2026, 7, 15, 12, 30, tzinfo=UTC)),
        (date(2026, 7, 15), None, datetime(2026, 7, 15, 10, 0, tzinfo=UTC)),
        # The last hour of summer time exists twice; the first of both is meant
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 1, 1), time(0, 15), datetime(2025, 12, 31, 23, 15, tzinfo=UTC)),
    ],
)
def test_a_moment_is_german_wall_clock_time(day: date, at: time | None, expected: datetime) -> None:
    assert moment(day, at) == expected


@pytest.mark.parametrize(
    ("day", "land", "works"),
    [
        (date(2026, 11, 24), "ST", True),
        (date(2026, 11, 28), "ST", False),  # Saturday
        (date(2026, 11, 29), "ST", False),  # Sunday
        (date(2026, 12, 25), "HE", False),
        (date(2026, 12, 24), "HE", True),
        (REFORMATION_DAY, "ST", False),
        (REFORMATION_DAY, "HE", True),
        (EPIPHANY, "ST", False),
        (EPIPHANY, "BY", False),
        (EPIPHANY, "BW", False),
        (EPIPHANY, "NW", True),
        (date(2026, 6, 4), "NW", False),  # Corpus Christi
        (date(2026, 6, 4), "ST", True),
        (date(2026, 11, 18), "SN", False),  # Buß- und Bettag
        (date(2026, 11, 18), "BY", True),
        (REFORMATION_DAY, "", True),  # nationwide holidays only
    ],
)
def test_working_days_know_the_holidays_of_the_land(day: date, land: str, works: bool) -> None:
    assert is_working_day(day, land) is works


def test_the_next_working_day_may_be_the_day_itself() -> None:
    assert next_working_day(date(2026, 11, 24), "ST") == date(2026, 11, 24)


def test_the_next_working_day_skips_a_long_weekend() -> None:
    assert next_working_day(REFORMATION_DAY, "ST") == date(2025, 11, 3)


@pytest.mark.parametrize(
    ("day", "count", "land", "expected"),
    [
        (date(2026, 11, 20), 2, "ST", date(2026, 11, 24)),  # Friday -> Tuesday
        (date(2026, 11, 21), 2, "ST", date(2026, 11, 24)),  # Saturday -> Tuesday
        (date(2025, 10, 30), 2, "ST", date(2025, 11, 4)),
        (date(2025, 10, 30), 2, "HE", date(2025, 11, 3)),
        (date(2026, 12, 23), 2, "ST", date(2026, 12, 28)),
        (date(2026, 11, 20), 0, "ST", date(2026, 11, 20)),
    ],
)
def test_working_days_are_added(day: date, count: int, land: str, expected: date) -> None:
    assert add_working_days(day, count, land) == expected


@pytest.mark.parametrize("count", [1, 2, 10, 20, 60])
def test_counting_is_the_reverse_of_adding(count: int) -> None:
    start = date(2025, 10, 27)

    end = add_working_days(start, count, "ST")

    assert working_days_between(start, end, "ST") == count
    assert working_days_between(end, start, "ST") == -count
