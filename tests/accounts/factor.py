"""Steps that tests of the second factor share."""

from __future__ import annotations

from http import HTTPStatus

from crm.accounts.models import Person
from tests.make import PASSWORD, Make
from tests.make_ground import App
from tests.page import Browser, Page

RECOVERY = "1234-5678-9012-3456-7890-1234"


def half(browser: Browser, person: Person, **sent: str) -> Page:
    """Type the right password; return the page that asks for the code."""
    page = browser.open("accounts.sign_in", **sent)
    asked = page.submit(email=person.email, password=PASSWORD)
    assert asked.texts("h1") == ["Code eingeben"]
    return asked


def set_up(browser: Browser, **sent: str) -> tuple[Page, App]:
    """Open the page that offers a key, and put the key into an app."""
    page = browser.open("accounts.set_up_second_factor", **sent)
    [key] = page.texts("#key")
    return page, App(key.replace(" ", ""))


def is_in(browser: Browser) -> bool:
    """Tell whether this browser is signed in."""
    return browser.answer("GET", "/account").status_code == HTTPStatus.OK


def with_factor(make: Make, **columns: object) -> tuple[Person, App]:
    """Make a person who has an app, and one recovery code."""
    person = make.person(**columns)  # type: ignore[arg-type]
    return person, make.second_factor(person, recovery_codes=[RECOVERY])
