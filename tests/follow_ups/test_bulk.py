"""Several at once: each by its own right, the rest named, one undo, a constant cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.clock import now, today
from crm.concerns.models import Concern
from crm.db import db
from crm.errors import Conflict, NotFound
from crm.follow_ups import services
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from tests.follow_ups.steps import MONDAY, actions, assignees, stored
from tests.make import Make
from tests.page import Browser

UNDO = ".flash .button-form"


def keys(*follow_ups: FollowUp) -> Sequence[str]:
    return [str(follow_up.id) for follow_up in follow_ups]


def test_what_is_ticked_is_completed_and_undone_as_one(make: Make, browser: Browser) -> None:
    me = make.person()
    one, two, three = (make.follow_up(owner=me) for _ in range(3))
    page = browser.signed_in_as(me).open("follow_ups.index", due="today")

    after = page.submit(
        button="Auswahl erledigen", form="#bulk", fields={"follow_up": keys(one, two)}
    )

    assert after.url.startswith("/follow-ups?due=today")
    assert after.texts(".flash p") == ["2 Wiedervorlagen sind erledigt."]
    assert [stored(make, f).is_open for f in (one, two, three)] == [False, False, True]
    assert actions(make, one.id) == ["completed"]
    back = after.submit(button="Rückgängig", form=UNDO)
    assert back.texts(".flash p") == ["2 Wiedervorlagen sind wieder wie vorher."]
    assert [stored(make, f).is_open for f in (one, two, three)] == [True, True, True]
    assert actions(make, one.id) == ["reopened", "completed"]


def test_all_of_the_page_need_one_tick_without_scripts(make: Make, browser: Browser) -> None:
    me = make.person()
    all_of_them = [make.follow_up(owner=me) for _ in range(3)]
    page = browser.signed_in_as(me).open("follow_ups.index")

    page.submit(button="Auswahl erledigen", form="#bulk", page=True)

    assert not any(stored(make, f).is_open for f in all_of_them)


def test_they_are_moved_to_a_working_day_and_back_to_their_own(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    days = [today() - timedelta(days=3), today(), MONDAY]
    one, two, there = (make.follow_up(f"Nr {d}", owner=me, due_on=d) for d in days)
    page = browser.signed_in_as(me).open("follow_ups.index")

    after = page.submit(button="Alle verschieben", form="#bulk", page=True, due_on="1.5.2027")

    assert [stored(make, f).due_on for f in (one, two, there)] == [MONDAY] * 3
    first, second = after.texts(".flash p")
    assert "2 Wiedervorlagen sind verschoben auf Mo, 03.05.2027." in first
    assert "Der 01.05.2027 ist kein Arbeitstag; es gilt der nächste." in first
    assert second == f"Schon an diesem Tag oder erledigt: „{there.title}“."
    after.submit(button="Rückgängig", form=UNDO)
    assert [stored(make, f).due_on for f in (one, two, there)] == days


def test_a_quick_choice_moves_all_of_them(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index")

    page.submit(button="+ 1 Woche", form="#bulk", page=True)

    assert stored(make, follow_up).due_on >= today() + timedelta(days=7)


def test_they_are_given_to_a_colleague_and_back(make: Make, browser: Browser) -> None:
    me, other, third = make.person(), make.person(name="Ole Beispiel"), make.person()
    one = make.follow_up(owner=me, assignees=[me, third])
    two = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index")

    after = page.submit(button="Alle weitergeben", form="#bulk", page=True, assignee=str(other.id))

    assert assignees(make, one) == assignees(make, two) == {other.id}
    assert after.texts(".flash p") == ["2 Wiedervorlagen liegen jetzt bei: Ole Beispiel."]
    after.submit(button="Rückgängig", form=UNDO)
    assert (assignees(make, one), assignees(make, two)) == ({me.id, third.id}, {me.id})


def test_what_one_may_not_change_is_named_and_left(make: Make, browser: Browser) -> None:
    me = make.person()
    neighbour = make.person(team=make.team(body=make.home_body))
    mine_one = make.follow_up(owner=me)
    theirs = make.follow_up("Der Nachbarn", owner=neighbour)
    page = browser.signed_in_as(me).open("follow_ups.index", scope="all")

    after = page.submit(button="Auswahl erledigen", form="#bulk", page=True)

    assert not stored(make, mine_one).is_open
    assert stored(make, theirs).is_open
    assert after.texts(".flash p") == [
        "1 Wiedervorlage ist erledigt.",
        "Nicht geändert, weil sie weder bei Ihnen noch bei Ihrem Team liegen: „Der Nachbarn“.",
    ]


def test_what_one_does_not_see_is_as_if_it_were_not_there(make: Make, browser: Browser) -> None:
    me = make.person()
    hidden = make.follow_up("Geheim", owner=make.person(), visibility=Visibility.MANAGERS)
    foreign = make.follow_up("Fremd", owner=make.person(team=make.team()))
    mine = browser.signed_in_as(me)
    url = mine.url("follow_ups.bulk")

    after = mine.post(url, [("follow_up", key) for key in keys(hidden, foreign)])
    missing = mine.post(url, [("follow_up", str(UUID(int=1))), ("follow_up", "quatsch")])

    assert after.texts(".flash p") == ["Davon gibt es nichts mehr zu ändern."]
    assert after.texts(".flash p") == missing.texts(".flash p")
    assert stored(make, hidden).is_open
    assert stored(make, foreign).is_open


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([], "Bitte wählen Sie mindestens eine Wiedervorlage."),
        (
            [("follow_up", str(UUID(int=n))) for n in range(1, 102)],
            "Bitte wählen Sie höchstens 100 Wiedervorlagen auf einmal.",
        ),
    ],
)
def test_none_and_too_many_come_back_with_a_sentence(
    fields: list[tuple[str, str]], sentence: str, make: Make, browser: Browser
) -> None:
    mine = browser.signed_in_as(make.person())

    after = mine.post(mine.url("follow_ups.bulk"), [("step", "complete"), *fields])

    assert after.status == 422
    assert after.texts("[role=alert]") == [sentence]


@pytest.mark.parametrize(
    ("step", "field", "typed"),
    [
        ("move", "due_on", ""),
        ("move", "due_on", "nie"),
        ("reassign", "assignee", ""),
        ("reassign", "assignee", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_what_is_wrong_is_told_and_the_ticks_stay(
    step: str, field: str, typed: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    mine = browser.signed_in_as(me)

    after = mine.post(
        mine.url("follow_ups.bulk", scope="mine"),
        [("step", step), (field, typed), ("follow_up", str(follow_up.id))],
    )

    assert after.status == 422
    assert after.attributes("[role=alert] a", "href") == [f"#{field}"]
    assert len(after.soup.select(".bulk__box[checked]")) == 1
    assert stored(make, follow_up).due_on == today()
    assert assignees(make, follow_up) == {me.id}


def test_a_second_click_changes_nothing_more(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index")
    once = page.submit(button="Auswahl erledigen", form="#bulk", page=True)

    twice = page.submit(button="Auswahl erledigen", form="#bulk", page=True)
    once.submit(button="Rückgängig", form=UNDO)
    again = once.submit(button="Rückgängig", form=UNDO)

    assert twice.texts(".flash p") == ["Schon erledigt: „Rückruf“."]
    assert again.texts(".flash p") == []
    assert actions(make, follow_up.id) == ["reopened", "completed"]


def test_what_somebody_changed_since_is_not_undone(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    touched, left = make.follow_up("Bewegt", owner=me), make.follow_up(owner=me)
    moved = (
        browser.signed_in_as(me)
        .open("follow_ups.index")
        .submit(button="Alle verschieben", form="#bulk", page=True, due_on="4.5.2027")
    )
    actor = make.actor(other)
    make.run(lambda: services.move(actor, touched.id, due_on=MONDAY))

    after = moved.submit(button="Rückgängig", form=UNDO)

    assert after.texts(".flash p") == [
        "1 Wiedervorlage ist wieder wie vorher.",
        "Inzwischen geändert und darum geblieben: „Bewegt“.",
    ]
    assert (stored(make, touched).due_on, stored(make, left).due_on) == (MONDAY, today())


def test_nobody_undoes_the_step_of_another(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    follow_up = make.follow_up(owner=me)
    actor, stranger = make.actor(me), make.actor(other)
    step = make.run(lambda: services.complete_many(actor, [follow_up.id]))
    assert step.key is not None
    key = step.key

    with pytest.raises(NotFound):
        make.run(lambda: services.undo_many(stranger, key))
    theirs = browser.signed_in_as(other)
    for sent in (str(key), str(UUID(int=1)), "quatsch", ""):
        answer = theirs.post(theirs.url("follow_ups.undo_bulk"), [("bulk", sent)])
        assert answer.status == 404
    assert not stored(make, follow_up).is_open


def test_promises_answer_their_concerns_and_series_go_on(make: Make) -> None:
    me = make.person()
    concern = make.concern(owner=me, opened_at=now() - timedelta(days=2))
    promise = make.follow_up(owner=me, promised=True, concern_id=concern.id)
    serial = make.follow_up(owner=me, recurrence="FREQ=DAILY;COUNT=50", recurs_from=today())
    actor = make.actor(me)

    def answered_at() -> object:
        return make.run(lambda: db.session.get_one(Concern, concern.id).first_responded_at)

    def count() -> int:
        query = sa.select(sa.func.count()).select_from(FollowUp)
        return make.run(lambda: db.session.scalar(query)) or 0

    step = make.run(lambda: services.complete_many(actor, [promise.id, serial.id]))
    assert step.made == 1
    assert count() == 3
    assert answered_at() == stored(make, promise).done_at
    assert step.key is not None
    key = step.key

    make.run(lambda: services.undo_many(actor, key))

    assert count() == 2
    assert answered_at() is None


@pytest.mark.parametrize("step", ["complete", "move", "reassign"])
def test_many_cost_as_many_queries_as_few(step: str, make: Make, count_queries: list[str]) -> None:
    me, other = make.person(), make.person()
    concern = make.concern(owner=me, opened_at=now() - timedelta(days=2))
    actor = make.actor(me)

    def asked(number: int) -> tuple[int, int]:
        made = [
            make.follow_up(
                owner=me,
                promised=True,
                concern_id=concern.id,
                recurrence="FREQ=DAILY;COUNT=50",
                recurs_from=today(),
            ).id
            for _ in range(number)
        ]
        count_queries.clear()
        match step:
            case "complete":
                done = make.run(lambda: services.complete_many(actor, made))
            case "move":
                done = make.run(lambda: services.move_many(actor, made, due_on=MONDAY))
            case _:
                done = make.run(
                    lambda: services.reassign_many(actor, made, assignee_ids=[other.id])
                )
        there = len(count_queries)
        assert len(done.changed) == number
        assert done.key is not None
        key = done.key
        count_queries.clear()
        make.run(lambda: services.undo_many(actor, key))
        return there, len(count_queries)

    assert asked(2) == asked(60), "\n".join(count_queries)


def test_readers_have_no_boxes_and_no_way(make: Make, browser: Browser) -> None:
    follow_up = make.follow_up()
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("follow_ups.index")

    assert page.soup.select("#bulk, .bulk__box") == []
    sent = [("follow_up", str(follow_up.id))]
    assert reader.post(reader.url("follow_ups.bulk"), sent).status == 403
    assert stored(make, follow_up).is_open


def test_the_service_asks_for_one_to_a_hundred(make: Make) -> None:
    actor = make.actor()

    for number in (0, 101):
        with pytest.raises(Conflict):
            make.run(
                lambda n=number: services.complete_many(  # type: ignore[misc]
                    actor, [UUID(int=i + 1) for i in range(n)]
                )
            )
