"""Lists: a page by key (never by OFFSET: page 1,000 costs what page 1 costs), a count, or all."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm.db import db
from crm.text import clean

T = TypeVar("T")
PAGE_SIZE = 50
COUNTED_AT_MOST = 10_000
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[T]):
    """A total order of a list: columns that are never NULL, the last one unique.

    values  what `columns` hold for one item, for the address of the next page
    """

    columns: tuple[sa.ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    values: Callable[[T], tuple[Any, ...]]
    descending: bool = False

    def directed(self, *, forward: bool = True) -> list[sa.UnaryExpression[Any]]:
        """Return what to order by, or the way back."""
        if self.descending is forward:
            return [column.desc() for column in self.columns]
        return [column.asc() for column in self.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page begins: behind (`forward`) or before the item with these values."""

    values: tuple[Any, ...]
    forward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count that stops at 10,000: `is_more` says that it did."""

    number: int
    is_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some items of a list; `after` and `before` lead to the neighbouring pages."""

    items: Sequence[T]
    after: str | None
    before: str | None


def page_of(
    statement: sa.Select[T], order: Order[T], cursor: Cursor | None, *, size: int = PAGE_SIZE
) -> Page[T]:
    """Return the page of `statement` that `cursor` points at; the first one without a cursor."""
    window = window_of(statement, order, cursor, size=size)
    return cut(list(db.session.scalars(window).unique()), order, cursor, size=size)


def window_of(
    statement: sa.Select[T], order: Order[Any], cursor: Cursor | None, *, size: int = PAGE_SIZE
) -> sa.Select[T]:
    """Limit `statement` to the rows of a page, and one more that says whether another follows."""
    forward = cursor is None or cursor.forward
    descending = order.descending is forward
    if cursor is not None:
        place = sa.tuple_(*order.columns)
        mark = sa.tuple_(
            *(
                sa.literal(value, column.type)
                for value, column in zip(cursor.values, order.columns, strict=True)
            )
        )
        first, reached = order.columns[0], next(iter(mark.clauses))
        statement = statement.where(
            place < mark if descending else place > mark,
            # What the line above says already: where the columns are of two tables, no index does
            first <= reached if descending else first >= reached,
        )
    return statement.order_by(*order.directed(forward=forward)).limit(size + 1)


def cut(
    found: Sequence[T], order: Order[T], cursor: Cursor | None, *, size: int = PAGE_SIZE
) -> Page[T]:
    """Return the page of what `window_of` has found, in the order in which it was found."""
    forward = cursor is None or cursor.forward
    more, items = len(found) > size, list(found[:size])
    if not forward:
        items.reverse()
    has_next = more if forward else True
    has_previous = cursor is not None if forward else more
    return Page(
        items=items,
        after=_encode(order.values(items[-1])) if items and has_next else None,
        before=_encode(order.values(items[0])) if items and has_previous else None,
    )


def batches_of(
    statement: sa.Select[*tuple[Any, ...]], order: Order[Any]
) -> Iterator[Sequence[Any]]:
    """Yield all rows of `statement` in `order`, some at a time: memory stays flat."""
    ordered = statement.order_by(*order.directed()).execution_options(yield_per=_BATCH)
    yield from db.session.execute(ordered).partitions()


def count_of(statement: sa.Select[Any]) -> Count:
    """Count the rows of `statement`, at most 10,000."""
    return counts_of(statement, sa.null())[0]


def counts_of(statement: sa.Select[Any], mark: sa.ColumnElement[Any]) -> tuple[Count, int]:
    """Count the rows of `statement`, and how many of those counted hold a `mark` (are not NULL)."""
    # Also without a condition and a mark it is the rows of the statement that are counted
    some = statement.with_only_columns(mark.label("mark"), maintain_column_froms=True)
    rows = some.order_by(None).limit(COUNTED_AT_MOST + 1).subquery()
    number, marked = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(rows.c.mark)).select_from(rows)
    ).one()
    return Count(number=min(number, COUNTED_AT_MOST), is_more=number > COUNTED_AT_MOST), marked


_WRITERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    UUID: ("u", str),
    str: ("s", str),
    int: ("i", int),
}


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)


def _read_number(value: Any) -> int:
    number = int(value)
    if not -_LARGEST <= number <= _LARGEST:
        raise ValueError("more than a column holds")
    return number


# What both databases keep in an Integer column
_LARGEST = 2**31 - 1
_READERS: dict[str, Callable[[Any], Any]] = {
    "t": _read_moment,
    "d": date.fromisoformat,
    "u": UUID,
    "s": clean,
    "i": _read_number,
}


def _encode(values: tuple[Any, ...]) -> str:
    tagged = [(_WRITERS[type(v)][0], _WRITERS[type(v)][1](v)) for v in values]
    return (
        base64.urlsafe_b64encode(json.dumps(tagged, ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )


def cursor_from(text: str, *, forward: bool, order: Order[Any]) -> Cursor | None:
    """Read what `Page.after` or `Page.before` said; None for anything else."""
    try:
        raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        values = tuple(_READERS[tag](value) for tag, value in json.loads(raw))
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        binascii.Error,
    ):
        return None
    if len(values) != len(order.columns) or not all(map(_fits, values, order.columns)):
        return None
    return Cursor(values=values, forward=forward)


def _fits(value: Any, column: Any) -> bool:
    wanted = getattr(column.type, "impl_instance", column.type)
    kinds = {
        sa.Text: str,
        sa.String: str,
        sa.Date: date,
        sa.DateTime: datetime,
        sa.LargeBinary: UUID,
        sa.Integer: int,
    }
    return type(value) is kinds.get(type(wanted), type(value))
