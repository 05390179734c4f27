"""Ways to a page that many states take."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.make import PASSWORD


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-Mail").fill(email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Tag")


def at(path: str) -> Callable[[Page], None]:
    """Open an address."""

    def open_it(page: Page) -> None:
        page.goto(path)

    return open_it


def first_of(path: str) -> Callable[[Page], None]:
    """Open the first thing of a list."""

    def open_first(page: Page) -> None:
        page.goto(path)
        page.locator("main table tbody a").first.click()
        expect(page.locator("main .panel").first).to_be_visible()

    return open_first


def of_first(path: str, link: str) -> Callable[[Page], None]:
    """Open the first thing of a list, and follow a link there."""

    def open_it(page: Page) -> None:
        first_of(path)(page)
        page.get_by_role("link", name=link, exact=True).first.click()
        expect(page.locator("main form").first).to_be_visible()

    return open_it
