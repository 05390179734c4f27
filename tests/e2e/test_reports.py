"""A report whose figures take a while: its page keeps itself up to date, and has a way without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.policy import Role
from crm.reports.models import ReportState
from crm.reports.services import make_waiting_reports
from tests.e2e.window import DESKTOP, PHONE, Scheme, axe
from tests.make import Make


@pytest.mark.parametrize(("scheme", "width"), [("light", DESKTOP), ("dark", PHONE)])
def test_the_page_shows_the_steps_and_then_the_report(
    scheme: Scheme, width: int, make: Make, window: Callable[..., Page]
) -> None:
    report = make.report("Jahresbericht", state=ReportState.WAITING, figures=None, frozen_at=None)
    page = window(make.person(Role.MANAGER), scheme=scheme, width=width)

    page.goto(f"/reports/{report.id}")

    expect(page.get_by_text("Der Bericht wartet, bis er an der Reihe ist.")).to_be_visible()
    assert axe(page) == []
    make.change(report, state=ReportState.WORKING, steps=15, step=3)
    expect(page.get_by_text("Schritt 3 von 15")).to_be_visible()
    assert page.get_by_role("progressbar").evaluate("bar => bar.position") == 0.2
    make.change(report, state=ReportState.WAITING)
    make.run(make_waiting_reports)
    expect(page.get_by_role("heading", name="Was wir getan haben")).to_be_visible()
    assert axe(page) == []


def test_without_scripts_a_link_asks_again(make: Make, window: Callable[..., Page]) -> None:
    report = make.report("Jahresbericht", state=ReportState.WAITING, figures=None, frozen_at=None)
    page = window(make.person(Role.MANAGER), javascript=False)
    page.goto(f"/reports/{report.id}")

    make.run(make_waiting_reports)
    page.get_by_role("link", name="Stand neu laden").click()

    expect(page.get_by_role("heading", name="Was wir getan haben")).to_be_visible()


def test_a_conflict_is_accessible(make: Make, window: Callable[..., Page]) -> None:
    report = make.report("Jahresbericht")
    chapter = make.chapter(report)
    page = window(make.person())
    page.goto(f"/reports/chapters/{chapter.id}")
    make.change(chapter, text="Zuerst gesichert.", version=chapter.version + 5)

    page.get_by_label("Text", exact=True).fill("Danach gesichert.")
    page.get_by_role("button", name="Text sichern").click()

    expect(page.get_by_text("Zuerst gesichert.")).to_be_visible()
    assert axe(page) == []
