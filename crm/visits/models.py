"""The visit, its further organisations, who took part, its topic notes and our offers in it."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Person, Team
from crm.archive import Archivable
from crm.concerns.models import Concern, Flag
from crm.contacts.models import Contact
from crm.db import Base, Record
from crm.offers.models import AgencyOffer
from crm.organisations.models import Organisation
from crm.reference import short_reference
from crm.topics.models import Topic
from crm.visibility import Belonging, Visibility


@unique
class VisitStatus(StrEnum):
    """Where a visit stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    COMPLETED = "completed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


# A visit that is cancelled or archived stays as it is
OPEN_TO_EDIT = frozenset({VisitStatus.PLANNED, VisitStatus.COMPLETED, VisitStatus.POSTPONED})


@unique
class Mode(StrEnum):
    """How the conversation was held. Figures call only the first two visits."""

    ON_SITE = "on_site"
    OUR_OFFICE = "our_office"
    VIDEO = "video"
    PHONE = "phone"
    EVENT = "event"


VISIT_MODES = frozenset({Mode.ON_SITE, Mode.OUR_OFFICE})


@unique
class Occasion(StrEnum):
    """Why the conversation took place (Anlass)."""

    PROGRAMME = "programme"
    REQUEST = "request"
    EVENT = "event"
    CRISIS = "crisis"
    ANNIVERSARY = "anniversary"
    OTHER = "other"


class Visit(Belonging, Archivable, Record):
    """One conversation with a lead organisation and any further ones.

    A draft keeps the form exactly as typed in `draft_form` and has no rows of its own below it.
    `owner_id` is who logged it.
    """

    __tablename__ = "visit"
    __table_args__ = (
        # Holds all that the list and its two counts ask of a visit
        sa.Index(
            "ix_visit_list",
            "body_id",
            "visited_on",
            "id",
            "status",
            "visibility",
            "team_id",
            "owner_id",
            "archived_at",
            "mode",
            "organisation_id",
        ),
        # Holds all that figures ask of the visits of a period
        sa.Index(
            "ix_visit_held",
            "body_id",
            "status",
            "visited_on",
            "id",
            "visibility",
            "team_id",
            "owner_id",
            "archived_at",
            "mode",
            "organisation_id",
        ),
        # Holds all that the question for an organisation's last visit asks
        sa.Index(
            "ix_visit_last",
            "organisation_id",
            "visited_on",
            "status",
            "mode",
            "archived_at",
            "body_id",
            "visibility",
            "team_id",
            "owner_id",
        ),
        sa.Index(None, "owner_id", "status"),
        sa.Index(None, "team_id", "visited_on"),
        sa.CheckConstraint(
            "status = 'draft' OR (organisation_id IS NOT NULL AND visited_on IS NOT NULL"
            " AND mode IS NOT NULL)",
            name="beyond_draft_is_whole",
        ),
        sa.CheckConstraint("(status = 'draft') = (draft_form IS NOT NULL)", name="draft_has_form"),
    )

    status: Mapped[VisitStatus]
    organisation_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="RESTRICT")
    )
    visited_on: Mapped[date | None]
    visited_at: Mapped[time | None]
    mode: Mapped[Mode | None]
    occasion: Mapped[Occasion | None]
    summary: Mapped[str] = mapped_column(default="")
    # What the company's version of the report says instead of the summary
    company_text: Mapped[str] = mapped_column(default="")
    next_visit_due_on: Mapped[date | None]
    # Aktenzeichen
    file_reference: Mapped[str] = mapped_column(default="")
    status_reason: Mapped[str] = mapped_column(default="")
    # [[field name, text as typed], …]
    draft_form: Mapped[list[list[str]] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys="Visit.owner_id")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    further: Mapped[list[VisitOrganisation]] = relationship(
        lazy="raise_on_sql",
        back_populates="visit",
        cascade="all, delete-orphan",
        order_by="VisitOrganisation.position",
    )
    attendances: Mapped[list[Attendance]] = relationship(
        lazy="raise_on_sql",
        back_populates="visit",
        cascade="all, delete-orphan",
        order_by="Attendance.position",
    )
    topic_notes: Mapped[list[TopicNote]] = relationship(
        lazy="raise_on_sql",
        back_populates="visit",
        cascade="all, delete-orphan",
        order_by="TopicNote.position",
    )
    offers: Mapped[list[VisitOffer]] = relationship(
        lazy="raise_on_sql", back_populates="visit", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """Return the short name people use."""
        return short_reference("B", self.id)

    @property
    def draft_name(self) -> str:
        """Return what a draft without an organisation is known by: the name or text typed."""
        typed = dict(reversed([(name, text) for name, text in self.draft_form or []]))
        return typed.get("organisation", "").strip() or self.summary.strip()

    @property
    def offers_in_order(self) -> list[VisitOffer]:
        """Return our offers that were mentioned, in the catalogue's order; with `offer` loaded."""
        return sorted(self.offers, key=lambda mentioned: mentioned.offer.position)

    @property
    def is_known_visit(self) -> bool:
        """Whether it is what figures call a visit, and everybody of the body may know of it."""
        return self.mode in VISIT_MODES and self.visibility is Visibility.BODY


class VisitOrganisation(Base):
    """A further organisation at the table."""

    __tablename__ = "visit_organisation"
    __table_args__ = (sa.Index(None, "organisation_id"),)

    visit_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int]

    visit: Mapped[Visit] = relationship(lazy="raise_on_sql", back_populates="further")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class Attendance(Record):
    """Somebody who took part: a contact, one of us, or an outsider by name (exactly one)."""

    __tablename__ = "attendance"
    __table_args__ = (
        sa.Index(None, "visit_id"),
        sa.Index(None, "person_id"),
        sa.Index(None, "contact_id"),
        sa.UniqueConstraint("visit_id", "contact_id"),
        sa.UniqueConstraint("visit_id", "person_id"),
        sa.CheckConstraint(
            "(contact_id IS NOT NULL AND person_id IS NULL AND outsider = '')"
            " OR (contact_id IS NULL AND person_id IS NOT NULL AND outsider = '')"
            " OR (contact_id IS NULL AND person_id IS NULL AND outsider <> '')",
            name="one_of_three",
        ),
    )

    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"))
    contact_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("contact.id", ondelete="RESTRICT")
    )
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    outsider: Mapped[str] = mapped_column(default="")
    position: Mapped[int]

    visit: Mapped[Visit] = relationship(lazy="raise_on_sql", back_populates="attendances")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class VisitOffer(Base):
    """An offer of ours that was mentioned in a conversation, and perhaps used since."""

    __tablename__ = "visit_offer"
    # Holds all that lists and figures ask
    __table_args__ = (sa.Index(None, "offer_id", "visit_id", "is_used"),)

    visit_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True
    )
    offer_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("agency_offer.id", ondelete="RESTRICT"), primary_key=True
    )
    is_used: Mapped[bool] = mapped_column(default=False)

    visit: Mapped[Visit] = relationship(lazy="raise_on_sql", back_populates="offers")
    offer: Mapped[AgencyOffer] = relationship(lazy="raise_on_sql")


