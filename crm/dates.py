"""Dates and times as people type them: 22.11.2026, 22.11., 22 Nov 2026, +2w, Fr, morgen."""

from __future__ import annotations

import calendar
import re
from datetime import date, time, timedelta

from babel.dates import format_date

_FULL = re.compile(r"^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{2}|\d{4})?$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_OFFSET = re.compile(r"^\+\s*(\d{1,3})\s*(t|d|w|m|j|y|tage?|days?|wochen?|weeks?|monate?|months?)$")
_IN_WORDS = re.compile(r"^(\d{1,2})\.?\s*([a-zä]{3,9})\.?\s*(\d{2}|\d{4})?$")
_TIME = re.compile(r"^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(?:uhr)?$")
_WORDS = {
    "vorgestern": -2, "gestern": -1, "yesterday": -1, "heute": 0, "today": 0,
    "morgen": 1, "tomorrow": 1, "übermorgen": 2, "uebermorgen": 2,
}  # fmt: skip
_WEEKDAYS = ("mo|montag|mon|monday", "di|dienstag|tue|tuesday", "mi|mittwoch|wed|wednesday",
             "do|donnerstag|thu|thursday", "fr|freitag|fri|friday", "sa|samstag|sat|saturday",
             "so|sonntag|sun|sunday")  # fmt: skip
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split("|")}
_MONTHS = ("jan|januar|january", "feb|februar|february", "mär|mrz|märz|mar|march", "apr|april",
           "mai|may", "jun|juni|june", "jul|juli|july", "aug|august", "sep|sept|september",
           "okt|oktober|oct|october", "nov|november", "dez|dezember|dec|december")  # fmt: skip
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_CENTURY = 2000
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def parse_day(text: str, *, today: date, ahead: bool) -> date:
    """Return the date that `text` means, seen from `today`.

    ahead   a day without a year is the next one to come, otherwise the nearest one; a weekday is
            always the next one to come

    Raises `ValueError` when it means none, or one outside the years 1900 to 2199.
    """
    text = _in_numbers(" ".join(text.lower().split()).rstrip(","))
    if text in _WORDS:
        return today + timedelta(days=_WORDS[text])
    if text.rstrip(".") in _WEEKDAY:
        return today + timedelta(days=(_WEEKDAY[text.rstrip(".")] - today.weekday() - 1) % 7 + 1)
    if found := _OFFSET.match(text):
        return _sane(_offset(today, int(found[1]), found[2][0]))
    if found := _ISO.match(text):
        return _sane(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _FULL.match(text if text.count(".") > 1 else text + "."):
        day, month = int(found[1]), int(found[2])
        if found[3]:
            year = int(found[3])
            return _sane(date(year if year > 99 else _CENTURY + year, month, day))  # noqa: PLR2004
        return _without_year(day, month, today=today, ahead=ahead)
    raise ValueError(text)


def write_day(day: date, language: str) -> str:
    """Return `day` as `parse_day` reads it: 22.11.2026, in English (`en`) 22 Nov 2026."""
    return format_date(day, "dd.MM.yyyy" if language == "de" else "d MMM yyyy", locale=language)


def _in_numbers(text: str) -> str:
    """Write a month's name as its number: 22 nov 2026 is 22.11.2026."""
    found = _IN_WORDS.match(text)
    if not found or found[2] not in _MONTH:
        return text
    return f"{found[1]}.{_MONTH[found[2]]}.{found[3] or ''}"


def _offset(today: date, count: int, unit: str) -> date:
    match unit:
        case "w":
            return today + timedelta(weeks=count)
        case "m":
            return add_months(today, count)
        case "j" | "y":
            return add_months(today, 12 * count)
    return today + timedelta(days=count)


def add_months(day: date, count: int) -> date:
    """Return the same day `count` months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _without_year(day: int, month: int, *, today: date, ahead: bool) -> date:
    found = []
    for year in range(today.year - 4, today.year + 9):  # a 29 February comes within eight years
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    if not found:
        raise ValueError(day, month)
    if ahead:
        return next(candidate for candidate in found if candidate >= today)
    return min(found, key=lambda candidate: abs(candidate - today))


def _sane(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(day)
    return day


def parse_time(text: str) -> time:
    """Return the time of day that `text` means: 14:30, 14.30, 1430, 14 Uhr.

    Raises `ValueError` when it means none.
    """
    found = _TIME.match(" ".join(text.lower().split()))
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2] or 0))
