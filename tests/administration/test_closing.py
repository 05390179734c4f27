"""Administrators close accounts, also with work in them that they may not see, and open them."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.accounts.models import Person
from crm.accounts.services import deactivate
from crm.audit import history
from crm.policy import Role
from crm.visibility import Visibility
from tests.accounts.links import administrator, signs_in
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser, Page
from tests.workflows import steps
from tests.workflows.steps import assignees

CANARY = "Kanarienvogel"


@pytest.fixture
def admin(make: Make, browser: Browser) -> Browser:
    """Give the browser of an administrator without a role."""
    return administrator(make, browser)


@pytest.fixture
def leaver(make: Make) -> Person:
    """Give who leaves."""
    return make.person(name="Lena Leicht")


def _close_page(admin: Browser, person: Person) -> Page:
    page = admin.open("administration.person", person_id=person.id)
    return page.follow("Konto schließen")


def test_an_account_with_nothing_open_is_closed(
    make: Make, browser: Browser, admin: Browser, leaver: Person
) -> None:
    theirs, calendar = browser.signed_in_as(leaver), subscribe(browser, leaver)

    after = _close_page(admin, leaver).submit(button="Konto schließen")

    assert "Das Konto ist geschlossen." in after.texts(".flash")[0]
    assert "geschlossen" in after.texts("#account")[0]
    assert theirs.answer("GET", "/account").status_code == HTTPStatus.FOUND
    assert browser.answer("GET", calendar).status_code == HTTPStatus.NOT_FOUND
    assert not signs_in(browser, leaver.email, PASSWORD)
    told = make.run(lambda: history(leaver.id))
    assert "deactivated" in [event.action for event in told]
    assert told[0].actor_name == "Anna Amt"


def test_what_is_open_goes_to_somebody_unseen(make: Make, admin: Browser, leaver: Person) -> None:
    heir = make.person(name="Hugo Heinrich")
    make.person(name="Fremde Person", team=make.team())
    follow_up = make.follow_up(CANARY, owner=leaver, visibility=Visibility.MANAGERS)
    concern = make.concern(CANARY, owner=leaver)

    page = _close_page(admin, leaver)
    missing = page.submit(button="Konto schließen")
    after = missing.submit(button="Konto schließen", successor=str(heir.id))

    assert CANARY not in page.text + missing.text + after.text
    assert "Offen sind: 1 Wiedervorlage und 1 Anliegen." in page.texts("main")[0]
    assert "Fremde Person" not in page.text
    assert missing.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert missing.texts("#successor-error") == ["Bitte wählen Sie, wer die Arbeit übernimmt."]
    assert "Das Konto ist geschlossen." in after.texts(".flash")[0]
    assert after.soup.select(".flash form") == []  # undo is for who may see the work
    assert assignees(make, follow_up) == {heir.id}
    assert steps.concern(make, concern).owner_id == heir.id


def test_what_nobody_of_that_circle_takes_stays_and_can_go_later(
    make: Make, admin: Browser, leaver: Person
) -> None:
    stranger = make.person(team=make.team("Team Süd", body=make.home_body))
    colleague = make.person()
    follow_up = make.follow_up(owner=leaver, visibility=Visibility.TEAM)

    after = _close_page(admin, leaver).submit(button="Konto schließen", successor=str(stranger.id))
    assert "Es bleiben: 1 Wiedervorlage." in " ".join(after.texts(".flash"))
    later = after.follow("Offenes weitergeben").submit(
        button="Weitergeben", successor=str(colleague.id)
    )

    assert assignees(make, follow_up) == {colleague.id}
    assert "Offenes weitergeben" not in later.links


def test_each_kind_can_go_to_somebody_else(make: Make, admin: Browser, leaver: Person) -> None:
    one, other = make.person(), make.person()
    follow_up, concern = make.follow_up(owner=leaver), make.concern(owner=leaver)

    _close_page(admin, leaver).submit(
        button="Konto schließen", successor=str(one.id), concerns=str(other.id)
    )

    assert assignees(make, follow_up) == {one.id}
    assert steps.concern(make, concern).owner_id == other.id


def test_who_may_see_the_work_is_led_to_it(make: Make, browser: Browser, leaver: Person) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER, is_administrator=True))
    make.follow_up("Anrufen", owner=leaver)
    heir = make.person()

    page = _close_page(manager, leaver)

    assert "Anrufen" in page.follow("Ansehen und einzeln weitergeben").texts("main")[0]
    after = page.submit(button="Konto schließen", successor=str(heir.id))
    back = after.submit(button="Rückgängig")
    assert "Das Konto ist wieder offen" in back.texts(".flash")[0]


def test_nobody_closes_their_own_account(admin: Browser) -> None:
    page = admin.open("administration.people").follow("Anna Amt")
    assert "Konto schließen" not in page.links

    answer = admin.open_url(f"{page.url}/close").submit(button="Konto schließen")

    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Ihr eigenes Konto" in answer.texts(".error-summary")[0]


def test_a_closed_account_is_opened_again_with_its_password(
    make: Make, browser: Browser, admin: Browser, leaver: Person
) -> None:
    closed = _close_page(admin, leaver).submit(button="Konto schließen")

    after = closed.submit(button="Konto wieder öffnen")

    assert "Das Konto ist wieder offen." in after.texts(".flash")[0]
    assert signs_in(browser, leaver.email, PASSWORD)
    assert make.run(lambda: history(leaver.id))[0].action == "reactivated"
    again = closed.submit(button="Konto wieder öffnen")
    assert again.status == HTTPStatus.OK
    assert len(make.run(lambda: history(leaver.id))) == 2


def test_a_closed_account_gets_no_rights_and_no_invitation(
    make: Make, admin: Browser, leaver: Person
) -> None:
    page = admin.open("administration.person", person_id=leaver.id)
    make.run(lambda: deactivate(leaver.id, by=None))

    assert page.submit(button="Rechte sichern", role="manager").status == HTTPStatus.NOT_FOUND
    invited = admin.post(f"{page.url}/invite", [])
    assert invited.status == HTTPStatus.NOT_FOUND
    assert admin.open_url(page.url).soup.select("#rights form") == []
