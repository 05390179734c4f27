from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from crm.dates import add_months, parse_day, parse_time, write_day

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22.11.2026", date(2026, 11, 22)),
        ("22. 11. 2026", date(2026, 11, 22)),
        ("2.1.2027", date(2027, 1, 2)),
        ("02.01.27", date(2027, 1, 2)),
        ("  22.11.2026 ", date(2026, 11, 22)),
        ("2026-11-22", date(2026, 11, 22)),
        ("22 Nov 2026", date(2026, 11, 22)),  # as English pages show it
        ("22. November 2026", date(2026, 11, 22)),
        ("3. März", date(2027, 3, 3)),
        ("5 May", date(2027, 5, 5)),
        ("29.2.2028", date(2028, 2, 29)),
        ("heute", TUESDAY),
        ("Heute", TUESDAY),
        ("today", TUESDAY),
        ("morgen", date(2026, 11, 25)),
        ("übermorgen", date(2026, 11, 26)),
        ("gestern", date(2026, 11, 23)),
        ("vorgestern", date(2026, 11, 22)),
        ("Fr", date(2026, 11, 27)),
        ("fr.", date(2026, 11, 27)),
        ("Freitag", date(2026, 11, 27)),
        ("friday", date(2026, 11, 27)),
        ("Di", date(2026, 12, 1)),  # today is a Tuesday: the next one is meant
        ("Mo", date(2026, 11, 30)),
        ("+2w", date(2026, 12, 8)),
        ("+ 2 Wochen", date(2026, 12, 8)),
        ("+2t", date(2026, 11, 26)),
        ("+2 Tage", date(2026, 11, 26)),
        ("+1m", date(2026, 12, 24)),
        ("+1 Monat", date(2026, 12, 24)),
        ("+1j", date(2027, 11, 24)),
    ],
)
def test_a_day_is_read_as_people_type_it(text: str, expected: date) -> None:
    assert parse_day(text, today=TUESDAY, ahead=True) == expected


@pytest.mark.parametrize(
    ("text", "ahead", "expected"),
    [
        ("22.11.", True, date(2027, 11, 22)),
        ("22.11", True, date(2027, 11, 22)),
        ("22.11.", False, date(2026, 11, 22)),
        ("24.11.", True, TUESDAY),
        ("3.1.", True, date(2027, 1, 3)),
        ("3.1.", False, date(2027, 1, 3)),
        ("1.9.", False, date(2026, 9, 1)),
        ("29.2.", True, date(2028, 2, 29)),
        ("29.2.", False, date(2028, 2, 29)),
    ],
)
def test_without_a_year_it_is_the_next_or_the_nearest(
    text: str,
    ahead: bool,
    expected: date,
) -> None:
    assert parse_day(text, today=TUESDAY, ahead=ahead) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "..", "29.2.2027", "31.4.2026", "31.4.", "0.1.2026", "1.13.2026", "22",
        "bald", "22.11.26.1", "2026-13-01", "2026-02-30", "22.11.1899", "22.11.2200", "0000-01-01",
        "+3", "+999999w", "+-2w", "w", "+w", "22/11/2026", "1.1.1\n.2026", "22.11.202", "½.1.",
        "+999j", "+999y", "x" * 10_000, "1" * 10_000,
    ],
)  # fmt: skip
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text, today=TUESDAY, ahead=True)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_are_added(day: date, count: int, expected: date) -> None:
    assert add_months(day, count) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("1430", time(14, 30)),
        ("9", time(9)),
        ("09:05", time(9, 5)),
        ("14 Uhr", time(14)),
        ("14:30 uhr", time(14, 30)),
        ("14h30", time(14, 30)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_a_time_is_read_as_people_type_it(text: str, expected: time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["", "24:00", "12:60", "mittags", "1:2:3", "-1", "99999", "14:3"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_written_is_read_again(language: str) -> None:
    year = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]

    read = [parse_day(write_day(day, language), today=TUESDAY, ahead=True) for day in year]

    assert read == year
