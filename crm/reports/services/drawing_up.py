"""Draw a report up, change what it covers, write its chapters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from crm import audit
from crm.clock import now, today
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, Stale
from crm.policy import Actor, Permission, authorize
from crm.reports import queries
from crm.reports.models import (
    CHAPTERS_OF,
    Report,
    ReportChapter,
    ReportKind,
    ReportState,
)
from crm.types import new_id

# A quarterly report has two pages, whatever is written
LONGEST_QUARTERLY = 800
MOST_QUARTERLY_LINES = 10
_MOST_YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """What a person says about a report."""

    title: str
    since: date
    until: date
    key_date: date


def draw_up(
    actor: Actor, kind: ReportKind, draft: ReportDraft, *, key: UUID | None = None
) -> Report:
    """Draw a report up; its figures are still to be counted.

    The texts of the latest report of the kind are its first ones.

    key  the key it is to have; one of that key with this content is returned as it is, so that a
         second click makes no second one

    Raises `NotAllowed`, or `Conflict` with field `title`, `until` or `key_date`.
    """
    authorize(actor, Permission.REPORT_MAKE)
    _check(draft)
    return unless_at_once(lambda: _draw_up(actor, kind, draft, key), "pk_report")


def _draw_up(actor: Actor, kind: ReportKind, draft: ReportDraft, key: UUID | None) -> Report:
    with transaction() as session:
        known = queries.find(actor, key) if key else None
        if known is not None and known.kind is kind and _says(known, draft):
            return known
        moment = now()
        report = Report(
            id=key if key and session.get(Report, key) is None else new_id(),
            body_id=actor.body_id,
            author_id=actor.id,
            kind=kind,
            state=ReportState.WAITING,
            created_at=moment,
            updated_at=moment,
        )
        _write(report, draft)
        latest = queries.latest_of_kind(actor, kind)
        former = {chapter.chapter: chapter for chapter in latest.chapters} if latest else {}
        report.chapters = [
            ReportChapter(
                chapter=chapter,
                position=position,
                text=former[chapter].text if chapter in former else "",
                is_carried=chapter in former and former[chapter].text != "",
                is_included=former[chapter].is_included if chapter in former else True,
                updated_at=moment,
            )
            for position, chapter in enumerate(CHAPTERS_OF[kind])
        ]
        session.add(report)
        session.flush()
        audit.record(actor.id, "drawn_up", report)
    return report


def change_report(actor: Actor, report_id: UUID, draft: ReportDraft, *, version: int) -> Report:
    """Change what a report is called and covers; another period has its figures counted anew.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict`, also when the report is finished.
    """
    _check(draft)
    with transaction() as session:
        report = changeable(actor, report_id)
        if report.version != version:
            raise Stale
        if _says(report, draft):
            return report
        before = report.since, report.until, report.key_date
        _write(report, draft)
        changes: dict[str, object] = {}
        if before != (report.since, report.until, report.key_date):
            # What was counted is not what the report is about any more
            report.figures = report.frozen_at = None
            report.state, report.step, report.steps = ReportState.WAITING, 0, 0
            report.attempt += 1
            changes = {"period": [day.isoformat() for day in before]}
        report.updated_at = now()
        session.flush()
        audit.record(actor.id, "edited", report, changes)
    return report


def write_chapter(
    actor: Actor, chapter_id: UUID, *, text: str, is_included: bool, version: int
) -> ReportChapter:
    """Write a chapter's text, and say whether the chapter is part of the report.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict`: `report_finished`, or with field `text`
    when a quarterly report would not fit its two pages.
    """
    with transaction() as session:
        chapter = queries.get_chapter(actor, chapter_id)
        authorize(actor, Permission.REPORT_EDIT, chapter.report)
        if chapter.report.is_finished:
            raise Conflict("report_finished")
        if chapter.version != version:
            raise Stale
        if chapter.report.kind is ReportKind.QUARTERLY:
            _check_length(text)
        same = chapter.text == text and chapter.is_included == is_included
        if same and not chapter.is_carried:
            return chapter
        chapter.text, chapter.is_included = text, is_included
        chapter.is_carried = False
        chapter.updated_at = now()
        session.flush()
        audit.record(actor.id, "chapter_written", chapter.report, {"chapter": chapter.chapter})
    return chapter


def changeable(actor: Actor, report_id: UUID) -> Report:
    """Return a report that the actor makes and that is not finished; inside `transaction()`.

    Raises `NotFound`, `NotAllowed`, or `Conflict` with `report_finished`.
    """
    report = queries.get(actor, report_id)
    authorize(actor, Permission.REPORT_MAKE, report)
    if report.is_finished:
        raise Conflict("report_finished")
    return report


def _check(draft: ReportDraft) -> None:
    if not draft.title.strip():
        raise Conflict("title_missing", field="title")
    if draft.until < draft.since:
        raise Conflict("period_reversed", field="until")
    if draft.until.year - draft.since.year > _MOST_YEARS:
        raise Conflict("period_long", field="until", values={"years": _MOST_YEARS})
    if draft.key_date > today():
        raise Conflict("key_date_ahead", field="key_date")
    if draft.key_date < draft.since:
        raise Conflict("key_date_early", field="key_date")


def _check_length(text: str) -> None:
    if len(text) > LONGEST_QUARTERLY or len(text.splitlines()) > MOST_QUARTERLY_LINES:
        values = {"characters": LONGEST_QUARTERLY, "lines": MOST_QUARTERLY_LINES}
        raise Conflict("quarterly_long", field="text", values=values)


def _write(report: Report, draft: ReportDraft) -> None:
    report.title = draft.title
    report.since, report.until, report.key_date = draft.since, draft.until, draft.key_date


def _says(report: Report, draft: ReportDraft) -> bool:
    return (report.title, report.since, report.until, report.key_date) == (
        draft.title,
        draft.since,
        draft.until,
        draft.key_date,
    )
