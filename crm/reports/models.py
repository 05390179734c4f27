"""The activity report and its chapters."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Body, Person
from crm.archive import Archivable
from crm.db import Record
from crm.reference import short_reference


@unique
class ReportKind(StrEnum):
    """For whom a report is made."""

    PUBLIC = "public"
    INTERNAL = "internal"
    QUARTERLY = "quarterly"
    MUNICIPAL = "municipal"


@unique
class ReportState(StrEnum):
    """Where the counting of a report's figures stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_under_way(self) -> bool:
        """Whether figures are still to come."""
        return self in {ReportState.WAITING, ReportState.WORKING}


@unique
class Chapter(StrEnum):
    """A chapter that councils know, in the order of the report."""

    WORK = "work"
    CARE = "care"
    BROKERING = "brokering"
    FUNDING = "funding"
    LABOUR = "labour"
    SUCCESSION = "succession"
    FOUNDING = "founding"
    SITES = "sites"
    EVENTS = "events"
    COOPERATION = "cooperation"
    VOICES = "voices"
    MUNICIPALITIES = "municipalities"
    OUTLOOK = "outlook"


_WHOLE = tuple(chapter for chapter in Chapter if chapter is not Chapter.MUNICIPALITIES)
CHAPTERS_OF: dict[ReportKind, tuple[Chapter, ...]] = {
    ReportKind.PUBLIC: _WHOLE,
    ReportKind.INTERNAL: _WHOLE,
    ReportKind.QUARTERLY: (Chapter.WORK, Chapter.CARE, Chapter.OUTLOOK),
    ReportKind.MUNICIPAL: (Chapter.WORK, Chapter.MUNICIPALITIES, Chapter.OUTLOOK),
}


class Report(Archivable, Record):
    """A report of one body over a period.

    `figures` are frozen: they say what the data said at `frozen_at`, until somebody has them
    counted again. While that is under way, and when it fails, the former ones stay.
    """

    __tablename__ = "report"
    __table_args__ = (
        sa.Index(None, "body_id", "until", "id"),
        sa.Index(None, "state", "heartbeat_at"),
        sa.CheckConstraint("title <> ''", name="title"),
        sa.CheckConstraint("since <= until", name="period"),
        sa.CheckConstraint("key_date >= since", name="key_date"),
        sa.CheckConstraint("step >= 0 AND step <= steps", name="steps"),
        sa.CheckConstraint(
            "state <> 'ready' OR (figures IS NOT NULL AND frozen_at IS NOT NULL)",
            name="ready_has_figures",
        ),
        sa.CheckConstraint("finished_at IS NULL OR state = 'ready'", name="finished_is_ready"),
    )

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    author_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    kind: Mapped[ReportKind]
    title: Mapped[str]
    since: Mapped[date]
    until: Mapped[date]
    # Stichtag: what happened later is in no figure
    key_date: Mapped[date]

    state: Mapped[ReportState] = mapped_column(default=ReportState.WAITING)
    step: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    # Goes up whenever somebody begins to count: whoever began before stops
    attempt: Mapped[int] = mapped_column(default=0)
    heartbeat_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    frozen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    body: Mapped[Body] = relationship(lazy="raise_on_sql")
    author: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys="Report.author_id")
    chapters: Mapped[list[ReportChapter]] = relationship(
        lazy="raise_on_sql",
        back_populates="report",
        cascade="all, delete-orphan",
        order_by="ReportChapter.position",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """Return the short name people use."""
        return short_reference("T", self.id)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is to change any more."""
        return self.finished_at is not None


class ReportChapter(Record):
    """What stands in a chapter besides its figures."""

    __tablename__ = "report_chapter"
    __table_args__ = (sa.UniqueConstraint("report_id", "chapter"),)

    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    chapter: Mapped[Chapter]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    # Taken over from an earlier report, and by nobody looked at since
    is_carried: Mapped[bool] = mapped_column(default=False)
    is_included: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    report: Mapped[Report] = relationship(lazy="raise_on_sql", back_populates="chapters")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
