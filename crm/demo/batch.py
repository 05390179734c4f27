"""Rows on their way into the database: made one by one, stored in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.audit import AuditEntry
from crm.db import Base, Record


def key_at(at: datetime, rng: Random) -> UUID:
    """Return a UUIDv7 of that moment, so that keys sort by time as real ones do."""
    milliseconds = int(at.timestamp() * 1000)
    number = milliseconds << 80 | 0x7 << 76 | rng.getrandbits(12) << 64
    return UUID(int=number | 0b10 << 62 | rng.getrandbits(62))


class Batch:
    """Rows by table, stored so that a row comes after those it refers to."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)

    def add(self, model: type[Record], made_at: datetime, /, **columns: Any) -> UUID:
        """Add a row made at that moment; return its key."""
        key = key_at(made_at, self._rng)
        self._rows[model].append({"id": key, **columns})
        return key

    def link(self, model: type[Base], **columns: Any) -> None:
        """Add a row without a key of its own."""
        self._rows[model].append(columns)

    def audit(
        self,
        at: datetime,
        actor_id: UUID | None,
        action: str,
        subject: tuple[type[Record], UUID],
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Add the audit line of a change made at that moment."""
        model, key = subject
        self.add(
            AuditEntry,
            at,
            at=at,
            actor_id=actor_id,
            action=action,
            subject_type=model.__tablename__,
            subject_id=key,
            changes=dict(changes or {}),
            page="",
        )

    def save(self, session: Session) -> None:
        """Store every row."""
        places = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
        for model in sorted(self._rows, key=lambda model: places[model.__tablename__]):
            session.execute(sa.insert(model), self._rows[model])
        self._rows.clear()
