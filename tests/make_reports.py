"""Builders of activity reports; `tests/make.py` holds the others."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import Person
from crm.clock import now, today
from crm.db import transaction
from crm.reports.figures import Figures
from crm.reports.models import CHAPTERS_OF, Chapter, Report, ReportChapter, ReportKind, ReportState
from tests.make_ground import Ground


class ReportBuilders(Ground):
    """Part of `Make`, whose builders also stand on `Ground`."""

    def report(
        self,
        title: str = "",
        *,
        author: Person | None = None,
        kind: ReportKind = ReportKind.PUBLIC,
        **columns: Any,
    ) -> Report:
        """Make a report over this year whose figures are there and say that nothing happened."""
        belonging = self._belonging(author)
        report = self._save(
            Report(
                **{
                    "body_id": belonging["body_id"],
                    "author_id": belonging["owner_id"],
                    "kind": kind,
                    "title": title or f"Bericht {self._number()}",
                    "since": date(today().year, 1, 1),
                    "until": date(today().year, 12, 31),
                    "key_date": today(),
                    "state": ReportState.READY,
                    "figures": Figures(sections=(), is_empty=True).to_json(),
                    "frozen_at": now(),
                    "created_at": now(),
                    "updated_at": now(),
                }
                | columns
            )
        )
        self._save_all(
            ReportChapter(report_id=report.id, chapter=chapter, position=position, updated_at=now())
            for position, chapter in enumerate(CHAPTERS_OF[kind])
        )
        return report

    def chapter(
        self, report: Report, text: str = "", chapter: Chapter = Chapter.OUTLOOK
    ) -> ReportChapter:
        """Return a chapter of a report after writing this text into it."""
        with self._app.app_context(), transaction() as session:
            found = session.scalars(
                sa.select(ReportChapter).where(
                    ReportChapter.report_id == report.id, ReportChapter.chapter == chapter
                )
            ).one()
            found.text = text
        return found
