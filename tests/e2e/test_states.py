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


def organisation_form_with_errors(page: Page) -> None:
    page.goto("/organisations/new")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("alert")).to_be_visible()


def menu_open(page: Page) -> None:
    page.goto("/follow-ups")
    page.locator("main table details.menu > summary").first.click()
    expect(page.locator("main table details[open]")).to_be_visible()


def report_chapter(page: Page) -> None:
    first_of("/reports")(page)
    page.get_by_role("link", name="Text ändern").first.click()
    expect(page.get_by_label("Text", exact=True)).to_be_visible()


def dashboard_as_tables(page: Page) -> None:
    page.goto("/dashboard?by=municipality&compare=0")
    for summary in page.locator(".chart summary, .filters__more summary").all():
        if summary.is_visible():
            summary.click()


def saved_views_open(page: Page) -> None:
    page.goto("/dashboard?span=last_year")
    page.locator(".saved-views > summary").click()


def saved_view_refused(page: Page) -> None:
    saved_views_open(page)
    page.evaluate("document.querySelector('#saved-view-name').removeAttribute('required')")
    page.get_by_role("button", name="Ansicht sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def board_menu_open(page: Page) -> None:
    page.goto("/concerns/board?scope=all")
    page.locator(".card summary").first.click()
    expect(page.locator(".card details[open]")).to_be_visible()


def board_closing(page: Page) -> None:
    board_menu_open(page)
    page.locator(".card details[open]").get_by_role("button", name="Abschließen …").click()
    expect(page.get_by_label("Investition in Euro")).to_be_visible()


def concern_edited(page: Page) -> None:
    first_of("/concerns?scope=mine")(page)
    page.get_by_role("link", name="Bearbeiten").click()
    expect(page.get_by_label("Zuständig")).to_be_visible()


def concern_form_with_errors(page: Page) -> None:
    page.goto("/concerns/new")
    page.get_by_role("button", name="Anliegen eröffnen").click()
    expect(page.get_by_role("alert")).to_be_visible()


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
    "concerns": at("/concerns?scope=all"),
    "concern": first_of("/concerns?scope=all"),
    "board": at("/concerns/board?scope=all"),
    "board, none": at("/concerns/board?q=gibtesnicht"),
    "board, menu": board_menu_open,
    "board, closing": board_closing,
    "closed concern": first_of("/concerns?scope=all&stage=closed"),
    "concern form": at("/concerns/new"),
    "concern form, errors": concern_form_with_errors,
    "concern, edited": concern_edited,
    "follow-ups": at("/follow-ups?scope=all"),
    "follow-ups, none": at("/follow-ups?q=gibtesnicht"),
    "follow-up": first_of("/follow-ups"),
    "new follow-up": at("/follow-ups/new"),
    "organisations": at("/organisations"),
    "organisations, none": at("/organisations?q=gibtesnicht"),
    "organisation": first_of("/organisations"),
    "organisation form": at("/organisations/new"),
    "organisation form, errors": organisation_form_with_errors,
    "contacts": at("/contacts"),
    "contact": first_of("/contacts"),
    "contact form": at("/contacts/new"),
    "dashboard": at("/dashboard"),
    "dashboard, as tables": dashboard_as_tables,
    "dashboard, nothing": at("/dashboard?municipality=gibtesnicht&industry=x&mine=1"),
    "dashboard, views": saved_views_open,
    "dashboard, view refused": saved_view_refused,
    "targets": at("/dashboard/targets"),
    "saved views": at("/saved-views"),
    "narrowed list": at("/concerns?scope=all&stage=closed&outcome=solved&closed_since=2000-01-01"),
    "menu": menu_open,
    "reports": at("/reports"),
    "reports, none": at("/reports?archived=1"),
    "report": first_of("/reports"),
    "report, chapter": report_chapter,
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


def test_axe_finds_nothing_on_what_only_managers_open(demo_windows: Windows) -> None:
    page = demo_windows.open(width=PHONE)
    sign_in(page, MANAGER)
    found = []
    page.goto("/reports/new")
    found += [f"new report: {line}" for line in axe(page)]
    page.get_by_label("Bis", exact=True).fill("99.99.")
    page.get_by_role("button", name="Bericht erstellen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += [f"new report, errors: {line}" for line in axe(page)]
    first_of("/reports?kind=public")(page)
    found += [f"report: {line}" for line in axe(page)]
    page.get_by_role("link", name="Titel, Zeitraum, Stichtag ändern").click()
    expect(page.get_by_label("Stichtag")).to_be_visible()
    found += [f"report, edit: {line}" for line in axe(page)]

    assert found == []


@pytest.mark.parametrize("email", [MANAGER, READER])
def test_axe_finds_nothing_for_other_roles(email: str, demo_windows: Windows) -> None:
    page = demo_windows.open()
    sign_in(page, email)
    found = []
    for path in (
        "/",
        "/visits",
        "/concerns?scope=all",
        "/concerns/board?scope=all",
        "/follow-ups?scope=all",
        "/organisations",
        "/dashboard",
        "/dashboard/targets",
        "/saved-views",
        "/reports",
    ):
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
