"""Whatever goes wrong after somebody has typed: what they typed stands on the page that says so."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask

from config import Settings
from crm import create_app
from crm.policy import Role
from crm.web.access import public
from crm.web.sessions import COOKIE
from tests.at_once import held
from tests.databases import SECRET_KEY
from tests.make import PASSWORD, Make
from tests.page import Browser, Page
from tests.visits.steps import action, new_form, sent


def expire(browser: Browser) -> None:
    """Let the session end, and with it what its forms were signed with."""
    for cookie in (COOKIE, "__Host-form"):
        browser.client.delete_cookie(cookie)


def sent_too_late(browser: Browser, page: Page, text: str) -> Page:
    """Send the visit form of `page` after the session has ended."""
    pairs = [*sent(page, {"summary": text}), ("intent", "complete")]
    return Page(browser, browser.answer("POST", action(page), pairs))


def test_two_windows_are_signed_in_again_one_after_the_other(make: Make, browser: Browser) -> None:
    lead, person = make.organisation(), make.person()
    me = browser.signed_in_as(person)
    forms = [new_form(me, organisation=lead.id) for _ in range(2)]
    expire(me)
    asked = [sent_too_late(me, form, f"Fenster {n}.") for n, form in enumerate(forms)]

    for number, page in enumerate(asked):
        back = page.submit(button="Anmelden", email=person.email, password=PASSWORD)
        assert back.texts("h1") == ["Ihre Eingaben sind noch da"]
        saved = back.submit(button="Eingaben absenden")

        assert "Der Besuch ist abgeschlossen." in saved.text
        assert f"Fenster {number}." in saved.text


def test_a_database_that_takes_nothing_while_one_signs_in_again(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead, person = make.organisation(), make.person()
    me = browser.signed_in_as(person)
    form = new_form(me, organisation=lead.id)
    expire(me)
    asked = sent_too_late(me, form, "Lange getippt.")

    with held(app, "sign_in"):
        told = asked.submit(button="Anmelden", email=person.email, password=PASSWORD)

    assert told.status == 503
    again = told.submit(button="Noch einmal senden")
    assert again.texts("h1") == ["Bitte melden Sie sich noch einmal an"]
    back = again.submit(button="Anmelden", email=person.email, password=PASSWORD)
    saved = back.submit(button="Eingaben absenden")
    assert "Lange getippt." in saved.text
    assert "Der Besuch ist abgeschlossen." in saved.text


def test_who_may_not_any_more_can_copy_what_they_typed(make: Make, browser: Browser) -> None:
    person = make.person()
    me = browser.signed_in_as(person)
    page = me.open("organisations.new")
    make.change(person, role=Role.READER)

    told = page.submit(name="Alpha GmbH", municipality="Musterstadt", note="Lange\ngetippt.")

    assert told.status == 403
    assert "Lange getippt." in told.texts("textarea")[0]
    make.change(person, role=Role.OFFICER)
    assert told.submit(button="Noch einmal senden").texts("h1") == ["Alpha GmbH"]


def test_what_was_typed_about_something_that_is_gone_can_be_copied(
    make: Make, browser: Browser
) -> None:
    me = browser.signed_in_as(make.person())
    visit = make.visit()
    page = me.open("visits.edit", visit_id=visit.id)
    make.change(visit, visibility="managers")

    told = page.submit(button="Änderungen sichern", summary="Lange getippt.")

    assert told.status == 404
    assert "Lange getippt." in told.texts("textarea")[0]


def test_a_form_of_another_site_is_not_shown(make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    for url in ("/organisations/new", "/nirgends"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            told = me.answer("POST", url, [("name", "Bitte überweisen")], headers=headers)

            assert told.status_code in {400, 404}
            assert "Bitte überweisen" not in told.text


def test_a_fault_of_ours_gives_the_input_back() -> None:
    app = create_app(Settings(instance=Path(tempfile.gettempdir()), secret_key=SECRET_KEY))

    @app.post("/broken")
    @public
    def broken() -> str:
        raise LookupError

    stranger = Browser(app)
    token = stranger.open("accounts.sign_in").token
    typed = [("csrf_token", token), ("summary", "Lange getippt."), ("flag", "urgent")]

    told = stranger.post_bare("/broken", typed)

    assert told.status == 500
    assert told.texts("textarea") == ["Lange getippt."]
    again = told.filled_in("main form", {})
    assert ("summary", "Lange getippt.") in again
    assert ("flag", "urgent") in again


def test_the_form_can_be_restored_when_one_goes_back(make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()))

    assert page.attributes("#visit-form", "autocomplete") == []
