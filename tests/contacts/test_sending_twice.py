"""One form makes one contact, however often it is sent."""

from __future__ import annotations

from tests.make import Make
from tests.page import Browser


def test_a_second_click_makes_no_second_one(make: Make, browser: Browser) -> None:
    organisation = make.organisation()
    officer = browser.signed_in_as(make.officer)
    form = officer.open("contacts.new", organisation=organisation.id)

    first = form.submit(fields={"family_name": "Muster"})
    again = form.submit(fields={"family_name": "Muster"})

    assert again.url == first.url
    assert officer.open("contacts.index").texts("main tbody th a") == ["Muster"]


def test_what_is_changed_after_going_back_makes_another_one(make: Make, browser: Browser) -> None:
    organisation = make.organisation()
    officer = browser.signed_in_as(make.officer)
    form = officer.open("contacts.new", organisation=organisation.id)

    form.submit(fields={"family_name": "Muster"})
    form.submit(fields={"family_name": "Beispiel"})

    names = officer.open("contacts.index").texts("main tbody th a")
    assert names == ["Beispiel", "Muster"]
