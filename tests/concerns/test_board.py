"""The board: columns, cards, what they hold and how they move."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crm.clock import now, today
from crm.concerns import services
from crm.concerns.models import Collaborator, Concern, Flag, Outcome, Stage
from crm.db import db, transaction
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.visibility import Visibility
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser, Page


def cards(page: Page, stage: str) -> list[str]:
    return page.texts(f"#column-{stage} .card__title a")


def head(page: Page, stage: str) -> list[str]:
    return page.texts(f"#column-{stage} .board__count")


def stored(make: Make, concern: Concern) -> Concern:
    return make.run(lambda: db.session.get_one(Concern, concern.id))


def let_help(make: Make, concern: Concern, person_id: Any) -> None:
    def add() -> None:
        with transaction() as session:
            session.add(Collaborator(concern_id=concern.id, person_id=person_id))

    make.run(add)


def sent_by_script(page: Page, concern: Concern, stage: str, version: int = 1) -> TestResponse:
    """Send what the board's script sends."""
    return page.browser.answer(
        "POST",
        page.browser.url("concerns.move", concern_id=concern.id),
        [("csrf_token", page.token), ("stage", stage), ("version", str(version)),
         ("back", "/concerns/board")],
        headers={"X-Requested-With": "fetch"},
    )  # fmt: skip


