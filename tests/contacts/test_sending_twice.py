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


def test_a_namesake_is_shown_before_a_second_one_is_made(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Stadtwerke Muster")
    make.contact(organisation, given_name="Uta", family_name="Beispielmann", function="Vertrieb")
    officer = browser.signed_in_as(make.officer)
    form = officer.open("contacts.new", organisation=organisation.id)

    asked = form.submit(fields={"given_name": "Uta", "family_name": "Beispielmann"})
    made = asked.submit(fields={"confirm_new": True})

    assert asked.status == 422
    assert "Ist diese Person schon erfasst?" in asked.text
    assert "Vertrieb · Stadtwerke Muster" in asked.text
    assert made.texts("h1") == ["Uta Beispielmann"]
    assert len(officer.open("contacts.index").texts("main tbody th a")) == 2


def test_a_namesake_of_another_body_is_not_hinted_at(make: Make, browser: Browser) -> None:
    elsewhere = make.team()
    partner = make.organisation(team=elsewhere, shared=True)
    make.contact(partner, family_name="Beispielmann")
    officer = browser.signed_in_as(make.officer)

    made = officer.open("contacts.new", organisation=partner.id).submit(
        fields={"family_name": "Beispielmann"}
    )

    assert made.texts("h1") == ["Beispielmann"]
