"""The audit line: who changed what, when and from which page, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.clock import now
from crm.db import Record, db
from crm.types import Key

# Set per request by the pages and by commands; "" where nobody said.
page: ContextVar[str] = ContextVar("crm.audit.page", default="")


class AuditEntry(Record):
    """One change of one thing."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index(None, "subject_id", "at"),)

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON())
    page: Mapped[str]


def record(
    actor_id: UUID | None,
    action: str,
    subject: Record,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit line about `subject`; only inside `transaction()`.

    action   a verb of the domain: `logged`, `edited`, `completed`, …
    changes  names of what changed with old and new value, where these are short and no free text
    """
    db.session.add(
        AuditEntry(
            at=now(),
            actor_id=actor_id,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            changes=dict(changes or {}),
            page=page.get(),
        )
    )


class Event(NamedTuple):
    """An audit line as a page shows it; `actor_name` is empty for commands."""

    at: datetime
    actor_name: str
    action: str
    changes: Mapping[str, Any]


_LONGEST_HISTORY = 200
# The core knows no feature: of people, only where their names stand
_person = sa.table("person", sa.column("id", Key()), sa.column("name", sa.Text()))


def history(subject_id: UUID) -> Sequence[Event]:
    """Return the latest 200 changes of one thing, newest first. Its reader may see the thing."""
    found = db.session.execute(
        sa.select(AuditEntry.at, _person.c.name, AuditEntry.action, AuditEntry.changes)
        .outerjoin(_person, _person.c.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(_LONGEST_HISTORY)
    )
    return [Event(at, name or "", action, changes) for at, name, action, changes in found]
