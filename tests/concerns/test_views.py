"""The list of concerns, and the page of one."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm.audit import history
from crm.clock import now, today
from crm.concerns import services
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.db import db
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser, Page


def titles(page: Page) -> list[str]:
    return page.texts("tbody th a")


def clocks(page: Page) -> list[str]:
    return page.texts("tbody td[data-label=Frist]")


def stored(make: Make, concern: Concern) -> Concern:
    return make.run(lambda: db.session.get_one(Concern, concern.id))


def test_an_officer_begins_with_their_own_by_what_is_due(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    make.concern("Später", owner=me, first_response_due_on=day + timedelta(days=30))
    make.concern("Bald", owner=me, first_response_due_on=day + timedelta(days=1))
    make.concern("Zu", owner=me, stage=Stage.CLOSED)
    make.concern("Anderer Leute", owner=make.person())

    page = browser.signed_in_as(me).open("concerns.index")

    assert titles(page) == ["Bald", "Später"]
    assert page.texts(".result-line strong") == ["2 Anliegen"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"first_response_due_on": 1}, "Erste Rückmeldung bis morgen"),
        ({"first_response_due_on": 0}, "Erste Rückmeldung bis heute"),
        ({"first_response_due_on": -2}, "2 Tage überfällig"),
        ({"first_response_due_on": -1}, "1 Tag überfällig"),
        ({"first_response_due_on": None, "resolution_due_on": 30}, "Lösung bis %s"),
        ({"first_responded_at": True, "resolution_due_on": 30}, "Lösung bis %s"),
        ({"first_responded_at": True, "resolution_due_on": -3}, "3 Tage überfällig"),
        ({"first_response_due_on": None, "resolution_due_on": None}, "ohne Frist"),
    ],
)
def test_the_clock_speaks(
    columns: dict[str, int | bool | None], words: str, make: Make, browser: Browser
) -> None:
    me, day = make.person(), today()
    values: dict[str, Any] = {
        name: now() if value is True else None if value is None else day + timedelta(days=value)
        for name, value in columns.items()
    }
    make.concern(owner=me, **values)

    page = browser.signed_in_as(me).open("concerns.index")

    expected = words.replace("%s", f"{day + timedelta(days=30):%d.%m.%Y}")
    assert clocks(page) == [expected]


def test_the_list_can_be_narrowed(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Häusler")
    make.concern(
        "Gesucht",
        owner=me,
        organisation=organisation,
        topic="succession",
        flag=Flag.URGENT,
        stage=Stage.WITH_PARTNER,
        first_response_due_on=today() - timedelta(days=1),
    )
    make.concern("Andere", owner=me)
    make.concern("Zu", owner=me, stage=Stage.CLOSED)
    mine = browser.signed_in_as(me)

    for values in (
        {"topic": str(make.topic("succession").id)},
        {"flag": "urgent"},
        {"stage": "with_partner"},
        {"organisation": str(organisation.id)},
        {"late": "1"},
        {"q": "haeus"},
        {"q": "gesu"},
    ):
        assert titles(mine.open("concerns.index", **values)) == ["Gesucht"], values
    assert titles(mine.open("concerns.index", stage="closed")) == ["Zu"]
    assert len(titles(mine.open("concerns.index", stage="all"))) == 3
    assert mine.open("concerns.index", flag="x", topic="1", stage=";", after="bad").status == 200


def test_what_is_hidden_is_neither_listed_nor_counted(make: Make, browser: Browser) -> None:
    make.concern("Für alle", owner=make.person())
    make.concern("Für die Leitung", owner=make.person(), visibility=Visibility.MANAGERS)
    make.concern("Fremd", owner=make.person(team=make.team()))
    officer, manager = make.person(), make.person(Role.MANAGER)

    page = browser.signed_in_as(officer).open("concerns.index", scope="all")
    of_manager = browser.signed_in_as(manager).open("concerns.index")

    assert titles(page) == ["Für alle"]
    assert page.texts(".result-line strong") == ["1 Anliegen"]
    assert of_manager.texts(".result-line strong") == ["2 Anliegen"]


@pytest.mark.parametrize("sort", ["", "newest"])
@pytest.mark.parametrize("stage", ["", "closed"])
def test_pages_follow_by_key(sort: str, stage: str, make: Make, browser: Browser) -> None:
    me = make.person()
    for number in range(52):
        make.concern(
            owner=me,
            stage=Stage.CLOSED if stage else Stage.NEW,
            first_response_due_on=None if number % 3 else today() + timedelta(days=number % 4),
            resolution_due_on=None,
        )
    first = browser.signed_in_as(me).open("concerns.index", sort=sort, stage=stage)

    second = first.follow("Nächste Seite")

    assert len(titles(first)) == 50
    assert len(set(titles(first) + titles(second))) == 52
    assert titles(second.follow("Vorige Seite")) == titles(first)


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_asks_the_same_number_of_queries(
    rows: int, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    reader = browser.signed_in_as(make.person(Role.MANAGER))
    for _ in range(rows):
        make.concern()
    count_queries.clear()

    page = reader.open("concerns.index", scope="all")

    assert len(titles(page)) == rows
    assert len(count_queries) == 7, "\n".join(count_queries)


@pytest.mark.parametrize("rows", [1, 50])
def test_the_page_asks_the_same_number_of_queries(
    rows: int, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    for _ in range(rows):
        visit = make.visit(owner=me, organisation=make.organisation())
        make.topic_note(visit, concern_id=concern.id)
        make.follow_up(owner=me, concern_id=concern.id, visit_id=visit.id)
        make.referral(concern)
    mine = browser.signed_in_as(me)
    count_queries.clear()

    page = mine.open("concerns.show", concern_id=concern.id)

    assert len(page.soup.select("#notes li")) == rows
    assert len(page.soup.select("#follow-ups li")) == rows
    assert len(count_queries) == 12, "\n".join(count_queries)


def test_the_file_holds_what_the_list_shows(make: Make, browser: Browser) -> None:
    me = make.person(name="Ina Muster")
    make.concern("@Nachfolge", owner=me, flag=Flag.URGENT, topic="succession")
    make.concern("Andere", owner=me)

    answer = browser.signed_in_as(me).download("concerns.export", flag="urgent")

    text = answer.get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert [(row["Anliegen"], row["Einstufung"], row["Zuständig"]) for row in rows] == [
        ("'@Nachfolge", "Dringend", "Ina Muster")
    ]


def test_the_page_shows_only_the_notes_one_may_see(make: Make, browser: Browser) -> None:
    owner = make.person()
    concern = make.concern(owner=owner)
    open_visit = make.visit(owner=owner, topics=[])
    hidden_visit = make.visit(owner=owner, visibility=Visibility.MANAGERS)
    make.topic_note(open_visit, concern_id=concern.id, note="Sichtbare Worte")
    make.topic_note(hidden_visit, concern_id=concern.id, note="Verborgene Worte")
    make.follow_up("Verborgen", owner=owner, concern_id=concern.id, visibility=Visibility.MANAGERS)

    page = browser.signed_in_as(make.person()).open("concerns.show", concern_id=concern.id)

    assert "Sichtbare Worte" in page.text
    assert "Verborgene" not in page.text
    assert page.soup.select("#follow-ups li") == []


# --- the stage ------------------------------------------------------------------------------------


def test_the_stage_is_changed_and_changed_back(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Nachfolge", owner=me)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    moved = page.submit(button="Stand ändern", stage="in_progress")

    assert "„Nachfolge“ steht jetzt auf „In Arbeit“." in moved.texts(".flash")[0]
    assert stored(make, concern).stage is Stage.IN_PROGRESS
    moved.submit(button="Rückgängig")
    assert stored(make, concern).stage is Stage.NEW
    events = make.run(lambda: history(concern.id))
    assert [event.changes["stage"] for event in events] == [
        ["in_progress", "new"],
        ["new", "in_progress"],
    ]


def test_closing_takes_an_outcome_and_a_reason(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    without = page.submit(button="Stand ändern", stage="closed", reason="Beraten")
    unreasoned = page.submit(button="Stand ändern", stage="closed", outcome="solved", reason=" ")
    closed = page.submit(button="Stand ändern", stage="closed", outcome="solved", reason="Beraten")

    assert without.status == unreasoned.status == 422
    assert without.texts("#outcome-error")
    assert without.texts("#reason") == ["Beraten"]
    assert unreasoned.texts("#reason-error")
    assert closed.status == 200
    now_stored = stored(make, concern)
    assert (now_stored.outcome, now_stored.outcome_reason) == (Outcome.SOLVED, "Beraten")
    assert now_stored.closed_at is not None
    assert "gelöst am" in closed.texts(".page__lead")[0]


def test_closing_and_reopening_can_be_undone_with_nothing_lost(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    reason = "Sehr viel Text. " * 500
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)
    closed = page.submit(button="Stand ändern", stage="closed", outcome="solved", reason=reason)

    opened = closed.submit(button="Stand ändern", stage="clarifying")
    again = opened.submit(button="Rückgängig")

    assert again.status == 200
    found = stored(make, concern)
    assert (found.stage, found.outcome, found.outcome_reason) == (
        Stage.CLOSED,
        Outcome.SOLVED,
        reason,
    )


def test_a_stale_version_shows_what_holds_and_loses_nothing(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person(name="Kim Kollegin")
    concern = make.concern("Nachfolge", owner=me)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)
    actor = make.actor(colleague)
    make.run(lambda: services.move_concern(actor, concern.id, version=1, stage=Stage.WITH_PARTNER))

    conflict = page.submit(
        button="Stand ändern", stage="closed", outcome="partly_solved", reason="Zum Teil geholfen"
    )

    assert conflict.status == 409
    assert "Beim Partner" in conflict.texts(".page__lead")[0]
    told = "Kim Kollegin hat „Nachfolge“ inzwischen auf „Beim Partner“ verschoben."
    assert told in conflict.texts("[role=alert] li")
    assert conflict.texts("#reason") == ["Zum Teil geholfen"]
    assert stored(make, concern).stage is Stage.WITH_PARTNER
    after = conflict.submit(button="Stand ändern")
    assert after.status == 200
    assert stored(make, concern).outcome is Outcome.PARTLY_SOLVED


def test_a_second_click_changes_nothing_twice(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    for _ in range(2):
        assert page.submit(button="Stand ändern", stage="clarifying").status == 200

    assert len(make.run(lambda: history(concern.id))) == 1


@pytest.mark.parametrize("stage", ["", "unknown", "\u202e"])
def test_no_other_stage_can_be_set(stage: str, make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("concerns.move", concern_id=concern.id)

    after = mine.post(url, [("stage", stage), ("version", "1")])

    assert after.status == 422
    assert after.texts("#stage-error") == ["Bitte wählen Sie einen der angebotenen Einträge."]


@pytest.mark.parametrize("version", ["", "x", "9" * 50, "-1", "²"])
def test_a_version_that_is_none_is_a_conflict(version: str, make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("concerns.move", concern_id=concern.id)

    after = mine.post(url, [("stage", "clarifying"), ("version", version)])

    assert after.status == 409
    assert stored(make, concern).stage is Stage.NEW


def test_foreign_missing_and_hidden_ones_answer_alike(make: Make, browser: Browser) -> None:
    foreign = make.concern(owner=make.person(team=make.team()))
    hidden = make.concern(owner=make.person(), visibility=Visibility.MANAGERS)
    mine = browser.signed_in_as(make.person())
    keys = (foreign.id, hidden.id, UUID(int=hidden.id.int ^ 1))

    shown = [mine.open("concerns.show", concern_id=key) for key in keys]
    moved = [
        mine.post(mine.url("concerns.move", concern_id=key), [("stage", "new"), ("version", "1")])
        for key in keys
    ]

    assert [page.status for page in (*shown, *moved)] == [404] * 6


def test_who_sees_but_may_not_move_is_refused(make: Make, browser: Browser) -> None:
    body = make.body()
    ours, theirs = make.team(body=body), make.team(body=body)
    concern = make.concern(owner=make.person(team=theirs))

    for person in (make.person(Role.READER, team=theirs), make.person(team=ours)):
        page = browser.signed_in_as(person).open("concerns.show", concern_id=concern.id)
        assert page.status == 200
        assert page.soup.select("#move") == []
        url = page.browser.url("concerns.move", concern_id=concern.id)
        for stage in ("clarifying", "nonsense"):
            after = page.browser.post(url, [("stage", stage), ("version", "1")])
            assert after.status == 403

    assert stored(make, concern).stage is Stage.NEW
    assert make.run(lambda: history(concern.id)) == []


def test_readers_get_the_list_but_no_file(make: Make, browser: Browser) -> None:
    make.concern("Für alle")
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("concerns.index")

    assert titles(page) == ["Für alle"]
    assert "CSV" not in page.text
    assert reader.download("concerns.export").status_code == 403


def test_the_empty_list_says_where_concerns_come_from(make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person()).open("concerns.index")

    assert page.texts(".empty .strong") == ["Hier ist kein Anliegen offen."]
