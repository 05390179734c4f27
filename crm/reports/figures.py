"""The figures of a report as they are frozen: chapters, their tables, rows and values.

They hold codes and names, no words: each reader gets them in their own language. What is too small
a group to be told stands nowhere in them, so that no file can give it away.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from crm.reports.models import Chapter

# Stands for a value that is not told
HIDDEN: Final = "hidden"
# Fewer organisations than so many are a small group; a setting of whoever has figures counted
smallest_group: ContextVar[int] = ContextVar("crm.reports.smallest_group", default=3)

Value = int | float | Literal["hidden"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of figures.

    key   what it is about: a code, or the text itself where people typed it (a municipality)
    name  of a topic in both languages, for it may be renamed later
    """

    key: str
    values: tuple[Value, ...]
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: rows by period, by the same period a year before, and perhaps by target."""

    key: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A list of what everybody of the body may see by name; in non-public reports only."""

    key: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The figures of a chapter, or of one municipality within it."""

    chapter: Chapter
    tables: tuple[Table, ...] = ()
    namings: tuple[Naming, ...] = ()
    municipality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a report.

    is_empty  nothing had happened
    smallest  a group of fewer organisations is hidden
    """

    sections: tuple[Section, ...]
    is_empty: bool
    smallest: int = 3

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Figures:
        """Read what `to_json` returned."""
        return cls(
            sections=tuple(_section(each) for each in stored["sections"]),
            is_empty=stored["is_empty"],
            smallest=stored["smallest"],
        )


def _section(stored: Mapping[str, Any]) -> Section:
    return Section(
        chapter=Chapter(stored["chapter"]),
        municipality=stored["municipality"],
        tables=tuple(
            Table(
                key=table["key"],
                columns=tuple(table["columns"]),
                rows=tuple(
                    Row(key=row["key"], values=tuple(row["values"]), name=row["name"])
                    for row in table["rows"]
                ),
            )
            for table in stored["tables"]
        ),
        namings=tuple(
            Naming(key=naming["key"], rows=tuple(tuple(row) for row in naming["rows"]))
            for naming in stored["namings"]
        ),
    )


class Tally:
    """A count, and the organisations behind it."""

    def __init__(self) -> None:
        self.number = 0
        self.organisations: set[Hashable] = set()

    def add(self, organisation_id: Hashable) -> None:
        """Count one more thing of this organisation."""
        self.number += 1
        self.organisations.add(organisation_id)

    @property
    def is_small(self) -> bool:
        """Whether too few organisations stand behind it to tell it."""
        return _is_small(self.organisations)

    @property
    def value(self) -> Value:
        """Return the count, if it may be told."""
        return HIDDEN if self.is_small else self.number


def tally(organisation_ids: Iterable[Hashable]) -> Tally:
    """Return the count of things, given the organisation of each."""
    counted = Tally()
    for key in organisation_ids:
        counted.add(key)
    return counted


def told(value: Value, organisation_ids: Collection[Hashable]) -> Value:
    """Return a value of these organisations, if it may be told."""
    return HIDDEN if _is_small(set(organisation_ids)) else value


def _is_small(organisations: set[Hashable]) -> bool:
    return 0 < len(organisations) < smallest_group.get()


def parted(parts: Sequence[Tally]) -> list[Value]:
    """Return the values of parts whose sum is told elsewhere.

    From the sum and the other parts a single hidden one could be computed: so at least two are
    hidden, the smallest next, until those hidden are together no small group.
    """
    hidden = {place for place, part in enumerate(parts) if part.is_small}
    rest = sorted(
        (place for place, part in enumerate(parts) if part.number and place not in hidden),
        key=lambda place: (parts[place].number, place),
    )
    while hidden and rest and _can_be_computed([parts[place] for place in hidden]):
        hidden.add(rest.pop(0))
    return [HIDDEN if place in hidden else part.number for place, part in enumerate(parts)]


def _can_be_computed(hidden: Sequence[Tally]) -> bool:
    together = set().union(*(part.organisations for part in hidden))
    return len(hidden) == 1 or _is_small(together)
