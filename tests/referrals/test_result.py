"""Closing a referral with its result, what comes next, and the ways back."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.concerns.models import Stage
from crm.policy import Role
from crm.referrals.models import Referral, ReferralResult
from tests.make import Make
from tests.page import Browser, Page
from tests.referrals.steps import Case, stored

FORM = "form:has([name=result_note])"


def close(case: Case, referral: Referral, **values: str) -> Page:
    typed = {"result": "helped", "result_note": "Termin ist vereinbart."} | values
    page = case.browser.open("referrals.show", referral_id=referral.id)
    return page.submit(button="Vermittlung abschließen", fields=typed)


def test_an_officer_closes_a_referral_with_its_result(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)

    page = close(case, referral)

    assert page.texts(".flash p") == [
        "Die Vermittlung an IHK Musterstadt ist abgeschlossen: hat geholfen."
    ]
    assert "Termin ist vereinbart." in page.texts("#outcome")[0]
    (closed,) = stored(make)
    assert (closed.result, closed.is_open) == (ReferralResult.HELPED, False)
    concern = case.browser.open("concerns.show", concern_id=case.concern.id)
    assert "hat die Vermittlung an IHK Musterstadt abgeschlossen: hat geholfen" in " ".join(
        concern.texts("#history li")
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"result_note": " "}, "Bitte halten Sie das Ergebnis in einem Satz fest."),
        ({"result": ""}, "Bitte wählen Sie, was die Vermittlung ergeben hat."),
    ],
)
def test_without_a_result_it_stays_open(
    values: dict[str, str], sentence: str, make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)
    shown = case.browser.open("referrals.show", referral_id=referral.id)
    typed = {"result": "helped", "result_note": "Termin ist vereinbart."} | values
    pairs = [(n, v) for n, v in shown.filled_in(FORM, {}) if n not in typed]

    page = case.browser.post(
        case.browser.url("referrals.close", referral_id=referral.id),
        [*pairs, *typed.items()],
        page=shown,
    )

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary li") == [sentence]
    assert page.attributes("#result_note", "value") == [typed["result_note"].strip()]
    assert stored(make)[0].is_open


def test_the_company_is_told_by_a_promised_follow_up(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)

    form = close(case, referral).follow("Unternehmen informieren")

    assert form.attributes("#title", "value") == ["Unternehmen über das Ergebnis informieren"]
    assert form.soup.select("#promised[checked]")
    page = form.submit(button="Wiedervorlage sichern", due_on="+2w")
    assert page.texts("h1") == ["Vermittlung an IHK Musterstadt"]
    concern = case.browser.open("concerns.show", concern_id=case.concern.id)
    assert "Unternehmen über das Ergebnis informieren" in concern.texts("#follow-ups")[0]


def test_after_the_last_one_the_concern_moves_on(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    first = make.referral(case.concern, partner=case.partner)
    second = make.referral(case.concern)

    with_another = close(case, first)
    last = close(case, second)

    assert "Anliegen weiterführen" not in with_another.links
    assert last.links["Anliegen weiterführen"].endswith("#move")
    assert last.follow("Anliegen weiterführen").texts("h1") == ["Halle gesucht"]


def test_closing_is_taken_back(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)

    page = close(case, referral).submit(button="Rückgängig")

    assert stored(make)[0].is_open
    assert page.attributes("#result_note", "value") == ["Termin ist vereinbart."]


def test_a_second_click_changes_nothing(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)
    shown = case.browser.open("referrals.show", referral_id=referral.id)

    for _ in range(2):
        page = shown.submit(
            button="Vermittlung abschließen", result="no_answer", result_note="Nichts gehört."
        )

    assert page.status == HTTPStatus.OK
    history = case.browser.open("referrals.show", referral_id=referral.id).texts("#history li")
    assert len([line for line in history if "abgeschlossen" in line]) == 1


def test_who_closes_second_is_told(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)
    mine = case.browser.open("referrals.show", referral_id=referral.id)
    other = browser.signed_in_as(make.person()).open("referrals.show", referral_id=referral.id)

    other.submit(button="Vermittlung abschließen", result="helped", result_note="Erste.")
    page = mine.submit(
        button="Vermittlung abschließen", result="could_not_help", result_note="Zweite."
    )

    assert page.status == HTTPStatus.CONFLICT
    assert "Jemand anderes hat inzwischen" in page.texts(".error-summary")[0]
    assert "Erste." in page.texts("#outcome")[0]
    assert stored(make)[0].result_note == "Erste."


def test_what_was_agreed_can_be_changed_while_it_is_open(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    case.refer()
    (referral,) = stored(make)

    form = case.browser.open("referrals.show", referral_id=referral.id).follow("Bearbeiten")
    page = form.submit(button="Änderungen sichern", passed_on="Nur noch 500 Quadratmeter.")

    assert "Nur noch 500 Quadratmeter." in page.texts("#passed-on")[0]
    assert "hat geändert: Was darf der Partner erfahren?" in " ".join(page.texts("#history li"))
    close(case, stored(make)[0])
    closed = case.browser.open("referrals.edit", referral_id=referral.id)
    assert closed.status == HTTPStatus.CONFLICT


def test_who_edits_second_sees_both_versions(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner, contact=case.contact)
    mine = case.browser.open("referrals.edit", referral_id=referral.id)
    other = browser.signed_in_as(make.person()).open("referrals.edit", referral_id=referral.id)

    other.submit(button="Änderungen sichern", passed_on="Deren Text")
    page = mine.submit(button="Änderungen sichern", passed_on="Mein Text")

    assert page.status == HTTPStatus.CONFLICT
    assert page.texts(".conflict td") == ["Mein Text", "Deren Text"]
    page.submit(button="Änderungen sichern")
    assert stored(make)[0].passed_on == "Mein Text"


def test_what_has_gone_out_is_not_taken_back(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, result=ReferralResult.HELPED)
    url = case.browser.url("referrals.take_back", referral_id=referral.id)

    page = case.browser.post(url, [])

    assert page.status == HTTPStatus.CONFLICT
    assert "statt sie zurückzunehmen" in page.texts("main")[0]
    assert stored(make)[0].taken_back_at is None


def test_a_closed_concern_keeps_its_open_referrals_and_lets_them_close(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    done = make.concern(owner=case.officer, stage=Stage.CLOSED)
    referral = make.referral(done, partner=case.partner)

    page = close(case, referral)

    assert page.status == HTTPStatus.OK
    assert "Anliegen weiterführen" not in page.links


@pytest.mark.parametrize("action", ["close", "reopen", "take_back", "put_back", "send"])
def test_only_who_may_move_the_concern_changes_its_referrals(
    action: str, make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)
    url = case.browser.url(f"referrals.{action}", referral_id=referral.id)
    sent = [("result", "helped"), ("result_note", "x"), ("version", "1")]

    for person, status in (
        (make.person(Role.READER), HTTPStatus.FORBIDDEN),
        (make.person(team=make.team(body=make.home_body)), HTTPStatus.FORBIDDEN),
        (make.person(team=make.team()), HTTPStatus.NOT_FOUND),
    ):
        assert browser.signed_in_as(person).post(url, sent).status == status

    (left,) = stored(make)
    assert (left.version, left.is_open, left.taken_back_at, left.sent_at) == (1, True, None, None)
