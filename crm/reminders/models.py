"""The mornings that are done."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base


class Morning(Base):
    """One person's morning that was looked at, whether there was something to say or not."""

    __tablename__ = "morning"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
