"""The address of one's calendar in a browser: copied by a click, or by hand without scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.make import Make

OpenWindow = Callable[..., Page]


def test_the_address_is_copied_by_a_click(make: Make, window: OpenWindow) -> None:
    page = window(make.person())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/account")
    page.get_by_role("button", name="Adresse erstellen").click()
    address = page.get_by_label("Adresse Ihres Kalenders").input_value()

    page.get_by_role("button", name="Adresse kopieren").click()

    expect(page.locator("[data-copy-status]")).to_have_text("Kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == address
    assert page.request.get(address).status == 200


def test_where_the_clipboard_is_closed_the_address_is_marked(
    make: Make, window: OpenWindow
) -> None:
    page = window(make.person())
    page.add_init_script("delete Navigator.prototype.clipboard")
    page.goto("/account")
    page.get_by_role("button", name="Adresse erstellen").click()

    page.get_by_role("button", name="Adresse kopieren").click()

    field = page.get_by_label("Adresse Ihres Kalenders")
    expect(field).to_be_focused()
    marked = field.evaluate("field => field.selectionEnd - field.selectionStart")
    assert marked == len(field.input_value())


def test_without_scripts_the_address_is_there_and_no_button(make: Make, window: OpenWindow) -> None:
    page = window(make.person(), javascript=False)
    page.goto("/account")

    page.get_by_role("button", name="Adresse erstellen").click()

    expect(page.get_by_label("Adresse Ihres Kalenders")).to_be_visible()
    expect(page.get_by_role("button", name="Adresse kopieren")).to_have_count(0)
