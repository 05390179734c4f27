"""Find reports: those of the actor's body, which everybody with a role in it may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from crm.db import db
from crm.errors import NotFound
from crm.paging import Count, Cursor, Order, Page, count_of, page_of
from crm.policy import Actor, Role
from crm.reports.models import Report, ReportChapter, ReportKind

ORDER: Order[Report] = Order(
    columns=(Report.until, Report.id),
    values=lambda report: (report.until, report.id),
    descending=True,
)
_WITHOUT_FIGURES: tuple[ORMOption, ...] = (
    defer(Report.figures, raiseload=True),
    joinedload(Report.author),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which reports the list shows."""

    kind: ReportKind | None = None
    archived: bool = False


def visible_reports(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit reports to those of the actor's body."""
    if actor.role is Role.NONE or actor.body_id is None:
        return sa.false()
    return Report.body_id == actor.body_id


def may_see_report(actor: Actor, report: Report) -> bool:
    """Tell whether `actor` may see `report`; the same rule as `visible_reports`."""
    return actor.role is not Role.NONE and report.body_id == actor.body_id


def _statement(actor: Actor, wanted: ReportFilter) -> sa.Select[Report]:
    return sa.select(Report).where(
        visible_reports(actor),
        Report.archived_at.is_not(None) if wanted.archived else Report.archived_at.is_(None),
        Report.kind == wanted.kind if wanted.kind else sa.true(),
    )


def page(actor: Actor, wanted: ReportFilter, cursor: Cursor | None) -> Page[Report]:
    """Return one page of the list, the latest period first, with authors and without figures."""
    return page_of(_statement(actor, wanted).options(*_WITHOUT_FIGURES), ORDER, cursor)


def count(actor: Actor, wanted: ReportFilter) -> Count:
    """Count the list, at most 10,000."""
    return count_of(_statement(actor, wanted))


def find(actor: Actor, report_id: UUID) -> Report | None:
    """Return a report with its chapters, author and body, or None."""
    return db.session.scalar(
        sa.select(Report)
        .where(visible_reports(actor), Report.id == report_id)
        .options(selectinload(Report.chapters), joinedload(Report.author), joinedload(Report.body))
        .execution_options(populate_existing=True)
    )


def get(actor: Actor, report_id: UUID) -> Report:
    """Return a report with its chapters, author and body, or raise `NotFound`."""
    report = find(actor, report_id)
    if report is None:
        raise NotFound(report_id)
    return report


def get_chapter(actor: Actor, chapter_id: UUID) -> ReportChapter:
    """Return a chapter with its report, or raise `NotFound`."""
    loaded: Any = joinedload(ReportChapter.report).defer(Report.figures, raiseload=True)
    chapter = db.session.scalar(
        sa.select(ReportChapter)
        .join(ReportChapter.report)
        .where(visible_reports(actor), ReportChapter.id == chapter_id)
        .options(loaded)
        .execution_options(populate_existing=True)
    )
    if chapter is None:
        raise NotFound(chapter_id)
    return chapter


def latest_of_kind(actor: Actor, kind: ReportKind) -> Report | None:
    """Return the report of this kind that reaches farthest, with chapters; archived ones never."""
    return db.session.scalar(
        sa.select(Report)
        .where(visible_reports(actor), Report.archived_at.is_(None), Report.kind == kind)
        .options(selectinload(Report.chapters), defer(Report.figures, raiseload=True))
        .order_by(Report.until.desc(), Report.id.desc())
        .limit(1)
    )
