"""An account is closed together with the hand-over."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask

from crm.accounts.models import Person
from crm.accounts.services import deactivate
from crm.audit import history
from crm.db import transaction
from crm.errors import Conflict
from crm.policy import Role
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.workflows import steps
from tests.workflows.steps import assignees, hand_over, page_of, undo


@pytest.fixture
def manager(make: Make) -> Person:
    """Give who leads the home team and administers the instance."""
    return make.person(Role.MANAGER, is_administrator=True)


@pytest.fixture
def leaver(make: Make) -> Person:
    """Give who leaves."""
    return make.person(name="Lena Leicht")


def test_a_closed_account_ends_sessions_and_calendar(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    theirs = browser.signed_in_as(leaver)
    path = subscribe(browser, leaver)
    follow_up, heir = make.follow_up(owner=leaver), make.person()

    page = hand_over(browser, manager, leaver, heir, deactivate=True)

    assert "Das Konto ist geschlossen." in page.texts(".flash")[0]
    assert theirs.answer("GET", "/account").status_code == 302
    assert Browser(browser.app).answer("GET", path).status_code == 404
    signing_in = browser.open("accounts.sign_in").submit(email=leaver.email, password=PASSWORD)
    assert signing_in.status == 422
    assert assignees(make, follow_up) == {heir.id}
    told = [event.action for event in make.run(lambda: history(leaver.id))]
    assert sorted(told) == ["calendar_renewed", "calendar_revoked", "deactivated"]


def test_with_nothing_open_the_account_alone_is_closed(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    page = page_of(browser, manager, leaver)

    page.submit(button="Konto schließen")

    assert steps.person(make, leaver).deactivated_at is not None
    people = browser.signed_in_as(manager).open("workflows.people")
    assert "ausgeschieden" in people.texts("#people")[0]


def test_undo_opens_the_account_again_but_not_the_calendar(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    path = subscribe(browser, leaver)
    follow_up = make.follow_up(owner=leaver)
    page = hand_over(browser, manager, leaver, make.person(), deactivate=True)

    back = undo(page)

    assert "Das Konto ist wieder offen" in back.texts(".flash")[0]
    assert assignees(make, follow_up) == {leaver.id}
    assert steps.person(make, leaver).deactivated_at is None
    assert Browser(browser.app).answer("GET", path).status_code == 404


def test_nothing_is_given_back_to_who_has_left_since(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    heir = make.person()
    follow_up = make.follow_up(owner=leaver)
    page = hand_over(browser, manager, leaver, heir)
    make.run(lambda: deactivate(leaver.id, by=None))

    back = undo(page)

    assert back.status == 409
    assert "inzwischen ausgeschieden" in back.texts("main")[0]
    assert assignees(make, follow_up) == {heir.id}


def test_a_manager_alone_closes_no_account(make: Make, browser: Browser, leaver: Person) -> None:
    manager, heir = make.person(Role.MANAGER), make.person()
    follow_up = make.follow_up(owner=leaver)
    page = page_of(browser, manager, leaver)
    assert page.soup.select("#deactivate") == []

    sent = [("successor", str(heir.id)), ("deactivate", "y")]
    sent += [(name, "") for name in ("follow_ups", "concerns", "visits")]
    answer = page.browser.post(page.url, sent)

    assert answer.status == 403
    assert steps.person(make, leaver).deactivated_at is None
    assert assignees(make, follow_up) == {leaver.id}


def test_nobody_closes_their_own_account(make: Make, browser: Browser, manager: Person) -> None:
    page = page_of(browser, manager, manager)
    assert page.soup.select("#deactivate") == []

    sent = [(name, "") for name in ("successor", "follow_ups", "concerns", "visits")]
    answer = page.browser.post(page.url, [*sent, ("deactivate", "y")])

    assert answer.status == 422
    assert "Ihr eigenes Konto" in answer.texts(".error-summary")[0]
    assert steps.person(make, manager).deactivated_at is None


def test_the_only_administrator_stays(make: Make) -> None:
    only = make.person(is_administrator=True)
    make.person(is_administrator=True, deactivated_at=only.created_at)

    with pytest.raises(Conflict, match="only_administrator"):
        make.run(lambda: deactivate(only.id, by=None))

    make.person(is_administrator=True)
    assert make.run(lambda: deactivate(only.id, by=None)) is not None
    assert make.run(lambda: deactivate(only.id, by=None)) is None


def test_of_two_administrators_who_are_closed_at_once_one_stays(app: Flask, make: Make) -> None:
    people = [make.person(Role.NONE, is_administrator=True) for _ in range(2)]
    refused: list[str] = []

    def close_the_other() -> None:
        try:
            make.run(lambda: deactivate(people[1].id, by=None))
        except Conflict as conflict:
            refused.append(conflict.code)

    other = Thread(target=close_the_other)
    with app.app_context(), transaction():
        deactivate(people[0].id, by=None)
        other.start()
        # Who does not wait is through by then
        other.join(0.5)
    other.join()

    assert refused == ["only_administrator"]
    left = [steps.person(make, person).deactivated_at for person in people]
    assert left.count(None) == 1


def test_who_has_left_can_be_chosen_nowhere_but_is_relieved(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    make.run(lambda: deactivate(leaver.id, by=None))
    mine = browser.signed_in_as(manager)
    own = make.follow_up(owner=manager)
    key, heir = str(leaver.id), make.person()

    for url in (
        mine.url("follow_ups.new"),
        mine.url("follow_ups.index"),
        mine.url("follow_ups.show", follow_up_id=own.id),
        mine.url("visits.new"),
        mine.url("visits.index"),
        mine.url("workflows.hand_over", person_id=manager.id),
    ):
        page = mine.open_url(url)
        assert page.status == 200
        values = page.attributes("input[type=checkbox], input[type=radio], option", "value")
        assert key not in values, url
    hand_over(browser, manager, leaver, heir)
    assert assignees(make, follow_up) == {heir.id}
