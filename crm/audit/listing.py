"""The list of all audit lines: who did what to which thing, for administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.audit.models import AuditEntry, person_names
from crm.db import db
from crm.finding import ANY_DAY, Days
from crm.paging import Count, Cursor, Order, Page, batches_of, count_of, cut, window_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What the list shows; without anything: every line."""

    days: Days = ANY_DAY
    person_id: UUID | None = None
    subject_type: str = ""
    action: str = ""
    subject_id: UUID | None = None


class AuditRow(NamedTuple):
    """A line as the list shows it; `person` is None for the command and for the product itself."""

    id: UUID
    at: datetime
    person: str | None
    action: str
    subject_type: str
    subject_id: UUID | None
    changes: Mapping[str, Any]
    page: str


NEWEST: Order[AuditRow] = Order(
    columns=(AuditEntry.at, AuditEntry.id), values=lambda line: (line.at, line.id), descending=True
)


def _selected(wanted: AuditFilter) -> sa.Select[AuditEntry]:
    conditions = [
        column == value
        for column, value in (
            (AuditEntry.actor_id, wanted.person_id),
            (AuditEntry.subject_type, wanted.subject_type),
            (AuditEntry.action, wanted.action),
            (AuditEntry.subject_id, wanted.subject_id),
        )
        if value
    ]
    return sa.select(AuditEntry).where(*conditions, *wanted.days.moments(AuditEntry.at))


def _shown(wanted: AuditFilter) -> sa.Select[*tuple[Any, ...]]:
    return (
        _selected(wanted)
        .outerjoin(person_names, person_names.c.id == AuditEntry.actor_id)
        .with_only_columns(
            AuditEntry.id,
            AuditEntry.at,
            person_names.c.name,
            AuditEntry.action,
            AuditEntry.subject_type,
            AuditEntry.subject_id,
            AuditEntry.changes,
            AuditEntry.page,
        )
    )


def page(wanted: AuditFilter, cursor: Cursor | None) -> Page[AuditRow]:
    """Return one page of the list, the latest first."""
    found = db.session.execute(window_of(_shown(wanted), NEWEST, cursor)).all()
    return cut([AuditRow._make(row) for row in found], NEWEST, cursor)


def count(wanted: AuditFilter) -> Count:
    """Count the list."""
    return count_of(_selected(wanted))


def rows(wanted: AuditFilter) -> Iterator[AuditRow]:
    """Yield the whole list, for a file of it."""
    for batch in batches_of(_shown(wanted), NEWEST):
        yield from map(AuditRow._make, batch)


def people() -> Sequence[tuple[UUID, str]]:
    """Return key and name of everybody who can stand in a line, by name."""
    found = db.session.execute(
        sa.select(person_names.c.id, person_names.c.name).order_by(
            person_names.c.name, person_names.c.id
        )
    )
    return [(key, name) for key, name in found]


def newest_at() -> datetime | None:
    """Return when the last line was written, or None when there is none."""
    return db.session.scalar(sa.select(sa.func.max(AuditEntry.at)))
