"""What the page shows: numbers that lead to their lists, in tiles and tables.

The same tables are drawn as charts, handed out as files, and compared with the lists by a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.web.rendering import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text, or a number with the list behind it.

    value  what a chart and a file take; None for a text
    share  the length of its bar, of 100; None without one
    tone   "danger" for what is late
    """

    text: str
    url: str = ""
    value: float | None = None
    share: int | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a column of texts, or of numbers."""

    label: str
    is_number: bool = True
    # What a chart makes of it: "bar" or "line"; "" leaves it to the table
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of figures.

    name   its name in addresses
    chart  "columns" or "stacked"; "" for none
    note   what a reader has to know
    empty  what stands instead of it without rows
    count  how many rows the file holds, where the page shows only the first; 0: these
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str
    chart: str = ""
    note: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One big number with what it has to be read against."""

    label: str
    main: Cell
    notes: Sequence[Cell]


def text(value: str) -> Cell:
    """Return a cell of words."""
    return Cell(text=value)


def figure(value: int, url: str, *, is_late: bool = False, share: int | None = None) -> Cell:
    """Return a number that leads to its list; `is_late` colours it when it is not zero."""
    tone = "danger" if is_late and value else ""
    return Cell(text=number(value), url=url, value=value, tone=tone, share=share)


def said(sentence: str, url: str = "") -> Cell:
    """Return a note of a tile; its number is a part of the sentence."""
    return Cell(text=sentence, url=url)


def share_of(value: int, most: int) -> int:
    """Return the length of a bar, of 100."""
    return round(100 * value / most) if most else 0
