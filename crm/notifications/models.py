"""What a person is told, and how each wants to be told."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Record


@unique
class Kind(StrEnum):
    """What a person can be told of. The digest is a mail only, one a morning."""

    GIVEN = "given"
    COMPLETED = "completed"
    CLOCK = "clock"
    ESCALATION = "escalation"
    ANSWER = "answer"
    DIGEST = "digest"


class Notification(Record):
    """Something one person is told, about a concern or a follow-up."""

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "key"),
        sa.Index(None, "person_id", "at", "id"),
        sa.Index(None, "person_id", "read_at"),
        sa.Index(None, "concern_id", "kind", "due_on"),
        sa.CheckConstraint("kind <> 'digest'", name="no_digest"),
        sa.CheckConstraint("(concern_id IS NULL) <> (follow_up_id IS NULL)", name="about_one"),
    )

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[Kind]
    # With the person: they are told this once
    key: Mapped[str]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    # False where a person wants no notification of this kind, or only a mail
    in_app: Mapped[bool]
    by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    # These features stand above this one: the keys are here, the relationships are not
    concern_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("concern.id", ondelete="CASCADE"))
    follow_up_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("follow_up.id", ondelete="CASCADE"), index=True
    )
    # Of a clock: which one, and when it runs out
    step: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]


class NotificationChoice(Base):
    """How a person wants to be told of one kind, where it is not the usual way."""

    __tablename__ = "notification_choice"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    in_app: Mapped[bool]
    by_mail: Mapped[bool]
