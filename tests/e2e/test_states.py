"""Every page and state, in both schemes and widths: accessible, and no wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from crm.demo.accounts import ACCOUNTS
from crm.policy import Role
from tests.e2e.states import STATES, STATES_OF_ADMINISTRATORS, STATES_OF_MANAGERS
from tests.e2e.ways import first_of, sign_in
from tests.e2e.window import DESKTOP, HEIGHT, PHONE, Scheme, Windows, axe
from tests.make import PASSWORD

OFFICER, MANAGER, READER = (
    next(account.email for account in ACCOUNTS if account.role is role)
    for role in (Role.OFFICER, Role.MANAGER, Role.READER)
)
ADMINISTRATOR = next(account.email for account in ACCOUNTS if account.role is Role.NONE)


pytestmark = pytest.mark.gate("B1")

# 400 % zoom of 1280 pixels leaves 320
ZOOMED = 320


def too_wide(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    more: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(more, 0)


def faults(page: Page, width: int, states: Mapping[str, Callable[[Page], None]]) -> list[str]:
    """Walk through the states in a window of that width; return what is wrong in them."""
    found = []
    for name, reach in states.items():
        page.set_viewport_size({"width": width, "height": HEIGHT})
        reach(page)
        found += [f"{name}: {line}" for line in axe(page)]
        for narrow in (width, ZOOMED) if width == PHONE else (width,):
            page.set_viewport_size({"width": narrow, "height": HEIGHT})
            if more := too_wide(page):
                found.append(f"{name}: {more} px wider than {narrow}")
    return found


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_in_any_state(scheme: Scheme, width: int, demo_windows: Windows) -> None:
    page = demo_windows.open(scheme=scheme, width=width)
    sign_in(page, OFFICER)

    assert faults(page, width, STATES) == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_in_what_managers_do(
    scheme: Scheme, width: int, demo_windows: Windows
) -> None:
    page = demo_windows.open(scheme=scheme, width=width)
    sign_in(page, MANAGER)

    assert faults(page, width, STATES_OF_MANAGERS) == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_where_the_product_is_run(
    scheme: Scheme, width: int, demo_windows: Windows
) -> None:
    page = demo_windows.open(scheme=scheme, width=width)
    page.goto("/sign-in?next=/admin/mail")
    page.get_by_label("E-Mail").fill(ADMINISTRATOR)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mailversand")

    assert faults(page, width, STATES_OF_ADMINISTRATORS) == []


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
