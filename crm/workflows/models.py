"""What was handed over from one person to others, so that it can be given back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person
from crm.db import Base, Record


@unique
class Kind(StrEnum):
    """What can be open with a person."""

    FOLLOW_UP = "follow_up"
    CONCERN = "concern"
    VISIT = "visit"


class HandOver(Record):
    """All that was open with a person went to others; `by_id` is empty for the command."""

    __tablename__ = "hand_over"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="RESTRICT"), index=True
    )
    by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    # When the person's account was closed along with it
    closed_account_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys="HandOver.person_id")
    items: Mapped[list[HandOverItem]] = relationship(
        lazy="raise_on_sql", back_populates="hand_over", cascade="all, delete-orphan"
    )


class HandOverItem(Base):
    """One thing: whose it was, and the version in which it was handed over."""

    __tablename__ = "hand_over_item"

    hand_over_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("hand_over.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    # Of one of three tables, so no foreign key
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    # Keys of people by what they were: owner, people
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON())
    version: Mapped[int]

    hand_over: Mapped[HandOver] = relationship(lazy="raise_on_sql", back_populates="items")
