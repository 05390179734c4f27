from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from crm.clock import now, today
from crm.follow_ups import services
from crm.policy import Role
from crm.visibility import Visibility
from tests.follow_ups.steps import MONDAY, SATURDAY, actions, assignees, services_of, stored
from tests.make import Make
from tests.page import Browser


def test_a_quick_choice_moves_to_a_working_day(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=today() - timedelta(days=2))
    page = browser.signed_in_as(me).open("follow_ups.index")

    after = page.submit(button="+ 1 Woche", form="tbody form[action$=move]")

    moved = stored(make, follow_up).due_on
    assert today() + timedelta(days=7) <= moved <= today() + timedelta(days=11)
    assert moved.weekday() < 5
    assert "„Rückruf“ ist verschoben auf" in after.texts(".flash")[0]


def test_a_holiday_moves_to_the_next_working_day_and_says_so(make: Make, browser: Browser) -> None:
    me = make.person()
    before = today()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=before)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.submit(button="Verschieben", due_on="01.05.2027")

    assert stored(make, follow_up).due_on == MONDAY
    assert "Der 01.05.2027 ist kein Arbeitstag; es gilt der nächste." in after.texts(".flash")[0]
    after.submit(button="Rückgängig", form=".flash .button-form")
    assert stored(make, follow_up).due_on == before


def test_undoing_gives_the_very_date_back_even_on_a_weekend(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=SATURDAY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    moved = page.submit(button="Verschieben", due_on="4.5.2027")
    moved.submit(button="Rückgängig", form=".flash .button-form")

    assert stored(make, follow_up).due_on == SATURDAY


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Bitte geben Sie an, bis wann."),
        (
            "demnächst",
            "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein.",
        ),
        ("31.02.2027", "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein."),
    ],
)
def test_no_date_comes_back_with_a_sentence(
    typed: str, sentence: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)

    after = (
        browser.signed_in_as(me)
        .open("follow_ups.show", follow_up_id=follow_up.id)
        .submit(button="Verschieben", due_on=typed)
    )

    assert after.status == 422
    assert after.texts("#due_on-error") == [sentence]
    assert after.attributes("#due_on", "value") == [typed]
    assert stored(make, follow_up).due_on == today()


def test_it_can_be_given_to_colleagues_and_taken_back(make: Make, browser: Browser) -> None:
    me, one, two = make.person(), make.person(name="Eins"), make.person(name="Zwei")
    follow_up = make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.submit(button="Weitergeben", assignee=[str(one.id), str(two.id)])

    assert assignees(make, follow_up) == {one.id, two.id}
    assert "„Rückruf“ liegt jetzt bei: Eins, Zwei." in after.texts(".flash")[0]
    after.submit(button="Rückgängig", form=".flash .button-form")
    assert assignees(make, follow_up) == {me.id}
    assert actions(make, follow_up.id) == ["reassigned", "reassigned"]