class TopicNote(Belonging, Record):
    """What was said on one topic in one visit (Gesprächspunkt).

    `visibility` is never wider than the visit's.
    """

    __tablename__ = "topic_note"
    __table_args__ = (
        # Per owner: a colleague who may not see a note can still write one on the same topic
        sa.UniqueConstraint("visit_id", "topic_id", "owner_id"),
        # Holds all that a list narrowed by flag or topic asks of a note
        sa.Index(
            "ix_topic_note_list",
            "body_id",
            "flag",
            "topic_id",
            "visit_id",
            "visibility",
            "team_id",
            "owner_id",
        ),
        sa.Index(
            "ix_topic_note_topic",
            "topic_id",
            "visit_id",
            "flag",
            "body_id",
            "visibility",
            "team_id",
            "owner_id",
        ),
        # Holds all that figures ask of the notes of a visit
        sa.Index(
            "ix_topic_note_told",
            "visit_id",
            "topic_id",
            "body_id",
            "visibility",
            "team_id",
            "owner_id",
        ),
        sa.Index(None, "concern_id"),
    )

    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"))
    topic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("topic.id", ondelete="RESTRICT"))
    position: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    flag: Mapped[Flag] = mapped_column(default=Flag.INFO)
    # "Vertraulich mitgeteilt": told in confidence
    confidential: Mapped[bool] = mapped_column(default=False)
    # "Für das Unternehmen": goes into the company's version of the report
    for_company: Mapped[bool] = mapped_column(default=False)
    # "Wieder ansehen am", for the flag watch
    look_again_on: Mapped[date | None]
    # A planned visit remembers the tick; completing it opens the concern
    wants_concern: Mapped[bool] = mapped_column(default=False)
    concern_title: Mapped[str] = mapped_column(default="")
    concern_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("concern.id", ondelete="RESTRICT")
    )

    visit: Mapped[Visit] = relationship(lazy="raise_on_sql", back_populates="topic_notes")
    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")
    concern: Mapped[Concern | None] = relationship(lazy="raise_on_sql")


class KeptEdit(Base):
    """What one person has typed over a visit and not saved yet; theirs alone.

    A draft keeps its form in the visit itself, because nobody else sees it.
    """

    __tablename__ = "visit_kept_edit"

    visit_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    # [[field name, text as typed], …]
    form: Mapped[list[list[str]]] = mapped_column(sa.JSON())
    # Of the visit, as the person saw it
    version: Mapped[int]
    kept_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]


class Submission(Base):
    """The idempotency record: this person sent this content for this visit, and it was saved."""

    __tablename__ = "submission"

    visit_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True
    )
    # SHA-256 of the content
    content_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    saved_at: Mapped[datetime]
