"""Signing in and out in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.web.sessions import COOKIE
from tests.e2e.window import DESKTOP, PHONE, Scheme, Windows, axe
from tests.make import PASSWORD, Make


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_signs_in_and_out(
    javascript: bool, make: Make, window: Callable[..., Page]
) -> None:
    person = make.person(name="Mia Muster")
    page = window(javascript=javascript)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")

    page.get_by_label("E-Mail").fill(person.email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("link", name="Besuche", exact=True)).to_be_visible()
    [cookie] = [c for c in page.context.cookies() if c["name"] == COOKIE]
    assert cookie["secure"]
    assert cookie["httpOnly"]

    page.get_by_text("Konto von Mia Muster").locator("xpath=ancestor::summary").click()
    page.get_by_role("button", name="Abmelden").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    assert COOKIE not in {c["name"] for c in page.context.cookies()}


@pytest.mark.gate("B2")
def test_a_person_signs_in_by_keyboard_alone(make: Make, window: Callable[..., Page]) -> None:
    person = make.person()
    page = window()
    page.goto("/sign-in")
    expect(page.get_by_label("E-Mail")).to_be_focused()

    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url("/")


@pytest.mark.gate("B1")
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    scheme: Scheme, width: int, make: Make, window: Callable[..., Page]
) -> None:
    page = window(scheme=scheme, width=width)
    page.goto("/sign-in")
    assert axe(page) == []
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Passwort vergessen?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passwort vergessen")
    assert axe(page) == []

    page = window(make.person(), scheme=scheme, width=width)
    for path in ("/account", "/account/password", "/nirgends"):
        page.goto(path)
        assert axe(page) == [], path


def test_what_the_browser_complains_about_is_noticed(windows: Windows) -> None:
    page = windows.open()
    page.goto("/sign-in")
    page.evaluate("document.body.append(document.createElement('style'))")
    page.evaluate("document.querySelector('style').textContent = 'h1 { color: red }'")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("fetch('/static/x/nothing.css')")
    page.evaluate("new Image().src = '/static/x/nothing.svg'")
    page.wait_for_event("response", lambda response: response.url.endswith("svg"))

    faults = "\n".join(windows.faults)
    windows.faults.clear()

    assert "Content Security Policy" in faults
    assert "thrown" in faults
    assert "nothing.svg: 404" in faults


@pytest.mark.defect("B1")
def test_axe_would_find_something(windows: Windows) -> None:
    page = windows.open()
    page.goto("/sign-in")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")

    assert any("label" in found for found in axe(page))