def test_each_concern_stands_in_the_column_of_its_stage(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Beispielwerk GmbH")
    late = today() - timedelta(days=2)
    make.concern("Später", owner=me, organisation=organisation)
    make.concern(
        "Überfällig", owner=me, flag=Flag.URGENT, first_response_due_on=late, topic="succession"
    )
    make.concern("Beim Amt", owner=me, stage=Stage.WITH_PARTNER)
    make.concern("Fertig", owner=me, stage=Stage.CLOSED, jobs_secured=12, jobs_created=1)

    page = browser.signed_in_as(me).open("concerns.board")

    assert page.texts("h1") == ["Anliegen"]
    assert page.texts(".board__head h2") == [
        "Neu",
        "In Klärung",
        "In Arbeit",
        "Beim Partner",
        "Abgeschlossen letzte 30 Tage",
    ]
    assert cards(page, "new") == ["Überfällig", "Später"]
    assert page.texts("#column-new .card")[0] == (
        "Überfällig Musterbetrieb 1 GmbH 2 Tage überfällig Dringend · Nachfolge Ich"
        " Verschieben : Überfällig In Klärung In Arbeit Beim Partner Abschließen …"
    ).replace("Musterbetrieb 1 GmbH", page.texts("#column-new .card__place")[0])
    assert page.texts("#column-new .card__place")[1] == "Beispielwerk GmbH"
    assert "seit heute" in page.texts("#column-with_partner .card")[0]
    assert page.texts("#column-closed .kern-badge") == [
        "gelöst · 12 Arbeitsplätze gesichert · 1 Arbeitsplatz geschaffen"
    ]
    assert [head(page, stage) for stage in ("new", "clarifying", "closed")] == [["2"], ["0"], ["1"]]


def test_what_was_closed_long_ago_has_left_the_board(make: Make, browser: Browser) -> None:
    me = make.person()
    for days in (29, 31):
        make.concern(
            f"Vor {days} Tagen", owner=me, stage=Stage.CLOSED, closed_at=now() - timedelta(days)
        )

    page = browser.signed_in_as(me).open("concerns.board")

    assert cards(page, "closed") == ["Vor 29 Tagen"]


def test_a_card_says_which_partner_is_to_answer_next(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Beim Amt", owner=me, stage=Stage.WITH_PARTNER)
    chamber, office = (
        make.organisation(name, kind=OrganisationKind.PARTNER) for name in ("Kammer", "Bauamt")
    )
    soon = today() + timedelta(days=3)
    make.referral(concern, partner=chamber, answer_due_on=soon)
    make.referral(concern, partner=office, answer_due_on=soon + timedelta(days=1))
    make.referral(concern, partner=office, answer_due_on=today(), result=ReferralResult.HELPED)

    (card,) = browser.signed_in_as(me).open("concerns.board").texts("#column-with_partner .card")

    assert f"Kammer · Rückmeldung bis {soon:%d.%m.%Y}" in card
    assert "Bauamt" not in card


def test_board_and_list_have_the_same_filter(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    organisation = make.organisation("Häusler", municipality="Kleinstadt")
    wanted = make.concern(
        "Gesucht",
        owner=colleague,
        organisation=organisation,
        topic="succession",
        flag=Flag.URGENT,
        first_response_due_on=today() - timedelta(days=1),
    )
    let_help(make, wanted, me.id)
    make.concern("Eigenes", owner=me)
    make.concern("Anderer Leute", owner=colleague)
    mine = browser.signed_in_as(me)

    assert cards(mine.open("concerns.board"), "new") == ["Gesucht", "Eigenes"]
    for values in (
        {"topic": str(make.topic("succession").id)},
        {"flag": "urgent"},
        {"organisation": str(organisation.id)},
        {"late": "1"},
        {"q": "haeus"},
        {"municipality": "Kleinstadt"},
    ):
        board = mine.open("concerns.board", scope="all", **values)
        assert cards(board, "new") == ["Gesucht"], values
        assert board.follow("Liste").texts("tbody th a") == ["Gesucht"], values
    assert len(cards(mine.open("concerns.board", scope="all"), "new")) == 3
    listed = mine.open("concerns.index", q="gesu", stage="closed", sort="newest")
    assert cards(listed.follow("Tafel"), "new") == ["Gesucht"]


def test_what_is_hidden_is_neither_a_card_nor_counted(make: Make, browser: Browser) -> None:
    hidden = make.concern("Für die Leitung", owner=make.person(), visibility=Visibility.MANAGERS)
    make.concern("Fremd", owner=make.person(team=make.team()))
    make.concern("Für alle", owner=make.person())
    officer = make.person()
    let_help(make, hidden, officer.id)

    page = browser.signed_in_as(officer).open("concerns.board", scope="all")

    assert cards(page, "new") == ["Für alle"]
    assert head(page, "new") == ["1"]
    assert browser.signed_in_as(officer).open("concerns.board").texts(".card") == []


def test_a_column_goes_on_by_key(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    for number in range(34):
        make.concern(
            f"Nummer {number}",
            owner=me,
            first_response_due_on=day + timedelta(days=number // 3),
        )
    make.concern("Steht", owner=me, stage=Stage.CLARIFYING)
    mine = browser.signed_in_as(me)

    first = mine.open("concerns.board")
    second = first.follow("Weitere zeigen : Neu")
    third = second.follow("Weitere zeigen : Neu")

    found = [cards(page, "new") for page in (first, second, third)]
    assert [len(part) for part in found] == [15, 15, 4]
    assert len(set(itertools.chain(*found))) == 34
    assert head(third, "new") == ["34"]
    assert "Weitere zeigen" not in third.text
    # The other columns stay where they begin
    assert cards(third, "clarifying") == ["Steht"]
    assert cards(third.follow("Zum Anfang der Spalte"), "new") == found[0]
    fragment = mine.answer("GET", first.links["Weitere zeigen : Neu"].replace("?", "?part=cards&"))
    assert "<html" not in fragment.text
    assert all(title in fragment.text for title in found[1])


def test_many_are_not_counted_to_the_end(make: Make, browser: Browser) -> None:
    me, concern = make.person(), make.concern()
    columns = {c.name: getattr(concern, c.name) for c in Concern.__table__.columns}
    del columns["id"], columns["next_due_on"]
    columns["owner_id"] = me.id

    def fill() -> None:
        with transaction() as session:
            session.add_all([Concern(**columns) for _ in range(1001)])

    make.run(fill)

    page = browser.signed_in_as(me).open("concerns.board")

    assert head(page, "new") == ["über 1.000"]


@pytest.mark.parametrize("rows", [1, 70])
def test_the_board_asks_the_same_number_of_queries(
    rows: int, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    helper = make.person()
    for number in range(rows):
        let_help(make, make.concern(stage=list(Stage)[number % 5]), helper.id)
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    count_queries.clear()

    page = manager.open("concerns.board", scope="all")

    assert len(page.soup.select(".card")) == rows
    assert len(count_queries) == 8, "\n".join(count_queries)


@pytest.mark.parametrize("text", [text for text in NAUGHTY if text.strip()][::7])
def test_any_title_is_shown_as_it_is(text: str, make: Make, browser: Browser) -> None:
    me = make.person()
    make.concern(text, owner=me)

    page = browser.signed_in_as(me).open("concerns.board")

    assert cards(page, "new") == [" ".join(text.split())]


def test_an_empty_board_says_where_concerns_come_from(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.person())

    mine = officer.open("concerns.board")
    filtered = officer.open("concerns.board", q="gibtesnicht")

    assert mine.texts(".empty .strong") == ["Hier ist kein Anliegen offen."]
    assert filtered.texts(".empty .strong") == ["Kein Anliegen passt zu diesen Filtern."]
    assert filtered.follow("Filter zurücksetzen").status == 200


# --- moving ---------------------------------------------------------------------------------------


def test_the_menu_of_a_card_moves_it_and_leads_back(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Nachfolge", owner=me)
    page = browser.signed_in_as(me).open("concerns.board", scope="team")

    moved = page.submit(button="In Arbeit")

    assert moved.url == "/concerns/board?scope=team"
    assert cards(moved, "in_progress") == ["Nachfolge"]
    assert "„Nachfolge“ steht jetzt auf „In Arbeit“." in moved.texts(".flash")[0]
    back = moved.submit(button="Rückgängig")
    assert back.url == "/concerns/board?scope=team"
    assert cards(back, "new") == ["Nachfolge"]
    assert stored(make, concern).stage is Stage.NEW


def test_closing_asks_how_it_ended_before_anything_moves(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Nachfolge", owner=me)
    page = browser.signed_in_as(me).open("concerns.board")

    asked = page.submit(button="Abschließen …")

    assert asked.status == 200
    assert asked.soup.select("[role=alert]") == []
    assert stored(make, concern).stage is Stage.NEW
    assert asked.texts("#stage option[selected]") == ["Abgeschlossen"]
    closed = asked.submit(
        button="Stand ändern",
        outcome="solved",
        reason="Vermittelt",
        jobs_secured="1.200",
        investment="1.850.000",
        figures_source="Angabe des Unternehmens",
    )
    assert closed.url == "/concerns/board"
    assert cards(closed, "closed") == ["Nachfolge"]
    found = stored(make, concern)
    assert (found.outcome, found.jobs_secured, found.jobs_created, found.investment) == (
        Outcome.SOLVED,
        1200,
        None,
        1_850_000,
    )
    shown = closed.follow("Nachfolge")
    assert "1.850.000 €" in shown.texts("#facts")[0]
    opened = closed.submit(button="Rückgängig")
    assert cards(opened, "new") == ["Nachfolge"]


@pytest.mark.parametrize("typed", ["viele", "-1", "1,5", "9" * 30, "0" * 20 + "9" * 30])
def test_figures_are_whole_numbers(typed: str, make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id, stage="closed")

    refused = page.submit(button="Stand ändern", outcome="solved", reason="Gut", investment=typed)

    assert refused.status == 422
    assert refused.texts("#investment-error") == ["Bitte geben Sie eine ganze Zahl ab 0 ein."]
    assert refused.attributes("#investment", "value") == [typed]
    assert stored(make, concern).stage is Stage.NEW


def test_figures_wait_while_a_concern_is_open_again(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, stage=Stage.CLOSED, outcome_reason="Gut", jobs_secured=7)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    opened = page.submit(button="Stand ändern", stage="clarifying")

    assert "Arbeitsplätze gesichert" not in opened.texts("#facts")[0]
    assert opened.attributes("#jobs_secured", "value") == ["7"]
    again = opened.submit(button="Rückgängig")
    assert again.status == 200
    assert stored(make, concern).jobs_secured == 7


def test_a_better_outcome_moves_nothing_in_time(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, stage=Stage.CLOSED, outcome_reason="Gut")
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    page.submit(button="Stand ändern", outcome="partly_solved", jobs_created="3")

    found = stored(make, concern)
    assert (found.outcome, found.jobs_created) == (Outcome.PARTLY_SOLVED, 3)
    assert (found.closed_at, found.stage_since) == (concern.closed_at, concern.stage_since)


def test_a_script_gets_the_card_as_it_stands(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Nachfolge", owner=me)
    page = browser.signed_in_as(me).open("concerns.board")

    answer = sent_by_script(page, concern, "clarifying")

    assert answer.status_code == 200
    assert "steht jetzt auf „In Klärung“" in answer.text
    assert 'data-stage="clarifying"' in answer.text
    assert "Rückgängig" in answer.text
    # A second click finds it there
    assert sent_by_script(page, concern, "clarifying").status_code == 200
    assert stored(make, concern).version == 2


def test_who_was_slower_is_told_and_sees_where_it_stands(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person(name="Kim Kollegin")
    concern = make.concern("Nachfolge", owner=me)
    page = browser.signed_in_as(me).open("concerns.board")
    actor = make.actor(colleague)
    make.run(lambda: services.move_concern(actor, concern.id, version=1, stage=Stage.WITH_PARTNER))

    answer = sent_by_script(page, concern, "clarifying")

    assert answer.status_code == 409
    told = "Kim Kollegin hat „Nachfolge“ inzwischen auf „Beim Partner“ verschoben."
    assert told in answer.text
    assert 'data-stage="with_partner"' in answer.text
    assert stored(make, concern).stage is Stage.WITH_PARTNER
    # Without a script the concern's page says so, and the next attempt counts
    by_hand = page.submit(button="In Klärung")
    assert by_hand.status == 409
    assert told in by_hand.texts("[role=alert] li")
    assert by_hand.submit(button="Stand ändern", stage="clarifying").status == 200
    assert stored(make, concern).stage is Stage.CLARIFYING


def test_who_works_on_a_concern_moves_it_like_their_own(make: Make, browser: Browser) -> None:
    theirs = make.team(body=make.home_body)
    concern = make.concern("Nachfolge", owner=make.person(team=theirs))
    other = make.concern("Andere", owner=make.person(team=theirs))
    me = make.person()
    let_help(make, concern, me.id)

    page = browser.signed_in_as(me).open("concerns.board", scope="all")

    assert len(page.soup.select(".card")) == 2
    assert page.texts(".card--movable .card__title") == ["Nachfolge"]
    assert cards(page.submit(button="In Klärung"), "clarifying") == ["Nachfolge"]
    assert sent_by_script(page, other, "clarifying").status_code == 403
    assert stored(make, other).stage is Stage.NEW


def test_a_reader_sees_the_board_and_moves_nothing(make: Make, browser: Browser) -> None:
    concern = make.concern("Für alle")
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("concerns.board")

    assert cards(page, "new") == ["Für alle"]
    assert page.soup.select(".card--movable, .card form") == []
    assert "Alt" not in page.texts("main")[0]
    account = reader.open("accounts.show")
    assert sent_by_script(account, concern, "clarifying").status_code == 403


def test_back_leads_nowhere_else(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("concerns.move", concern_id=concern.id)
    places = ("https://example.org/", "//example.org", "/concerns/board?" + "q" * 500)

    for number, back in enumerate(places):
        stage = list(Stage)[1 + number].value
        fields = [("stage", stage), ("version", str(1 + number)), ("back", back)]
        assert mine.post(url, fields).url == f"/concerns/{concern.id}"
