"""The audit lines, and the chain that seals them."""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Record
from crm.types import Key

# The core knows no feature: of people, only where their names stand
person_names = sa.table("person", sa.column("id", Key()), sa.column("name", sa.Text()))


class AuditEntry(Record):
    """One change of one thing."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index(None, "subject_id", "at"),
        sa.Index(None, "actor_id", "at"),
        sa.Index(None, "at", "id"),
    )

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    action: Mapped[str]
    subject_type: Mapped[str]
    # None for what has no row, such as a list that was handed out
    subject_id: Mapped[UUID | None]
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON())
    page: Mapped[str]
    # Without it, a hash would tell what was erased: there are few flags and dates to try
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary(16), default=lambda: token_bytes(16))


class AuditSeal(Base):
    """The link of one line in the chain. Nobody makes one without the key."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("audit_entry.id", ondelete="RESTRICT"), unique=True
    )
    # SHA-256 of salt, changes and page, so that these could go and the links behind still hold
    payload_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    # HMAC-SHA-256 of the link before, the line and the hash
    link: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class AuditHead(Base):
    """Where the chain ends: one row, which every transaction takes in turn."""

    __tablename__ = "audit_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    link: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
