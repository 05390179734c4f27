"""Who may hand over what to whom."""

from __future__ import annotations

from uuid import UUID

import pytest

from crm.accounts.models import Person
from crm.clock import now
from crm.concerns.models import Collaborator
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.workflows import steps
from tests.workflows.steps import assignees, hand_over, page_of

BODY, TEAM, MANAGERS = Visibility.BODY, Visibility.TEAM, Visibility.MANAGERS


def test_what_the_manager_may_not_see_is_not_shown_and_stays(
    make: Make, browser: Browser, leaver: Person, heir: Person
) -> None:
    """The leaver has moved to a team whose manager sees nothing of the former one's."""
    hidden = make.concern("Geheim", owner=leaver, visibility=MANAGERS)
    seen = make.concern("Offen", owner=leaver)
    team = make.team(body=make.home_body)
    make.change(leaver, team_id=team.id)
    new_manager = make.person(Role.MANAGER, team=team)

    before = page_of(browser, new_manager, leaver)
    after = hand_over(browser, new_manager, leaver, new_manager)

    assert "Geheim" not in before.text
    assert "weitergegeben: 1 Anliegen." in after.texts(".flash")[0]
    assert len(after.texts(".flash")) == 1
    assert steps.concern(make, hidden).owner_id == leaver.id
    assert steps.concern(make, seen).owner_id == new_manager.id


@pytest.mark.parametrize("circle", [TEAM, MANAGERS])
def test_what_is_for_one_team_does_not_leave_it(
    circle: Visibility, make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    narrow = make.concern(owner=leaver, visibility=circle)
    task = make.follow_up(owner=leaver, visibility=circle)
    wide = make.concern(owner=leaver)
    outside = make.person(team=make.team(body=make.home_body))

    page = hand_over(browser, manager, leaver, outside)

    assert "Es bleiben: 1 Wiedervorlage und 1 Anliegen." in page.texts(".flash")[1]
    assert steps.concern(make, wide).owner_id == outside.id
    assert steps.concern(make, narrow).owner_id == leaver.id
    hand_over(browser, manager, leaver, heir)
    assert steps.concern(make, narrow).owner_id == heir.id
    assert assignees(make, task) == {heir.id}
    seen = browser.signed_in_as(heir).open("concerns.show", concern_id=narrow.id)
    assert seen.status == 200


def test_who_would_not_see_a_concern_does_not_come_to_work_on_it(
    make: Make, browser: Browser, manager: Person, heir: Person
) -> None:
    leader, owner = make.person(Role.MANAGER), make.person()
    helping = [Collaborator(person_id=leader.id)]
    record = make.concern(owner=owner, visibility=MANAGERS, collaborators=helping)

    page = hand_over(browser, manager, leader, heir)

    assert "Es bleiben: 1 Anliegen." in page.texts(".flash")[1]
    assert steps.concern(make, record).collaborator_ids == {leader.id}
    hand_over(browser, manager, leader, manager)
    assert steps.concern(make, record).collaborator_ids == {manager.id}


def test_team_and_circle_stay(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    concern = make.concern(owner=leaver)
    outside = make.person(team=make.team(body=make.home_body))

    hand_over(browser, manager, leaver, outside)

    stored = steps.concern(make, concern)
    assert (stored.team_id, stored.visibility) == (concern.team_id, BODY)


@pytest.mark.parametrize("role", [Role.NONE, Role.READER, Role.OFFICER])
def test_only_managers_hand_over(
    role: Role, make: Make, browser: Browser, leaver: Person, heir: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    someone = browser.signed_in_as(make.person(role))
    url = someone.url("workflows.hand_over", person_id=leaver.id)

    assert someone.open_url(url).status == 403
    assert someone.post(url, [("successor", str(heir.id))]).status == 403
    assert "Arbeit weitergeben" not in someone.open("accounts.show").links
    assert assignees(make, follow_up) == {leaver.id}


def test_only_for_people_of_the_teams_one_leads(
    make: Make, browser: Browser, manager: Person
) -> None:
    neighbour = make.person(team=make.team(body=make.home_body), name="Nora Nachbar")
    foreigner = make.person(team=make.team(), name="Fritz Fremd")
    mine = browser.signed_in_as(manager)
    keys = (neighbour.id, foreigner.id, UUID(int=foreigner.id.int ^ 1))

    statuses = [mine.open("workflows.hand_over", person_id=key).status for key in keys]
    posted = [mine.post(mine.url("workflows.hand_over", person_id=key), []).status for key in keys]

    assert statuses == posted == [403, 404, 404]
    people = mine.open("accounts.show").follow("Arbeit weitergeben")
    assert people.texts("#people .entries a") == ["Mara Muster"]


@pytest.mark.parametrize("whom", ["nobody", "oneself", "reader", "foreigner", "gone", "nonsense"])
def test_not_everyone_can_take_over(
    whom: str, make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    keys = {
        "nobody": "",
        "oneself": str(leaver.id),
        "reader": str(make.person(Role.READER).id),
        "foreigner": str(make.person(team=make.team()).id),
        "gone": str(make.person(deactivated_at=now()).id),
        "nonsense": "'\x00",
    }
    mine = browser.signed_in_as(manager)
    url = mine.url("workflows.hand_over", person_id=leaver.id)

    page = mine.post(url, [("successor", keys[whom]), ("follow_ups", ""), ("concerns", "")])

    assert page.status == 422
    assert page.texts(".error-summary a")
    assert assignees(make, follow_up) == {leaver.id}


def test_ones_own_drafts_are_named_by_number(make: Make, browser: Browser, manager: Person) -> None:
    make.visit(VisitStatus.DRAFT, owner=manager)

    page = page_of(browser, manager, manager)

    assert "Entwürfe 1" in page.texts("#rules dl")[0]
