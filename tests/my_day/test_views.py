"""The start page: what is due, what waits, and for managers what their teams have missed."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from crm.clock import today
from crm.concerns.models import Flag
from crm.follow_ups.queries import end_of_week
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser, Page

YESTERDAY = timedelta(days=1)


def entries(page: Page, panel: str) -> list[str]:
    return page.texts(f"#{panel} .entry__main > a")


def test_the_day_has_what_is_overdue_due_today_and_this_week(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    sunday = end_of_week(day)
    make.follow_up("Vergessen", owner=me, due_on=day - YESTERDAY)
    make.follow_up("Heute", owner=me, due_on=day)
    make.follow_up("Am Sonntag", owner=me, due_on=sunday)
    make.follow_up("Nächste Woche", owner=me, due_on=sunday + timedelta(days=1))
    make.follow_up("Fertig", owner=me, due_on=day, done=True)
    make.follow_up("Anderer Leute", owner=me, assignees=[make.person()], due_on=day)

    page = browser.signed_in_as(me).open("my_day.index")

    assert entries(page, "overdue") == ["Vergessen"]
    on_sunday = ["Am Sonntag"]
    assert entries(page, "today") == ["Heute", *(on_sunday if sunday == day else [])]
    assert entries(page, "week") == ([] if sunday == day else on_sunday)


def test_visits_and_follow_ups_stand_together_by_time(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    house = make.organisation("Häusler")
    planned: dict[str, Any] = {"owner": me, "organisation": house, "visited_on": day}
    make.follow_up("Ohne Uhrzeit", owner=me, due_on=day)
    make.visit(VisitStatus.PLANNED, visited_at=time(14, 30), **planned)
    make.visit(VisitStatus.PLANNED, visited_at=time(9), **planned)
    make.visit(VisitStatus.PLANNED, owner=me, visited_on=day - YESTERDAY)

    page = browser.signed_in_as(me).open("my_day.index")

    assert page.texts("#today .entry__main strong") == ["09:00", "14:30"]
    assert entries(page, "today") == ["Besuch: Häusler", "Besuch: Häusler", "Ohne Uhrzeit"]
    assert len(entries(page, "overdue")) == 1
    assert len(page.texts("main a:-soup-contains('Hat stattgefunden')")) == 3


def test_drafts_and_urgent_concerns_wait_beside(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    make.visit(VisitStatus.DRAFT, owner=me)
    make.visit(VisitStatus.DRAFT, owner=make.person())
    make.concern("Eilt", owner=me, flag=Flag.URGENT, first_response_due_on=day)
    make.concern("Eilt nicht", owner=me)
    make.concern("Eilt anderen", owner=make.person(), flag=Flag.URGENT)

    page = browser.signed_in_as(me).open("my_day.index")

    assert entries(page, "drafts") == ["Noch ohne Organisation"]
    assert entries(page, "urgent") == ["Eilt"]
    assert page.texts("#urgent .kern-badge") == ["Erste Rückmeldung bis heute"]


def test_managers_see_what_their_teams_have_missed(make: Make, browser: Browser) -> None:
    body, day = make.body(), today()
    led, other = make.team(body=body), make.team(body=body)
    officer, stranger = make.person(team=led), make.person(team=other)
    manager = make.person(Role.MANAGER, team=led)
    make.follow_up("Vom Team", owner=officer, due_on=day - YESTERDAY)
    make.follow_up(
        "Nur Leitung", owner=officer, due_on=day - YESTERDAY, visibility=Visibility.MANAGERS
    )
    make.follow_up("Noch Zeit", owner=officer, due_on=day)
    make.follow_up("Meine", owner=manager, due_on=day - YESTERDAY)
    make.follow_up("Anderes Team", owner=stranger, due_on=day - YESTERDAY)

    page = browser.signed_in_as(manager).open("my_day.index")

    assert entries(page, "teams") == ["Vom Team", "Nur Leitung"]
    assert entries(page, "overdue") == ["Meine"]
    assert browser.signed_in_as(officer).open("my_day.index").soup.select("#teams") == []


def test_more_than_twenty_overdue_lead_to_the_list(make: Make, browser: Browser) -> None:
    me = make.person()
    for _ in range(22):
        make.follow_up(owner=me, due_on=today() - YESTERDAY)

    page = browser.signed_in_as(me).open("my_day.index")

    assert len(entries(page, "overdue")) == 20
    listed = page.follow("Es sind noch mehr: alle überfälligen zeigen")
    assert listed.texts(".result-line strong") == ["22 Wiedervorlagen"]


def test_a_click_completes_and_the_day_comes_back(make: Make, browser: Browser) -> None:
    me = make.person()
    make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("my_day.index")

    after = page.submit(form="#today .button-form")

    assert after.texts("h1") == ["Mein Tag"]
    assert entries(after, "today") == []
    assert "„Rückruf“ ist erledigt." in after.texts(".flash")[0]


@pytest.mark.parametrize("rows", [1, 12])
def test_the_day_asks_the_same_number_of_queries(
    rows: int, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    manager, officer = make.person(Role.MANAGER), make.person()
    day = today()
    for _ in range(rows):
        visit = make.visit(owner=officer)
        hangs: dict[str, Any] = {"visit_id": visit.id, "organisation_id": visit.organisation_id}
        make.follow_up(owner=manager, due_on=day - YESTERDAY, **hangs)
        make.follow_up(owner=manager, due_on=day, **hangs)
        make.follow_up(owner=officer, due_on=day - YESTERDAY, **hangs)
        make.visit(VisitStatus.PLANNED, owner=manager, visited_on=day)
        make.visit(VisitStatus.DRAFT, owner=manager)
        concern = make.concern(owner=manager, flag=Flag.URGENT)
        make.referral(concern, answer_due_on=day - YESTERDAY)
    reader = browser.signed_in_as(manager)
    count_queries.clear()

    page = reader.open("my_day.index")

    assert len(entries(page, "today")) == 2 * rows
    assert len(count_queries) == 10, "\n".join(count_queries)


def test_an_empty_day_says_what_comes_next(make: Make, browser: Browser) -> None:
    officer, reader = make.person(), make.person(Role.READER)

    page = browser.signed_in_as(officer).open("my_day.index")
    of_reader = browser.signed_in_as(reader).open("my_day.index")

    assert page.texts("#today .empty .strong") == ["Für heute ist nichts vorgemerkt."]
    assert page.texts(".page__actions a") == ["Besuch erfassen"]
    assert of_reader.texts(".page__actions a") == []
    assert "Besuch erfassen" not in of_reader.text
    assert of_reader.soup.select("main form") == []
