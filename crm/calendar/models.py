"""The secret address of a person's calendar."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person
from crm.db import Record


class CalendarFeed(Record):
    """The calendar of one person. Only the hash of the token in its address is kept."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), unique=True
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
