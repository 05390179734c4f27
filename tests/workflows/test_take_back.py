"""Handing over is taken back, done twice, or by two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import Flask

from crm.accounts.models import Person
from crm.audit import history
from crm.concerns.models import Collaborator
from crm.follow_ups import services as follow_ups
from crm.policy import Role
from crm.visits.models import VisitStatus
from crm.visits.services import people as visits
from crm.workflows import services
from crm.workflows.models import Kind
from tests.make import Make
from tests.page import Browser
from tests.workflows import steps
from tests.workflows.steps import assignees, hand_over, page_of, undo

PLANNED = VisitStatus.PLANNED


def test_a_second_click_changes_nothing(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    page = page_of(browser, manager, leaver)
    page.submit(form="#successors form", successor=str(heir.id))

    again = page.submit(form="#successors form", successor=str(heir.id))

    assert again.texts(".flash p") == ["Bei Lena Leicht ist nichts mehr offen."]
    assert len(make.run(lambda: history(follow_up.id))) == 1


def test_two_managers_at_once_hand_over_once(
    app: Flask, make: Make, manager: Person, leaver: Person, heir: Person
) -> None:
    actors = [make.actor(manager), make.actor(make.person(Role.MANAGER))]
    heirs = [heir, make.person()]
    things = [make.follow_up(owner=leaver) for _ in range(4)]

    def hand_all_over(number: int) -> int:
        to = dict.fromkeys(Kind, heirs[number].id)
        with app.app_context():
            return services.hand_over(actors[number], leaver.id, to).moved.total()

    with ThreadPoolExecutor(2) as pool:
        moved = sorted(pool.map(hand_all_over, range(2)))

    assert moved == [0, 4]
    assert len({frozenset(assignees(make, thing)) for thing in things}) == 1


def test_undo_gives_everything_back(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    shared = make.follow_up(owner=heir, assignees=[leaver, heir])
    concern = make.concern(owner=leaver)
    visit = make.visit(PLANNED, owner=leaver)
    page = hand_over(browser, manager, leaver, heir)

    back = undo(page)

    assert "Zurückgegeben: 1 Wiedervorlage, 1 Anliegen und 1 Besuch." in back.texts(".flash")[0]
    assert assignees(make, shared) == {leaver.id, heir.id}
    assert steps.concern(make, concern).owner_id == leaver.id
    assert visits.people_of(steps.visit(make, visit)) == [leaver.id]
    assert undo(page).texts(".flash p") == ["Es ist nichts zurückgegeben."]


def test_undo_gives_back_what_one_worked_on_besides_the_owner(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    of_heir = make.concern(owner=heir, collaborators=[Collaborator(person_id=leaver.id)])
    with_heir = make.concern(owner=leaver, collaborators=[Collaborator(person_id=heir.id)])
    page = hand_over(browser, manager, leaver, heir)

    back = undo(page)

    assert "Zurückgegeben: 2 Anliegen." in back.texts(".flash")[0]
    owned, helped = (steps.concern(make, record) for record in (of_heir, with_heir))
    assert (owned.owner_id, set(owned.collaborator_ids)) == (heir.id, {leaver.id})
    assert (helped.owner_id, set(helped.collaborator_ids)) == (leaver.id, {heir.id})


def test_undo_leaves_what_was_changed_since(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    touched, done, untouched = (make.follow_up(owner=leaver) for _ in range(3))
    page = hand_over(browser, manager, leaver, heir)
    third, actor = make.person(), make.actor(heir)
    make.run(lambda: follow_ups.reassign(actor, touched.id, assignee_ids=[third.id]))
    make.run(lambda: follow_ups.complete(actor, done.id))

    back = undo(page)

    assert "deshalb geblieben: 2 Wiedervorlagen." in back.texts(".flash")[0]
    assert assignees(make, touched) == {third.id}
    assert assignees(make, done) == {heir.id}
    assert assignees(make, untouched) == {leaver.id}


def test_nobody_takes_back_what_another_has_handed_over(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    page = hand_over(browser, manager, leaver, heir)
    [key] = page.attributes(".flash input[name=hand_over]", "value")
    other = browser.signed_in_as(make.person(Role.MANAGER))
    url = other.url("workflows.take_back")

    answers = [
        other.post(url, [("hand_over", sent)]).status
        for sent in (key, str(UUID(int=UUID(key).int ^ 1)), "x", "", "\x00")
    ]

    assert answers == [404] * 5
    assert other.post(url, []).status == 404
    assert assignees(make, follow_up) == {heir.id}
