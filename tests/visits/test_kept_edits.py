"""What is typed over a visit is kept at every pause, for nobody but the person who typed it."""

from __future__ import annotations

import pytest
from flask import Flask

from crm.accounts.models import Person
from crm.policy import Role
from crm.visits.models import Visit, VisitStatus
from tests.make import Make
from tests.page import Browser, Page
from tests.visits.steps import action, alert, rows, send, sent

JSON = {"Accept": "application/json"}


def keep(page: Page, **typed: str) -> int:
    """Send the form as the browser does at a pause; return the status of the answer."""
    pairs = [*sent(page, dict(typed)), ("intent", "draft")]
    return page.browser.answer("POST", action(page), pairs, headers=JSON).status_code


def editing(browser: Browser, person: Person, visit: Visit) -> Page:
    """Open the form of a visit as this person."""
    return browser.signed_in_as(person).open("visits.edit", visit_id=visit.id)


@pytest.mark.parametrize("status", [VisitStatus.PLANNED, VisitStatus.COMPLETED])
def test_what_was_typed_stands_in_the_form_again(
    status: VisitStatus, make: Make, browser: Browser
) -> None:
    officer = make.person()
    visit = make.visit(status, owner=officer, summary="Wie gesichert.")
    page = editing(browser, officer, visit)

    assert keep(page, summary="Halb", visited_on="32.1.") == 200
    assert keep(page, summary="Halb getippt.", visited_on="32.1.") == 200

    again = editing(browser, officer, visit)
    assert again.texts("[name=summary]") == ["Halb getippt."]
    assert again.attributes("[name=visited_on]", "value") == ["32.1."]
    assert "sind noch nicht gesichert" in again.text
    shown = browser.signed_in_as(officer).open("visits.show", visit_id=visit.id)
    assert "Wie gesichert." in shown.text
    assert "Halb getippt." not in shown.text


def test_nobody_else_sees_what_was_typed(make: Make, browser: Browser) -> None:
    officer, colleague = make.person(), make.person()
    manager = make.person(Role.MANAGER)
    visit = make.visit(owner=officer)
    keep(editing(browser, officer, visit), summary="KANARIE")

    for person in (colleague, manager):
        assert "KANARIE" not in editing(browser, person, visit).text


def test_saving_ends_what_was_kept(app: Flask, make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer)
    page = editing(browser, officer, visit)
    keep(page, summary="Halb")

    saved = send(page, {"summary": "Fertig."}, intent="save")

    assert "Fertig." in saved.text
    assert rows(app)["visit_kept_edit"] == 0
    assert "sind noch nicht gesichert" not in editing(browser, officer, visit).text


def test_what_was_typed_is_put_away_and_taken_back(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer, summary="Wie gesichert.")
    keep(editing(browser, officer, visit), summary="Vertippt.")

    gone = send(editing(browser, officer, visit), {}, intent="discard")
    back = gone.submit(button="Rückgängig")

    assert gone.texts("[name=summary]") == ["Wie gesichert."]
    assert "Ihre nicht gesicherten Eingaben sind verworfen." in gone.text
    assert back.texts("[name=summary]") == ["Vertippt."]


def test_what_somebody_saved_meanwhile_is_shown_beside_it(make: Make, browser: Browser) -> None:
    officer, manager = make.person(), make.person(Role.MANAGER)
    visit = make.visit(owner=officer, summary="Anfang.")
    keep(editing(browser, officer, visit), summary="Meins.")
    send(editing(browser, manager, visit), {"summary": "Von der Leitung."}, intent="save")

    conflict = send(editing(browser, officer, visit), {}, intent="save")

    assert conflict.status == 409
    assert {"Meins.", "Von der Leitung."} <= set(conflict.texts("td"))
    mine = conflict.submit(button="Meine Fassung sichern")
    assert "Meins." in mine.text
    assert "sind noch nicht gesichert" not in editing(browser, officer, visit).text


def test_only_who_may_edit_keeps_anything(app: Flask, make: Make, browser: Browser) -> None:
    officer, reader = make.person(), make.person(Role.READER)
    elsewhere = make.person(team=make.team(body=make.home_body))
    stranger = make.person(team=make.team())
    visit = make.visit(owner=officer)
    page = editing(browser, officer, visit)
    pairs = [pair for pair in sent(page, {"summary": "KANARIE"}) if pair[0] != "csrf_token"]

    for person, status in [(reader, 403), (elsewhere, 403), (stranger, 404)]:
        other = browser.signed_in_as(person)
        assert other.post(action(page), [*pairs, ("intent", "draft")]).status == status

    assert rows(app)["visit_kept_edit"] == 0


def test_a_visit_that_is_put_away_is_not_edited(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer)
    page = editing(browser, officer, visit)
    browser.signed_in_as(officer).open("visits.show", visit_id=visit.id).submit(
        form="form[action$='/archive']", reason="Doppelt"
    )

    assert keep(page, summary="Zu spät.") == 409
    told = send(page, {"summary": "Zu spät."}, intent="save")
    assert alert(told) == ["Beim jetzigen Status des Besuchs ist das nicht möglich."]
    assert told.texts("[name=summary]") == ["Zu spät."]
