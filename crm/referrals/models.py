"""The referral (Vermittlung)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person
from crm.clock import BERLIN, today
from crm.concerns.models import Concern
from crm.contacts.models import Contact
from crm.db import Record
from crm.organisations.models import Organisation
from crm.reference import short_reference


@unique
class ReferralResult(StrEnum):
    """What came of a referral."""

    HELPED = "helped"
    COULD_NOT_HELP = "could_not_help"
    NO_ANSWER = "no_answer"


class Referral(Record):
    """An introduction of a concern to a partner and a person there.

    It has no owner, team or circle of its own: these are its concern's (`queries` joins them), so
    that it is seen, moved and handed over with it. `body_id` is the concern's too and never
    changes; it stands here for the index.
    """

    __tablename__ = "referral"
    __table_args__ = (
        sa.Index(None, "body_id", "closed_at", "answer_due_on", "id"),
        sa.Index(None, "body_id", "created_at", "id"),
        sa.Index(None, "concern_id"),
        sa.Index(None, "partner_id", "closed_at"),
        sa.Index(None, "contact_id"),
        sa.Index(None, "named_contact_id"),
        sa.CheckConstraint("agreed_by <> ''", name="agreed_by"),
        sa.CheckConstraint("passed_on <> ''", name="passed_on"),
        sa.CheckConstraint("(closed_at IS NULL) = (result IS NULL)", name="closed_has_result"),
        sa.CheckConstraint("closed_at IS NULL OR result_note <> ''", name="closed_has_note"),
        sa.CheckConstraint("(sent_at IS NULL) = (sent_version IS NULL)", name="sent_has_version"),
    )

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    concern_id: Mapped[UUID] = mapped_column(sa.ForeignKey("concern.id", ondelete="RESTRICT"))
    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id", ondelete="RESTRICT"))
    # The person at the partner
    contact_id: Mapped[UUID] = mapped_column(sa.ForeignKey("contact.id", ondelete="RESTRICT"))
    # The company's agreement (Einverständnis zur Weitergabe), and what it covers
    agreed_by: Mapped[str]
    agreed_on: Mapped[date]
    passed_on: Mapped[str]
    # The person at the company whom the partner may call
    named_contact_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("contact.id", ondelete="RESTRICT")
    )
    answer_due_on: Mapped[date]
    referred_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    closed_at: Mapped[datetime | None]
    result: Mapped[ReferralResult | None]
    result_note: Mapped[str] = mapped_column(default="")
    # When it was last mailed to the partner from here, and which version of it
    sent_at: Mapped[datetime | None]
    sent_version: Mapped[int | None]
    # Made by mistake: in no list any more
    taken_back_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    concern: Mapped[Concern] = relationship(lazy="raise_on_sql")
    partner: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    contact: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys="Referral.contact_id")
    named_contact: Mapped[Contact | None] = relationship(
        lazy="raise_on_sql", foreign_keys="Referral.named_contact_id"
    )
    referred_by: Mapped[Person] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_open(self) -> bool:
        """Whether the partner's answer is still awaited."""
        return self.closed_at is None

    @property
    def is_overdue(self) -> bool:
        """Whether the partner should have answered by now."""
        return self.is_open and self.answer_due_on < today()

    @property
    def referred_on(self) -> date:
        """Return the day on which it was made, in Germany."""
        return self.created_at.astimezone(BERLIN).date()

    @property
    def mail_key(self) -> str:
        """Return what its last mail is known by; empty when there was none."""
        return "" if self.sent_version is None else f"{self.id}:{self.sent_version}"

    @property
    def reference(self) -> str:
        """Return the short name people use."""
        return short_reference("V", self.id)
