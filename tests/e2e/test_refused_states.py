"""What was refused with its input kept: accessible in a real browser, and restored on Back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.policy import Role
from tests.e2e.window import DESKTOP, PHONE, Scheme, axe
from tests.make import Make


@pytest.mark.gate("B1")
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_axe_finds_nothing_where_input_is_given_back(
    width: int, scheme: Scheme, make: Make, window: Callable[..., Page]
) -> None:
    person = make.person(Role.OFFICER)
    follow_up = make.follow_up(owner=person)
    page = window(person, scheme=scheme, width=width)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"/follow-ups/{follow_up.id}")
    for tab, day in ((other, "15.03.2027"), (page, "22.03.2027")):
        tab.get_by_label("Neues Datum").fill(day)
        tab.get_by_role("button", name="Verschieben").click()
        expect(tab.get_by_text("Mo, 15.03.2027").first).to_be_visible()

    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []

    page.goto("/organisations/new")
    page.get_by_label("Name", exact=True).fill("Vor dem Wechsel getippt")
    page.get_by_label("Gemeinde", exact=True).fill("Musterstadt")
    make.change(person, role=Role.READER)
    page.locator("main form button[type=submit]").last.click()

    expect(page.get_by_label("Ihre Eingaben")).to_have_value(
        "Vor dem Wechsel getippt\n\nMusterstadt"
    )
    assert axe(page) == []


def test_the_visit_form_is_restored_when_one_goes_back(
    make: Make, window: Callable[..., Page]
) -> None:
    page = window(make.person(Role.OFFICER), javascript=False)
    page.goto("/visits/new")
    page.get_by_label("Zusammenfassung").fill("Noch nicht gesichert.")

    page.goto("/visits")
    page.go_back()

    expect(page.get_by_label("Zusammenfassung")).to_have_value("Noch nicht gesichert.")
