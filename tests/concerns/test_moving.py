"""Cards move by menu and by script; who is slower is told."""

from __future__ import annotations

import pytest

from crm.clock import now
from crm.concerns import services
from crm.concerns.models import Outcome, Stage
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from tests.concerns.steps import cards, let_help, sent_by_script, stored
from tests.make import Make
from tests.page import Browser


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


def test_closing_points_out_referrals_without_a_result(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Nachfolge", owner=me, stage=Stage.WITH_PARTNER)
    chamber, bank = (
        make.organisation(name, kind=OrganisationKind.PARTNER) for name in ("Kammer", "Bank")
    )
    waiting = make.referral(concern, partner=chamber)
    make.referral(concern, partner=bank, result=ReferralResult.HELPED)
    make.referral(concern, partner=bank, taken_back_at=now())
    page = browser.signed_in_as(me).open("concerns.board")

    asked = page.submit(button="Abschließen …")

    assert "1 Vermittlung ist noch ohne Ergebnis" in asked.texts(".stage-form__closing")[0]
    assert asked.texts("#open-referrals a") == ["Kammer"]
    assert asked.attributes("#open-referrals a", "href") == [f"/referrals/{waiting.id}"]
    # It is said, not refused: only the referral needs a result to be closed
    asked.submit(button="Stand ändern", outcome="withdrawn", reason="Hat sich erledigt")
    assert stored(make, concern).stage is Stage.CLOSED


def test_closing_points_out_nothing_where_every_partner_has_answered(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    make.referral(concern, result=ReferralResult.NO_ANSWER)

    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id, stage="closed")

    assert page.texts(".stage-form__closing") != []
    assert page.texts("#open-referrals") == []


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
