"""Every page and state, in both schemes and widths: accessible, and no wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from crm.demo.accounts import ACCOUNTS
from crm.policy import Role
from tests.e2e.window import DESKTOP, PHONE, Scheme, Windows, axe
from tests.make import PASSWORD

OFFICER, MANAGER, READER = (
    next(account.email for account in ACCOUNTS if account.role is role)
    for role in (Role.OFFICER, Role.MANAGER, Role.READER)
)


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


def visit_form_in_use(page: Page) -> None:
    page.goto("/visits/new")
    page.get_by_role("combobox", name="Organisation", exact=True).press_sequentially("muster")
    expect(page.get_by_role("option").first).to_be_visible()


def visit_form_filled(page: Page) -> None:
    visit_form_in_use(page)
    page.get_by_role("option").first.click()
    expect(page.locator("[data-part=around] h2").nth(1)).to_be_visible()
    for topic, flag in (("Nachfolge", "Dringend"), ("Fachkräfte", "Beobachten")):
        page.get_by_role("checkbox", name=topic, exact=True).check()
        group = page.get_by_role("group", name=topic, exact=True)
        group.get_by_label(flag).check()
        group.get_by_label("Vertraulich mitgeteilt").check()
        group.get_by_label("Für das Unternehmen").check()
        group.get_by_role("button", name="Wiedervorlage hinzufügen").click()
    for summary in page.locator("details.more > summary").all():
        summary.click()


def visit_form_with_errors(page: Page) -> None:
    page.goto("/visits/new")
    page.get_by_role("combobox", name="Organisation", exact=True).fill("Gibt es gar nicht")
    page.keyboard.press("Escape")
    page.get_by_label("Datum", exact=True).fill("99.99.")
    page.get_by_role("button", name="Besuch abschließen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def of_first(path: str, link: str) -> Callable[[Page], None]:
    """Open the first thing of a list, and follow a link there."""

    def open_it(page: Page) -> None:
        first_of(path)(page)
        page.get_by_role("link", name=link, exact=True).first.click()
        expect(page.locator("main form").first).to_be_visible()

    return open_it


def visit_changes(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Besuch: ").first.click()
    expect(page.locator("aside details.more").first).to_be_visible()
    for summary in page.locator("aside details.more > summary").all():
        summary.click()
    page.get_by_role("button", name="Besuch archivieren").click()
    expect(page.locator("#archive-reason-error")).to_be_visible()


def planned_visit_form(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Hat stattgefunden").first.click()
    expect(page.get_by_role("button", name="Planung sichern")).to_be_visible()


def concern_closing(page: Page) -> None:
    first_of("/concerns?scope=mine")(page)
    page.get_by_label("Stand", exact=True).select_option("closed")
    page.get_by_role("button", name="Stand ändern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def person_menu(page: Page) -> None:
    page.goto("/visits")
    page.get_by_text("Konto von").locator("xpath=ancestor::summary").click()
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def phone_menu(page: Page) -> None:
    page.goto("/visits")
    if page.get_by_text("Menü", exact=True).is_visible():
        page.get_by_text("Menü", exact=True).click()
        expect(page.get_by_role("link", name="Mein Tag", exact=True)).to_be_visible()


def duplicates_shown(page: Page) -> None:
    page.goto("/organisations/new")
    page.get_by_label("Name", exact=True).press_sequentially("Beispielwerk")
    expect(page.locator("[data-part=duplicates]")).to_be_visible()


def organisation_form_with_errors(page: Page) -> None:
    page.goto("/organisations/new")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("alert")).to_be_visible()


def menu_open(page: Page) -> None:
    page.goto("/follow-ups")
    page.locator("main table details.menu > summary").first.click()
    expect(page.locator("main table details[open]")).to_be_visible()


STATES: Mapping[str, Callable[[Page], None]] = {
    "my day": at("/"),
    "visits": at("/visits"),
    "visits, none": at("/visits?q=gibtesnicht"),
    "visits, all filters": at("/visits?sort=organisation&archived=1"),
    "visit": first_of("/visits?status=completed&flag=urgent"),
    "planned visit": first_of("/visits?status=planned"),
    "cancelled visit": first_of("/visits?status=cancelled"),
    "visit form": at("/visits/new"),
    "visit form, suggestions": visit_form_in_use,
    "visit form, filled": visit_form_filled,
    "visit form, errors": visit_form_with_errors,
    "visit, changes": visit_changes,
    "planned visit, form": planned_visit_form,
    "concerns": at("/concerns?scope=all"),
    "concern": first_of("/concerns?scope=all"),
    "concern, closing": concern_closing,
    "follow-ups": at("/follow-ups?scope=all"),
    "follow-ups, none": at("/follow-ups?q=gibtesnicht"),
    "follow-up": first_of("/follow-ups"),
    "new follow-up": at("/follow-ups/new"),
    "organisations": at("/organisations"),
    "organisations, none": at("/organisations?q=gibtesnicht"),
    "organisation": first_of("/organisations"),
    "organisation form": at("/organisations/new"),
    "organisation form, errors": organisation_form_with_errors,
    "organisation form, duplicates": duplicates_shown,
    "organisation, edited": of_first("/organisations?q=beispielwerk", "Bearbeiten"),
    "organisation, archived": of_first("/organisations?q=beispielwerk", "Archivieren"),
    "contacts": at("/contacts"),
    "contact": first_of("/contacts"),
    "contact form": at("/contacts/new"),
    "contact, edited": of_first("/contacts", "Bearbeiten"),
    "contact, archived": of_first("/contacts", "Archivieren"),
    "account": at("/account"),
    "person's menu": person_menu,
    "menu of the phone": phone_menu,
    "menu": menu_open,
    "not found": at("/visits/00000000-0000-7000-8000-000000000000"),
}


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(scheme: Scheme, width: int, demo_windows: Windows) -> None:
    page = demo_windows.open(scheme=scheme, width=width)
    sign_in(page, OFFICER)
    found = []
    for name, reach in STATES.items():
        reach(page)
        found += [f"{name}: {line}" for line in axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{name}: {wide} px wider than the screen")

    assert found == []


@pytest.mark.parametrize("email", [MANAGER, READER])
def test_axe_finds_nothing_for_other_roles(email: str, demo_windows: Windows) -> None:
    page = demo_windows.open()
    sign_in(page, email)
    found = []
    for path in ("/", "/visits", "/concerns?scope=all", "/follow-ups?scope=all", "/organisations"):
        page.goto(path)
        found += [f"{path}: {line}" for line in axe(page)]

    assert found == []


def test_every_page_fits_320_pixels(demo_windows: Windows) -> None:
    """400 % zoom of 1280 pixels leaves 320."""
    page = demo_windows.open(width=320)
    sign_in(page, OFFICER)
    wide = []
    for name, reach in STATES.items():
        reach(page)
        more = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if more > 0:
            wide.append(f"{name}: {more} px wider than the screen")

    assert wide == []
