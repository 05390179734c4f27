"""Suggestions and likely duplicates while typing, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.window import axe
from tests.make import Make


def _suggestions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Vorschläge").get_by_role("option")


@pytest.mark.gate("B2")
def test_a_suggestion_is_picked_by_keyboard(make: Make, window: Callable[..., Page]) -> None:
    make.organisation("Häusler GmbH")
    make.organisation("Schulze GmbH")
    page = window(make.officer)
    page.goto("/contacts/new")
    box = page.get_by_label("Organisation hinzufügen")

    box.press_sequentially("haeus")
    expect(_suggestions(page)).to_have_text(["Häusler GmbH Musterstadt · Unternehmen"])
    expect(page.get_by_text("1 Treffer")).to_be_attached()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert axe(page) == []
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "organisation-list-0")
    box.press("Enter")

    # What was picked stands as a ticked row, and the field is free for the next one
    expect(page.get_by_label("Häusler GmbH (Musterstadt · Unternehmen)")).to_be_checked()
    expect(box).to_have_value("")
    page.get_by_label("Zuerst ansprechen bei Häusler GmbH").check(force=True)
    page.get_by_label("Nachname").fill("Beispiel")
    page.get_by_role("button", name="Person anlegen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beispiel")
    expect(page.get_by_role("link", name="Häusler GmbH")).to_be_visible()


def test_a_suggestion_is_picked_by_mouse_and_lost_when_the_text_changes(
    make: Make, window: Callable[..., Page]
) -> None:
    organisation = make.organisation("Häusler GmbH")
    page = window(make.officer)
    page.goto("/visits/new")
    box = page.get_by_label("Organisation", exact=True)
    key = page.locator("[name=organisation_id]")

    box.press_sequentially("häus")
    page.get_by_role("option", name="Häusler GmbH").click()
    expect(key).to_have_value(str(organisation.id))
    box.press("Backspace")

    expect(key).to_have_value("")


def test_stored_text_never_runs_in_suggestions(make: Make, window: Callable[..., Page]) -> None:
    name = "<img src=x onerror=alert(1)> Muster"
    make.organisation(name)
    page = window(make.officer)
    page.goto("/contacts/new")

    page.get_by_label("Organisation hinzufügen").press_sequentially("muster")

    expect(_suggestions(page)).to_contain_text([name])
    expect(_suggestions(page).locator("img")).to_have_count(0)


def test_likely_duplicates_show_while_typing(make: Make, window: Callable[..., Page]) -> None:
    make.organisation("Häusler Metallbau", name_key="haeusler metallbau")
    page = window(make.officer)
    page.goto("/organisations/new")
    warning = page.get_by_role("heading", name="Gibt es diese Organisation schon?")
    expect(warning).to_be_hidden()

    page.get_by_label("Name", exact=True).fill("Haeusler Metallbau")
    expect(warning).to_be_visible()
    expect(page.get_by_role("link", name="Häusler Metallbau")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Name", exact=True).fill("Ganz anders")
    expect(warning).to_be_hidden()
    page.get_by_label("Name", exact=True).fill("Häusler Metallbau")
    page.get_by_label("Trotzdem neu anlegen").check()
    page.get_by_label("Gemeinde", exact=True).fill("Anderswo")
    page.get_by_role("button", name="Organisation anlegen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Häusler Metallbau")
