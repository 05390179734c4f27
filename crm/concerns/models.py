"""The concern (Anliegen), and the official procedures accompanied with it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person, Team
from crm.clock import now
from crm.db import Base, Record
from crm.organisations.models import Organisation
from crm.reference import short_reference
from crm.topics.models import Topic
from crm.visibility import Belonging, Visibility


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


OPEN_STAGES = tuple(stage for stage in Stage if stage is not Stage.CLOSED)


@unique
class Outcome(StrEnum):
    """How a closed concern ended."""

    SOLVED = "solved"
    PARTLY_SOLVED = "partly_solved"
    NOT_SOLVABLE = "not_solvable"
    WITHDRAWN = "withdrawn"


@unique
class Benefit(StrEnum):
    """What came of a closed concern in numbers; called as its column."""

    JOBS_SECURED = "jobs_secured"
    JOBS_CREATED = "jobs_created"
    INVESTMENT = "investment"


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
            "next_due_on",
            "jobs_secured",
            "jobs_created",
            "investment",
        ),
        sa.Index(None, "owner_id", "stage"),
        # Holds all that a column of the board and its count ask of a concern
        sa.Index(
            "ix_concern_board",
            "body_id",
            "stage",
            "next_due_on",
            "id",
            "visibility",
            "team_id",
            "owner_id",
        ),
        # The list of all open ones in the same order
        sa.Index(
            "ix_concern_due",
            "body_id",
            "next_due_on",
            "id",
            "stage",
            "visibility",
            "team_id",
            "owner_id",
        ),
        sa.CheckConstraint("(stage = 'closed') = (outcome IS NOT NULL)", name="closed_has_outcome"),
        sa.CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        sa.CheckConstraint("jobs_secured >= 0", name="jobs_secured"),
        sa.CheckConstraint("jobs_created >= 0", name="jobs_created"),
        sa.CheckConstraint("investment >= 0", name="investment"),
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
    # What is due next, NEVER where nothing is: the database keeps it, whoever changes the rest
    next_due_on: Mapped[date] = mapped_column(
        sa.Computed(
            "CASE WHEN stage = 'closed' THEN '9999-12-31'"
            " WHEN first_responded_at IS NULL AND first_response_due_on IS NOT NULL"
            " THEN first_response_due_on"
            " ELSE coalesce(resolution_due_on, '9999-12-31') END",
            persisted=True,
        )
    )
    # Since when it stands in its stage
    stage_since: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    outcome_reason: Mapped[str] = mapped_column(default="")
    # What came of it: meant only while it is closed; reopened, they wait for the next closing
    jobs_secured: Mapped[int | None]
    jobs_created: Mapped[int | None]
    # In euros
    investment: Mapped[int | None] = mapped_column(sa.BigInteger())
    figures_source: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys="Concern.owner_id")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    collaborators: Mapped[list[Collaborator]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", back_populates="concern"
    )
    procedures: Mapped[list[Procedure]] = relationship(
        lazy="raise_on_sql",
        back_populates="concern",
        order_by="[Procedure.begun_on, Procedure.id]",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_open(self) -> bool:
        """Whether it still has no outcome."""
        return self.stage is not Stage.CLOSED

    def takes_note(self, *, team_id: UUID, visibility: Visibility) -> bool:
        """Whether a note of this team and circle may join.

        One narrower than another team's concern would hide the concern from whoever joined it.
        """
        return self.team_id == team_id or visibility.strictness <= self.visibility.strictness

    @property
    def collaborator_ids(self) -> frozenset[UUID]:
        """Return the keys of those who work on it besides its owner."""
        return frozenset(collaborator.person_id for collaborator in self.collaborators)

    @property
    def reference(self) -> str:
        """Return the short name people use."""
        return short_reference("A", self.id)


class Collaborator(Base):
    """A colleague who works on a concern besides its owner, and may move it like their own."""

    __tablename__ = "concern_collaborator"
    __table_args__ = (sa.Index(None, "person_id", "concern_id"),)

    concern_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("concern.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True
    )

    concern: Mapped[Concern] = relationship(lazy="raise_on_sql", back_populates="collaborators")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Procedure(Record):
    """An official procedure (Verfahren) that is accompanied with a concern; seen with it.

    It is decided as soon as it has a day for that.
    """

    __tablename__ = "procedure"
    __table_args__ = (
        # Holds all that lists and figures ask
        sa.Index(None, "concern_id", "office", "begun_on", "decided_on"),
        sa.Index(None, "office", "concern_id"),
        sa.CheckConstraint("office <> ''", name="office"),
        sa.CheckConstraint("title <> ''", name="title"),
        sa.CheckConstraint("decided_on >= begun_on", name="decided_after_beginning"),
    )

    concern_id: Mapped[UUID] = mapped_column(sa.ForeignKey("concern.id", ondelete="CASCADE"))
    # Amt oder Behörde, as people call it
    office: Mapped[str]
    title: Mapped[str]
    begun_on: Mapped[date]
    decided_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    concern: Mapped[Concern] = relationship(lazy="raise_on_sql", back_populates="procedures")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_running(self) -> bool:
        """Whether it is not decided yet."""
        return self.decided_on is None

    def days(self, until: date) -> int:
        """Return how many days it took, or has been running `until` a day."""
        return ((self.decided_on or until) - self.begun_on).days
