"""The reports of the demo: that of the last year, finished, and a draft of this year's."""

from __future__ import annotations

import tomllib
from datetime import date

from crm.demo.people import People
from crm.demo.texts import DATA
from crm.reports import services
from crm.reports.models import Report, ReportKind

_NEW_TEXT = """Das Jahr läuft noch. Dieser Bericht ist ein Entwurf für den Ausschuss; die Zahlen \
stehen auf dem Stand des Stichtags."""


def add_reports(people: People, *, today: date) -> None:
    """Draw the reports up as the manager, over what the demo has stored."""
    actor = people.actors["manager"]
    texts = tomllib.loads((DATA / "reports.toml").read_text(encoding="utf-8"))
    last_year = _drawn_up(people, today.year - 1, date(today.year - 1, 12, 31))
    for chapter in last_year.chapters:
        if text := texts.get(chapter.chapter, "").strip():
            services.write_chapter(actor, chapter.id, text=text, is_included=True, version=1)
    services.finish(actor, last_year.id)
    this_year = _drawn_up(people, today.year, today)
    first = this_year.chapters[0]
    services.write_chapter(actor, first.id, text=_NEW_TEXT, is_included=True, version=1)


def _drawn_up(people: People, year: int, key_date: date) -> Report:
    draft = services.ReportDraft(
        title=f"Tätigkeitsbericht {year}",
        since=date(year, 1, 1),
        until=date(year, 12, 31),
        key_date=key_date,
    )
    report = services.draw_up(people.actors["manager"], ReportKind.PUBLIC, draft)
    services.make_soon(report.id)
    return report
