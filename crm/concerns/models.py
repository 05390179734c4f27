"""The concern (Anliegen)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person, Team
from crm.db import Record
from crm.organisations.models import Organisation
from crm.reference import short_reference
from crm.topics.models import Topic
from crm.visibility import Belonging


@unique
class Flag(StrEnum):
    """How pressing it is: the field's green, yellow and red flag."""

    INFO = "info"
    WATCH = "watch"
    URGENT = "urgent"


@unique
class Stage(StrEnum):
    """Where a concern stands in the shared pipeline."""

    NEW = "new"
    CLARIFYING = "clarifying"
    IN_PROGRESS = "in_progress"
    WITH_PARTNER = "with_partner"
    CLOSED = "closed"


@unique
class Outcome(StrEnum):
    """How a closed concern ended."""

    SOLVED = "solved"
    PARTLY_SOLVED = "partly_solved"
    NOT_SOLVABLE = "not_solvable"
    WITHDRAWN = "withdrawn"


class Concern(Belonging, Record):
    """What an organisation needs from us, until it has an outcome."""

    __tablename__ = "concern"
    __table_args__ = (
        sa.Index(None, "organisation_id", "stage"),
        sa.Index(None, "body_id", "stage", "opened_at", "id"),
        sa.Index(None, "body_id", "opened_at", "id"),
        sa.Index(None, "body_id", "closed_at", "id"),
        # Hold all that figures ask of a concern
        sa.Index(
            "ix_concern_answered",
            "body_id",
            "first_responded_at",
            "opened_at",
            "visibility",
            "team_id",
            "owner_id",
        ),
        sa.Index(
            "ix_concern_figures",
            "body_id",
            "closed_at",
            "stage",
            "flag",
            "opened_at",
            "visibility",
            "team_id",
            "owner_id",
            "outcome",
            "first_responded_at",
            "first_response_due_on",
            "resolution_due_on",
        ),
        sa.Index(None, "owner_id", "stage"),
        sa.CheckConstraint("(stage = 'closed') = (outcome IS NOT NULL)", name="closed_has_outcome"),
        sa.CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
    )

    organisation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="RESTRICT")
    )
    topic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("topic.id", ondelete="RESTRICT"))
    title: Mapped[str]
    flag: Mapped[Flag]
    stage: Mapped[Stage] = mapped_column(default=Stage.NEW)
    # The end of the conversation it came from: the clock starts here
    opened_at: Mapped[datetime]
    first_response_due_on: Mapped[date | None]
    first_responded_at: Mapped[datetime | None]
    resolution_due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    outcome_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys="Concern.owner_id")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_open(self) -> bool:
        """Whether it still has no outcome."""
        return self.stage is not Stage.CLOSED

    @property
    def reference(self) -> str:
        """Return the short name people use."""
        return short_reference("A", self.id)
