"""What lists are narrowed by: whose things they show, and a text that titles contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum, unique
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm.clock import moment
from crm.text import search_key

_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))


@unique
class Scope(StrEnum):
    """Whose things a list shows."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """German days from `since` up to and with `until`; without both, any."""

    since: date | None = None
    until: date | None = None

    def days(self, column: InstrumentedAttribute[Any]) -> Iterator[sa.ColumnElement[bool]]:
        """Yield the conditions on a column of dates."""
        if self.since:
            yield column >= self.since
        if self.until:
            yield column <= self.until

    def moments(self, column: InstrumentedAttribute[Any]) -> Iterator[sa.ColumnElement[bool]]:
        """Yield the conditions on a column of moments."""
        if self.since:
            yield column >= moment(self.since, time.min)
        if self.until:
            yield column < moment(self.until + timedelta(days=1), time.min)


ANY_DAY = Days()


def has_words(column: InstrumentedAttribute[str], text: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that every word of `text` is part of a `column` of search keys."""
    return [column.contains(word, autoescape=True) for word in search_key(text).split()]


def contains(column: InstrumentedAttribute[Any], text: str) -> sa.ColumnElement[bool]:
    """Limit rows to those whose `column` contains `text`, in either case, ä found as ae.

    For titles, which have no column of search keys. SQLite folds the case of ASCII letters only,
    so every way of writing the umlauts is asked for.
    """
    lower = text.lower()
    spelled = long = lower
    for umlaut, letters in _UMLAUTS:
        spelled, long = spelled.replace(letters, umlaut), long.replace(umlaut, letters)
    ways = dict.fromkeys(
        way for word in (lower, spelled, long) for way in (word, word.upper(), word.capitalize())
    )
    return sa.or_(*(column.icontains(way, autoescape=True) for way in ways))
