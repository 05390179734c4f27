"""What rests: out of the day and the list, its date unchanged, back by itself or by hand."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from crm.clock import next_working_day, today
from crm.follow_ups import queries, services
from crm.follow_ups.queries import FollowUpFilter
from crm.policy import Role
from crm.web.rendering import day as written
from tests.follow_ups.steps import MONDAY, actions, stored
from tests.make import Make
from tests.page import Browser

LATER = today() + timedelta(days=40)
OVERDUE = today() - timedelta(days=5)


def test_it_leaves_the_day_and_the_list_but_keeps_its_date(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Wartet", owner=me, due_on=OVERDUE)
    mine = browser.signed_in_as(me)

    after = mine.open("follow_ups.index").submit(
        button="Zurückstellen", form="tbody form[action$=snooze]", until="1.5.2027"
    )

    rested = stored(make, follow_up)
    assert (rested.snoozed_until, rested.due_on) == (MONDAY, OVERDUE)
    told = after.texts(".flash")[0]
    assert "„Wartet“ ruht bis Mo, 03.05.2027." in told
    assert "Der 01.05.2027 ist kein Arbeitstag; es gilt der nächste." in told
    assert after.texts("tbody th a") == []
    assert "Wartet" not in mine.open("my_day.index").text
    assert mine.open("follow_ups.index", due="overdue").texts("tbody th a") == []
    resting = mine.open("follow_ups.index").follow("Ruhend")
    assert resting.texts("tbody th a") == ["Wartet"]
    assert "5 Tage überfällig ruht bis 03.05.2027" in resting.texts("tbody tr")[0]
    assert mine.open("follow_ups.index", snoozed="all").texts("tbody th a") == ["Wartet"]


def test_putting_off_can_be_undone(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    once = page.submit(button="Zurückstellen", until=LATER.isoformat())
    twice = once.submit(button="Zurückstellen", until="3.5.2027")
    back = twice.submit(button="Rückgängig", form=".flash .button-form")
    assert stored(make, follow_up).snoozed_until == next_working_day(LATER, "ST")
    woken = back.submit(button="Aus der Ruhe holen")

    assert stored(make, follow_up).snoozed_until is None
    woken.submit(button="Rückgängig", form=".flash .button-form")
    assert stored(make, follow_up).snoozed_until == next_working_day(LATER, "ST")
    assert actions(make, follow_up.id)[-1] == "snoozed"


def test_a_quick_choice_puts_off_to_a_working_day(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    page.submit(button="1 Woche", form="#snooze form")

    until = stored(make, follow_up).snoozed_until
    assert until is not None
    assert until == next_working_day(today() + timedelta(days=7), "ST")


@pytest.mark.parametrize("typed", ["", "irgendwann", "heute", "gestern", "31.02.2027"])
def test_only_a_day_to_come_will_do(typed: str, make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.browser.post(
        page.browser.url("follow_ups.snooze", follow_up_id=follow_up.id),
        [("until", typed), ("exact", "1")],
    )

    assert after.status == 422
    assert after.texts("#until-error")
    assert stored(make, follow_up).snoozed_until is None


def test_on_its_day_it_is_back(make: Make) -> None:
    me = make.person()
    make.follow_up("Wieder da", owner=me, snoozed_until=today())
    make.follow_up("Ruht noch", owner=me, snoozed_until=today() + timedelta(days=1))
    actor = make.actor(me)

    found = make.run(lambda: queries.of_day(actor, until=today(), limit=5).coming)
    counts = [
        make.run(lambda s=snoozed: queries.count(actor, FollowUpFilter(snoozed=s)).number)  # type: ignore[misc]
        for snoozed in (False, True, None)
    ]

    assert [f.title for f in found] == ["Wieder da"]
    assert counts == [1, 1, 2]


def test_what_is_done_does_not_rest(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Fertig", owner=me, snoozed_until=LATER)
    actor = make.actor(me)
    make.run(lambda: services.complete(actor, follow_up.id))
    mine = browser.signed_in_as(me)

    refused = mine.post(
        mine.url("follow_ups.snooze", follow_up_id=follow_up.id), [("until", "+1w")]
    )

    assert refused.status == 422
    assert mine.open("follow_ups.index", due="done").texts("tbody th a") == ["Fertig"]


def test_pages_of_its_origin_still_show_it(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation()
    make.follow_up("Ruht hier", owner=me, organisation_id=organisation.id, snoozed_until=LATER)

    page = browser.signed_in_as(me).open("organisations.show", organisation_id=organisation.id)

    assert "Ruht hier" in page.texts("#open")[0]
    with browser.app.test_request_context():
        assert f"ruht bis {written(LATER)}" in page.texts("#open")[0]


@pytest.mark.parametrize("step", ["snooze", "wake", "repeat"])
def test_others_may_not_and_strangers_do_not_know(step: str, make: Make, browser: Browser) -> None:
    neighbours = make.team(body=make.home_body)
    follow_up = make.follow_up(owner=make.person(team=neighbours))
    foreign = make.follow_up(owner=make.person(team=make.team()))
    reader, officer = make.person(Role.READER), make.person()

    for person, expected in ((reader, 403), (officer, 403)):
        theirs = browser.signed_in_as(person)
        url = theirs.url(f"follow_ups.{step}", follow_up_id=follow_up.id)
        assert theirs.post(url, [("until", "+1w")]).status == expected
    mine = browser.signed_in_as(officer)
    for key in (foreign.id, UUID(int=foreign.id.int ^ 1)):
        url = mine.url(f"follow_ups.{step}", follow_up_id=key)
        assert mine.post(url, [("until", "+1w")]).status == 404


def test_the_file_says_until_when_it_rests_and_when_it_recurs(make: Make, browser: Browser) -> None:
    me = make.person()
    make.follow_up(
        owner=me,
        snoozed_until=MONDAY,
        recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=5",
        recurs_from=today(),
        contact_id=make.contact(family_name="Beispiel").id,
    )

    text = (
        browser.signed_in_as(me).download("follow_ups.export", snoozed="1").get_data(as_text=True)
    )

    assert "Kim Beispiel" in text
    assert "03.05.2027;jede Woche am Dienstag, insgesamt 5 Mal" in text


def test_the_list_is_narrowed_by_promise_team_and_period(make: Make, browser: Browser) -> None:
    me = make.person(Role.MANAGER)
    neighbours = make.team("Nachbarn", body=make.home_body)
    make.follow_up("Zugesagt", owner=me, promised=True, due_on=today())
    make.follow_up("Der Nachbarn", owner=make.person(team=neighbours), due_on=MONDAY)
    make.follow_up("Getan", owner=me, done=True)
    mine = browser.signed_in_as(me)

    def titles(**query: str) -> list[str]:
        return mine.open("follow_ups.index", scope="all", **query).texts("tbody th a")

    assert titles(promised="1") == ["Zugesagt"]
    assert titles(promised="0") == ["Der Nachbarn"]
    assert titles(team=str(neighbours.id)) == ["Der Nachbarn"]
    assert titles(due_since="2027-05-01", due_until="2027-05-03") == ["Der Nachbarn"]
    assert titles(due_until="2026-01-01") == []
    day = today().isoformat()
    assert titles(due="done", done_since=day, done_until=day) == ["Getan"]
    assert titles(due="done", done_until="2026-01-01") == []
