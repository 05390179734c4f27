"""States that come up rarely: a conflict, an expired session, an undo; accessible all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.policy import Role
from tests.e2e.window import DESKTOP, PHONE, Scheme, axe
from tests.make import Make


@pytest.mark.gate("B1")
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_rare_states(
    scheme: Scheme, width: int, make: Make, window: Callable[..., Page]
) -> None:
    person = make.person(Role.OFFICER)
    visit = make.visit(owner=person, topics=["outlook"])
    page = window(person, scheme=scheme, width=width)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"/visits/{visit.id}/edit")
    other.get_by_label("Zusammenfassung").fill("Zuerst gesichert.")
    other.get_by_role("button", name="Änderungen sichern").click()
    expect(other.get_by_text("Die Änderungen sind gesichert.")).to_be_visible()
    assert axe(other) == []

    page.get_by_label("Zusammenfassung").fill("Danach gesichert.")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.get_by_role("button", name="Meine Fassung sichern")).to_be_visible()
    expect(page.get_by_text("Zuerst gesichert.")).to_be_visible()
    assert axe(page) == []

    other.get_by_text("Besuch archivieren").first.click()
    other.locator("#archive-reason").fill("Doppelt erfasst")
    other.get_by_role("button", name="Besuch archivieren").click()
    expect(other.get_by_role("button", name="Rückgängig")).to_be_visible()
    assert axe(other) == []

    make.follow_up("Unterlagen schicken", owner=person, assignees=[person])
    page.goto("/follow-ups")
    page.get_by_role("button", name="Erledigt").first.click()
    expect(page.get_by_role("button", name="Festhalten")).to_be_visible()
    assert axe(page) == []

    other.goto(f"/visits/{make.visit(owner=person).id}/edit")
    other.get_by_label("Zusammenfassung").fill("Halb fertig.")
    expect(other.locator("#draft-state")).to_contain_text("Eingaben gesichert um")
    other.reload()
    expect(other.get_by_role("button", name="Eingaben verwerfen")).to_be_visible()
    assert axe(other) == []

    page.goto("/visits/new")
    page.get_by_label("Zusammenfassung").fill("Vor dem Ablauf getippt.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Besuch abschließen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Bitte melden Sie sich noch einmal an"
    )
    assert axe(page) == []
