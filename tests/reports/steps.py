"""Steps that tests about reports share."""

from __future__ import annotations

from datetime import date
from typing import Any

from crm.accounts.models import Person
from crm.clock import today
from crm.db import db
from crm.organisations.models import Organisation
from crm.reports import queries, services
from crm.reports.figures import Figures, Section, Table, Value
from crm.reports.models import Chapter, Report, ReportChapter, ReportKind
from crm.reports.services import ReportDraft
from tests.make import Make

YEAR = today().year


def draft(**changes: Any) -> ReportDraft:
    """Return what a person says about a report over this year."""
    values: dict[str, Any] = {
        "title": "Tätigkeitsbericht",
        "since": date(YEAR, 1, 1),
        "until": date(YEAR, 12, 31),
        "key_date": today(),
    }
    return ReportDraft(**values | changes)


def drawn_up(
    make: Make, manager: Person, kind: ReportKind = ReportKind.PUBLIC, **changes: Any
) -> Report:
    """Draw a report up and count its figures, as the page does."""
    report = make.run(lambda: services.draw_up(make.actor(manager), kind, draft(**changes)))
    make.run(lambda: services.make_soon(report.id))
    return stored(make, manager, report)


def stored(make: Make, person: Person, report: Report) -> Report:
    """Return a report as it is stored now."""
    return make.run(lambda: queries.get(make.actor(person), report.id))


def chapter_of(make: Make, report: Report, chapter: Chapter) -> ReportChapter:
    """Return a chapter as it is stored now."""

    def find() -> ReportChapter:
        chapters = db.session.query(ReportChapter).filter_by(report_id=report.id, chapter=chapter)
        return chapters.one()

    return make.run(find)


def figures_of(report: Report) -> Figures:
    """Return the frozen figures."""
    assert report.figures is not None
    return Figures.from_json(report.figures)


def section(report: Report, chapter: Chapter, municipality: str = "") -> Section:
    """Return the figures of one chapter, or of a municipality in it."""
    return next(
        each
        for each in figures_of(report).sections
        if each.chapter is chapter and each.municipality == municipality
    )


def table(report: Report, chapter: Chapter, key: str, municipality: str = "") -> Table:
    """Return a table of a chapter."""
    return next(t for t in section(report, chapter, municipality).tables if t.key == key)


def value(report: Report, chapter: Chapter, key: str, row: str, column: int = 0) -> Value:
    """Return a frozen value."""
    rows = {each.key: each for each in table(report, chapter, key).rows}
    return rows[row].values[column]


def places(make: Make, count: int, **columns: Any) -> list[Organisation]:
    """Make so many organisations."""
    return [make.organisation(**columns) for _ in range(count)]
