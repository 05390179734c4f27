"""The mail that waits or was sent, and how the mail server was last found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person
from crm.db import Base, Record


@unique
class Reason(StrEnum):
    """Why a mail is sent."""

    DIGEST = "digest"
    ESCALATION = "escalation"
    INVITATION = "invitation"
    NOTICE = "notice"
    PASSWORD = "password"  # noqa: S105 - a word
    REFERRAL = "referral"
    TEST = "test"


@unique
class MailState(StrEnum):
    """What became of a mail; withdrawn: nobody was to get it any more."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@unique
class Failure(StrEnum):
    """What went wrong when a mail was to be sent."""

    ADDRESS = "address"
    CONNECTION = "connection"
    ENCRYPTION = "encryption"
    MESSAGE = "message"
    SENDER = "sender"
    SIGN_IN = "sign_in"
    TEMPORARY = "temporary"


class Mail(Record):
    """A mail to one person; its text goes when it was sent."""

    __tablename__ = "mail"
    __table_args__ = (
        sa.UniqueConstraint("reason", "key"),
        sa.Index(None, "state", "due_at", "id"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.CheckConstraint(
            "(attachment IS NULL) = (attachment_name = '')", name="attachment_has_name"
        ),
    )

    reason: Mapped[Reason]
    # What it is about; with the reason, there is one such mail only
    key: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    recipient: Mapped[str]
    reply_to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    attachment: Mapped[bytes | None] = mapped_column(deferred=True)
    attachment_name: Mapped[str] = mapped_column(default="")
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    created_at: Mapped[datetime]
    # When it may be tried next; while it is being sent, when another worker may take it over
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failure: Mapped[Failure | None]
    # What the mail server answered: 550, …; 0 for no answer
    answer: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class MailServer(Base):
    """How the mail server was last found: one row, made when it is first spoken to."""

    __tablename__ = "mail_server"

    name: Mapped[str] = mapped_column(primary_key=True)
    # In a row, since it last took a mail
    failures: Mapped[int] = mapped_column(default=0)
    failure: Mapped[Failure | None]
    answer: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    # Nobody tries before
    due_at: Mapped[datetime | None]
    worked_at: Mapped[datetime | None]
