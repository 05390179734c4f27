"""Steps that tests of the calendar share: subscribe, and read what comes, as another program."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar

from crm.accounts.models import Person
from tests.make import Make
from tests.page import HOST, Browser


def subscribe(browser: Browser, person: Person) -> str:
    """Make an address on the person's page, and return its path."""
    page = browser.signed_in_as(person).open("accounts.show")
    page = page.submit(form="#calendar form[action='/account/calendar']")
    [address] = page.attributes("#calendar-address", "value")
    assert address.startswith(f"{HOST}/calendar/")
    return urlsplit(address).path


def content(browser: Browser, path: str) -> bytes:
    """Return the file that a program gets which knows nothing but the address."""
    answer = Browser(browser.app).answer("GET", path)
    assert answer.status_code == HTTPStatus.OK
    return answer.get_data()


def read(file: bytes) -> Any:
    """Return the calendar that a file holds."""
    return Calendar.from_ical(file)


def events(browser: Browser, path: str) -> list[Any]:
    """Return the events of a calendar; what icalendar knows of their types is of little help."""
    return list(read(content(browser, path)).events)


def subscribed(make: Make, browser: Browser, person: Person) -> list[Any]:
    """Return what `person` subscribes to."""
    return events(browser, subscribe(browser, person))
