"""One form makes one organisation, however often it is sent."""

from __future__ import annotations

from tests.make import Make
from tests.organisations.steps import rows
from tests.page import Browser, Value

MUSTER: dict[str, Value] = {"name": "Muster GmbH", "municipality": "Musterstadt"}


def test_a_second_click_makes_no_second_one(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    form = officer.open("organisations.new")

    first = form.submit(fields=MUSTER)
    again = form.submit(fields=MUSTER | {"confirm_new": True})

    assert again.url == first.url
    assert rows(officer.open("organisations.index")) == ["Muster GmbH"]


def test_a_second_click_finds_what_the_first_has_made(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    form = officer.open("organisations.new")

    first, again = (form.submit(fields=MUSTER) for _ in range(2))

    assert (again.status, again.url) == (200, first.url)


def test_what_is_changed_after_going_back_makes_another_one(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    form = officer.open("organisations.new")

    form.submit(fields=MUSTER)
    form.submit(fields=MUSTER | {"name": "Beispiel AG"})

    assert rows(officer.open("organisations.index")) == ["Beispiel AG", "Muster GmbH"]


def test_the_key_of_another_bodys_gives_a_new_one(make: Make, browser: Browser) -> None:
    theirs = make.organisation("Muster GmbH", team=make.team())
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(fields=MUSTER | {"key": str(theirs.id)})

    assert str(theirs.id) not in page.url
    assert rows(officer.open("organisations.index")) == ["Muster GmbH"]
