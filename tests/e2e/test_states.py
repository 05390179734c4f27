"""Every page and state, in both schemes and widths: accessible, and no wider than the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crm.demo.accounts import ACCOUNTS
from crm.policy import Role
from tests.e2e.states import STATES, STATES_OF_ADMINISTRATORS, STATES_OF_MANAGERS
from tests.e2e.ways import first_of, sign_in
from tests.e2e.window import DESKTOP, PHONE, Scheme, Windows, axe
from tests.make import PASSWORD

OFFICER, MANAGER, READER = (
    next(account.email for account in ACCOUNTS if account.role is role)
    for role in (Role.OFFICER, Role.MANAGER, Role.READER)
)
ADMINISTRATOR = next(account.email for account in ACCOUNTS if account.role is Role.NONE)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_managers_do(
    scheme: Scheme, width: int, demo_windows: Windows
) -> None:
    page = demo_windows.open(scheme=scheme, width=width)
    sign_in(page, MANAGER)
    found = []
    for name, reach in STATES_OF_MANAGERS.items():
        reach(page)
        found += [f"{name}: {line}" for line in axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{name}: {wide} px wider than the screen")

    assert found == []


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


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_the_product_is_run(
    scheme: Scheme, width: int, demo_windows: Windows
) -> None:
    page = demo_windows.open(scheme=scheme, width=width)
    page.goto("/sign-in?next=/admin/mail")
    page.get_by_label("E-Mail").fill(ADMINISTRATOR)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mailversand")
    found = []
    for name, reach in STATES_OF_ADMINISTRATORS.items():
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
        "/referrals?scope=all",
        "/partners",
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
