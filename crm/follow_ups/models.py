"""The follow-up, its assignees, and what was done to several at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person, Team
from crm.concerns.models import Concern
from crm.contacts.models import Contact
from crm.db import Base, Record
from crm.organisations.models import Organisation
from crm.visibility import Belonging


class FollowUp(Belonging, Record):
    """Something to do or look at by a date; any one of its assignees completes it.

    `owner_id` is who set it. It may hang on a visit, concern, organisation or contact. When it
    recurs, completing it makes the next one, which names it as `previous_id`.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.Index(None, "body_id", "done_at", "due_on", "id"),
        # Holds all that figures ask of a follow-up
        sa.Index(
            "ix_follow_up_figures",
            "body_id",
            "done_at",
            "due_on",
            "visibility",
            "team_id",
            "owner_id",
            "promised",
            "id",
        ),
        sa.Index(None, "organisation_id", "done_at"),
        sa.Index(None, "visit_id"),
        sa.Index(None, "concern_id"),
        sa.Index(
            None,
            "body_id",
            "snoozed_until",
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        ),
        sa.UniqueConstraint("previous_id"),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),
        sa.CheckConstraint("(recurrence = '') = (recurs_from IS NULL)", name="recurs_from_a_day"),
        sa.CheckConstraint("title <> ''", name="title"),
    )

    title: Mapped[str]
    due_on: Mapped[date]
    # "Dem Unternehmen zugesagt": promised to the company
    promised: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="RESTRICT")
    )
    contact_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("contact.id", ondelete="RESTRICT"), index=True
    )
    # crm.visits stands above this feature: the key is here, the relationship is not
    visit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("visit.id", ondelete="RESTRICT"))
    topic_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("topic.id", ondelete="RESTRICT"))
    concern_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("concern.id", ondelete="RESTRICT")
    )
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    result: Mapped[str] = mapped_column(default="")
    # It rests until that day; the due date stays as it is
    snoozed_until: Mapped[date | None]
    # A rule of RFC 5545 (crm/follow_ups/recurrence.py), and the day from which it counts
    recurrence: Mapped[str] = mapped_column(default="")
    recurs_from: Mapped[date | None]
    previous_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("follow_up.id", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    concern: Mapped[Concern | None] = relationship(lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys="FollowUp.owner_id")
    done_by: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys="FollowUp.done_by_id"
    )
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    assignees: Mapped[list[Assignee]] = relationship(
        lazy="raise_on_sql", back_populates="follow_up", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_at is None

    def rests_on(self, day: date) -> bool:
        """Whether it is put off until after `day`."""
        return self.is_open and self.snoozed_until is not None and self.snoozed_until > day

    @property
    def assignee_ids(self) -> frozenset[UUID]:
        """Return who is to do it; `assignees` is loaded."""
        return frozenset(assignee.person_id for assignee in self.assignees)


class Assignee(Base):
    """A person who is to do it."""

    __tablename__ = "follow_up_assignee"
    __table_args__ = (sa.Index(None, "person_id", "follow_up_id"),)

    follow_up_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("follow_up.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True
    )

    follow_up: Mapped[FollowUp] = relationship(lazy="raise_on_sql", back_populates="assignees")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class BulkStep(Record):
    """One step taken with several follow-ups at once, kept so that it can be undone as one.

    before  per follow-up: its key, its version after the step, and what it was before
    """

    __tablename__ = "follow_up_bulk"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="RESTRICT"), index=True
    )
    at: Mapped[datetime]
    step: Mapped[str]
    before: Mapped[list[Any]] = mapped_column(sa.JSON())
    undone_at: Mapped[datetime | None]
