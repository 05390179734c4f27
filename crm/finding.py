"""What lists are narrowed by: whose things they show, and a text that titles contain."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm.text import search_key

_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))


@unique
class Scope(StrEnum):
    """Whose things a list shows."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


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