def test_the_row_gives_it_to_one_colleague(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    follow_up = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index")

    page.submit(button="Weitergeben", assignee=str(other.id))

    assert assignees(make, follow_up) == {other.id}


def test_it_cannot_be_given_to_strangers_or_nobody(make: Make, browser: Browser) -> None:
    me, reader = make.person(), make.person(Role.READER)
    stranger = make.person(team=make.team())
    follow_up = make.follow_up(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("follow_ups.reassign", follow_up_id=follow_up.id)

    for sent in ([], [("assignee", str(stranger.id))], [("assignee", str(reader.id))]):
        after = mine.post(url, sent)
        assert after.status == 422
        assert after.texts("#assignee-error")
    assert assignees(make, follow_up) == {me.id}


def test_who_has_left_can_keep_what_they_have(make: Make) -> None:
    me, gone = make.person(), make.person(deactivated_at=now())
    follow_up = make.follow_up(owner=me, assignees=[gone])
    actor = make.actor(me)

    make.run(lambda: services.reassign(actor, follow_up.id, assignee_ids=[gone.id, me.id]))

    assert assignees(make, follow_up) == {gone.id, me.id}


@pytest.mark.parametrize("step", ["move", "reassign"])
def test_what_is_done_is_neither_moved_nor_reassigned(
    step: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, done=True)
    mine = browser.signed_in_as(me)
    url = mine.url(f"follow_ups.{step}", follow_up_id=follow_up.id)

    after = mine.post(url, [("due_on", "+1w"), ("assignee", str(me.id))])

    assert after.status == 422
    assert "Diese Wiedervorlage ist schon erledigt." in after.text


STEPS = ["complete", "reopen", "move", "reassign"]


@pytest.mark.parametrize("step", STEPS)
def test_foreign_missing_and_hidden_ones_answer_alike(
    step: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    foreign = make.follow_up(owner=make.person(team=make.team()))
    hidden = make.follow_up(owner=make.person(), visibility=Visibility.MANAGERS)
    missing = UUID(int=hidden.id.int ^ 1)
    mine = browser.signed_in_as(me)

    answers = [
        mine.post(
            mine.url(f"follow_ups.{step}", follow_up_id=key),
            [("due_on", "+1w"), ("assignee", str(me.id))],
        )
        for key in (foreign.id, hidden.id, missing)
    ]

    assert [answer.status for answer in answers] == [404, 404, 404]
    assert len({answer.texts("main")[0][:200] for answer in answers}) == 1
    assert [stored(make, f).is_open for f in (foreign, hidden)] == [True, True]
    shown = [
        mine.open("follow_ups.show", follow_up_id=key).status
        for key in (foreign.id, hidden.id, missing)
    ]
    assert shown == [404, 404, 404]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("data", [[("due_on", "+1w")], [("due_on", "quatsch"), ("result", "\x01")]])
def test_who_sees_but_may_not_act_is_refused(
    step: str, data: list[tuple[str, str]], make: Make, browser: Browser
) -> None:
    body = make.body()
    ours, theirs = make.team(body=body), make.team(body=body)
    follow_up = make.follow_up(owner=make.person(team=theirs))
    reader, officer = make.person(Role.READER, team=theirs), make.person(team=ours)

    for person in (reader, officer):
        page = browser.signed_in_as(person)
        url = page.url(f"follow_ups.{step}", follow_up_id=follow_up.id)
        assert page.post(url, [*data, ("assignee", str(officer.id))]).status == 403

    assert stored(make, follow_up).is_open
    assert actions(make, follow_up.id) == []


def test_a_colleague_of_the_team_and_a_leading_manager_may_act(make: Make) -> None:
    body = make.body()
    team, other = make.team(body=body), make.team(body=body)
    owner = make.person(team=team)
    manager = make.person(Role.MANAGER, team=other, leads=[team])

    for person in (make.person(team=team), manager):
        follow_up = make.follow_up(owner=owner)
        services_of(make, person, follow_up, "")
        assert not stored(make, follow_up).is_open


def test_where_the_way_back_leads_is_one_of_our_pages(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("follow_ups.complete", follow_up_id=follow_up.id)

    for back in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        after = mine.post(url, [("back", back)])
        assert after.url == f"/follow-ups/{follow_up.id}"


def test_the_page_tells_its_history(make: Make, browser: Browser) -> None:
    me, other = make.person(name="Ina Muster"), make.person(name="Ole Beispiel")
    follow_up = make.follow_up(owner=me, due_on=SATURDAY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    page = page.submit(button="Verschieben", due_on="4.5.2027")
    page = page.submit(button="Weitergeben", assignee=[str(other.id)])
    after = page.submit(button="Erledigt", result="Gut")

    assert [text.rsplit(" ", 2)[0] for text in after.texts("#history li")] == [
        "Ina Muster hat sie erledigt",
        "Ina Muster hat sie weitergegeben: Ina Muster → Ole Beispiel",
        "Ina Muster hat sie verschoben: 01.05.2027 → 04.05.2027",
    ]


def test_the_page_asks_few_queries(make: Make, browser: Browser, count_queries: list[str]) -> None:
    me = make.person()
    visit = make.visit(owner=me)
    follow_up = make.follow_up(
        owner=me, visit_id=visit.id, assignees=[make.person() for _ in range(5)]
    )
    mine = browser.signed_in_as(me)
    count_queries.clear()

    mine.open("follow_ups.show", follow_up_id=follow_up.id)

    assert len(count_queries) <= 7, "\n".join(count_queries)


@pytest.mark.parametrize("where", ["follow_ups.index", "follow_ups.show"])
def test_what_a_colleague_has_moved_meanwhile_is_not_overwritten_unseen(
    where: str, make: Make, browser: Browser
) -> None:
    me, other = make.person(), make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=SATURDAY)
    mine, theirs = browser.signed_in_as(me), browser.signed_in_as(other)
    page = mine.open(where, **({"follow_up_id": follow_up.id} if "show" in where else {}))
    their_page = theirs.open("follow_ups.show", follow_up_id=follow_up.id)
    their_page.submit(button="Verschieben", due_on="04.05.2027")

    told = page.submit(button="Verschieben", form="main form[action$=move]", due_on="10.05.2027")

    assert told.status == 409
    assert "Jemand anderes hat inzwischen Änderungen gesichert." in told.texts(".error-summary")[0]
    assert "Di, 04.05.2027" in told.texts(".facts")[0]
    assert told.attributes("#due_on", "value") == ["10.05.2027"]
    assert str(stored(make, follow_up).due_on) == "2027-05-04"
    told.submit(button="Verschieben")
    assert str(stored(make, follow_up).due_on) == "2027-05-10"


def test_what_a_colleague_has_given_away_meanwhile_is_not_taken_back_unseen(
    make: Make, browser: Browser
) -> None:
    me, other, third = make.person(), make.person(name="Zwei"), make.person(name="Drei")
    follow_up = make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)
    their_page = browser.signed_in_as(other).open("follow_ups.show", follow_up_id=follow_up.id)
    their_page.submit(button="Weitergeben", assignee=[str(other.id)])

    told = page.submit(button="Weitergeben", assignee=[str(third.id)])

    assert told.status == 409
    assert assignees(make, follow_up) == {other.id}
    assert told.attributes("#reassign input[checked]", "value") == [str(third.id)]
    told.submit(button="Weitergeben")
    assert assignees(make, follow_up) == {third.id}


def test_an_undo_does_not_undo_what_came_after_it(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=SATURDAY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)
    moved = page.submit(button="Verschieben", due_on="04.05.2027")
    moved.submit(button="Verschieben", form="#move form", due_on="10.05.2027")

    undone = moved.submit(button="Rückgängig", form=".flash .button-form")

    assert undone.status == 409
    assert str(stored(make, follow_up).due_on) == "2027-05-10"


def test_a_second_click_on_the_same_date_is_no_conflict(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=SATURDAY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    pages = [page.submit(button="Verschieben", due_on="04.05.2027") for _ in range(2)]

    assert [answer.status for answer in pages] == [200, 200]
