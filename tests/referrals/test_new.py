"""Referring a concern: to whom, with whose agreement, and until when."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from crm.clock import is_working_day, next_working_day, today
from crm.concerns.models import Stage
from crm.contacts.models import Contact
from crm.db import db
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser
from tests.referrals.steps import AGREED, Case, concern_now, stored


def test_an_officer_refers_a_concern(make: Make, browser: Browser) -> None:
    case = Case(make, browser)

    page = case.browser.open("concerns.show", concern_id=case.concern.id).follow("Vermitteln")
    form = page.follow("IHK Musterstadt")
    shown = form.submit(button="Vermitteln", fields=AGREED)

    assert shown.texts("h1") == ["Vermittlung an IHK Musterstadt"]
    assert "Sucht eine Halle mit 800 Quadratmetern." in shown.texts("#passed-on")[0]
    assert shown.texts(".flash p") == [
        "Vermittelt an IHK Musterstadt. Das Anliegen steht auf „Beim Partner“."
    ]
    (referral,) = stored(make)
    assert referral.contact_id == case.contact.id
    assert referral.agreed_on == today()
    assert referral.answer_due_on == next_working_day(today() + timedelta(weeks=2), "ST")
    assert concern_now(make, case.concern).stage is Stage.WITH_PARTNER


def test_the_concerns_page_lists_its_referrals_and_tells_what_happened(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    case.refer()

    page = case.browser.open("concerns.show", concern_id=case.concern.id)

    assert page.texts("#referrals li a") == ["IHK Musterstadt"]
    history = " ".join(page.texts("#history li"))
    assert "hat an IHK Musterstadt vermittelt" in history
    assert "hat den Stand geändert: Neu → Beim Partner" in history


def test_the_step_is_taken_back_with_the_stage(make: Make, browser: Browser) -> None:
    case = Case(make, browser)

    page = case.refer().submit(button="Rückgängig")

    assert page.texts("#referrals li a") == []
    assert concern_now(make, case.concern).stage is Stage.NEW
    again = page.submit(button="Rückgängig")
    assert again.texts("h1") == ["Vermittlung an IHK Musterstadt"]
    assert concern_now(make, case.concern).stage is Stage.WITH_PARTNER


def test_taking_back_leaves_a_stage_that_somebody_has_changed(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    shown = case.refer()
    other = browser.signed_in_as(make.person())
    other.open("concerns.show", concern_id=case.concern.id).submit(
        button="Stand ändern", stage="clarifying"
    )

    page = shown.submit(button="Rückgängig")

    assert concern_now(make, case.concern).stage is Stage.CLARIFYING
    assert "bleibt, wo es ist" in page.texts(".flash p")[0]


def test_a_person_who_is_not_known_yet_is_added_without_leaving_the_form(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)

    page = case.refer(
        contact="new",
        new_given_name="Kim",
        new_family_name="Neumann",
        new_email="neumann@kammer.example",
        new_phone="0391 123456",
    )

    assert "Kim Neumann" in page.texts("#facts")[0]
    added = make.run(
        lambda: db.session.scalars(sa.select(Contact).filter_by(family_name="Neumann")).one()
    )
    assert (added.email, added.phone) == ("neumann@kammer.example", "0391 123456")
    there = case.browser.open("organisations.show", organisation_id=case.partner.id)
    assert "Kim Neumann" in there.texts("#contacts")[0]


def test_at_a_partner_without_people_the_new_one_is_preset(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    lonely = make.organisation("Bauamt", kind=OrganisationKind.PARTNER)

    form = case.browser.open("referrals.new", concern_id=case.concern.id, partner_id=lonely.id)
    page = form.submit(button="Vermitteln", fields=AGREED)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary li") == ["Bitte geben Sie den Nachnamen ein."]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("agreed_by", " ", "Ohne Einverständnis des Unternehmens geht nichts an den Partner."),
        ("agreed_on", "", "Bitte geben Sie an, wann das Unternehmen zugestimmt hat"),
        ("agreed_on", "+2w", "heute oder früher"),
        ("agreed_on", "irgendwann", "Bitte geben Sie ein Datum wie"),
        ("passed_on", "  ", "Bitte schreiben Sie, was der Partner erfahren darf."),
        ("answer_due_on", "", "Bitte geben Sie an, bis wann Sie eine Antwort erwarten."),
        ("answer_due_on", "1.1.2020", "Die Rückmeldung kann erst ab heute erwartet werden."),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_lost(
    field: str, value: str, sentence: str, make: Make, browser: Browser
) -> None:
    case = Case(make, browser)

    page = case.refer(**{"named_contact": "", field: value})

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in page.texts(".error-summary")[0]
    kept = {**AGREED} | {field: value}
    assert page.attributes("#agreed_by", "value") == [kept["agreed_by"].strip()]
    assert stored(make) == []
    assert concern_now(make, case.concern).stage is Stage.NEW


def test_a_day_that_is_no_working_day_becomes_the_next_one_and_says_so(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    day = today() + timedelta(days=7)
    while is_working_day(day, "ST"):
        day += timedelta(days=1)

    page = case.refer(answer_due_on=f"{day:%d.%m.%Y}")

    assert "ist kein Arbeitstag; es gilt der nächste." in page.texts(".flash p")[0]
    assert stored(make)[0].answer_due_on == next_working_day(day, "ST")


def test_a_second_click_makes_no_second_one(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    form = case.form()

    for _ in range(2):
        form.submit(button="Vermitteln", contact="new", new_family_name="Neumann", fields=AGREED)

    assert len(stored(make)) == 1
    people = make.run(
        lambda: db.session.scalars(sa.select(Contact).filter_by(family_name="Neumann")).all()
    )
    assert len(people) == 1


def test_one_concern_goes_to_several_partners(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    case.refer()
    bank = make.organisation("Sparkasse", kind=OrganisationKind.PARTNER)
    make.contact(bank)

    case.browser.open("referrals.new", concern_id=case.concern.id, partner_id=bank.id).submit(
        button="Vermitteln", fields=AGREED
    )

    page = case.browser.open("concerns.show", concern_id=case.concern.id)
    assert sorted(page.texts("#referrals li a")) == ["IHK Musterstadt", "Sparkasse"]


def test_partners_that_help_with_the_topic_come_first(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    bank = make.organisation("Zukunftsbank", kind=OrganisationKind.PARTNER)
    make.offer(bank, "outlook", text="Berät zur Lage")
    make.offer(case.partner, "succession", text="Berät zur Nachfolge")
    make.organisation("Kein Partner GmbH")

    page = case.browser.open("referrals.choose", concern_id=case.concern.id)

    assert page.texts("#fitting .entry__main > a") == ["Zukunftsbank"]
    assert "Berät zur Lage" in page.texts("#fitting")[0]
    assert page.texts("#partners .entry__main > a") == ["IHK Musterstadt"]
    found = page.submit(form="form.filters", q="ihk")
    assert found.texts("#partners .entry__main > a") == ["IHK Musterstadt"]
    none = page.submit(form="form.filters", q="gibtesnicht")
    assert "Kein Partner passt zu dieser Suche." in none.texts("main")[0]


def test_without_partners_the_page_says_what_to_do(make: Make, browser: Browser) -> None:
    officer = make.person()
    concern = make.concern(owner=officer)

    page = browser.signed_in_as(officer).open("referrals.choose", concern_id=concern.id)

    assert "Noch ist kein Partner angelegt." in page.texts("main")[0]
    assert "Partner anlegen" in page.links


def test_nobody_refers_what_they_may_not_move(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    reader = browser.signed_in_as(make.person(Role.READER))
    neighbour = browser.signed_in_as(make.person(team=make.team(body=make.home_body)))
    stranger = browser.signed_in_as(make.person(team=make.team()))

    for person, status in (
        (reader, HTTPStatus.FORBIDDEN),
        (neighbour, HTTPStatus.FORBIDDEN),
        (stranger, HTTPStatus.NOT_FOUND),
    ):
        assert person.open("referrals.choose", concern_id=case.concern.id).status == status
        url = person.url("referrals.new", concern_id=case.concern.id, partner_id=case.partner.id)
        assert person.post(url, list(AGREED.items())).status == status
    assert stored(make) == []


def test_only_a_visible_partner_and_people_who_are_there_can_be_chosen(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    foreign = make.organisation(team=make.team(), kind=OrganisationKind.PARTNER)
    elsewhere = make.contact()

    for organisation in (foreign, case.company):
        page = case.browser.open(
            "referrals.new", concern_id=case.concern.id, partner_id=organisation.id
        )
        assert page.status == HTTPStatus.NOT_FOUND
    form = case.form()
    pairs = form.filled_in("form[method=post]:has([name=agreed_by])", AGREED)
    for field in ("contact", "named_contact"):
        sent = [(n, str(elsewhere.id) if n == field else v) for n, v in pairs]
        page = case.browser.post(form.url, sent, page=form)
        assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY, field
    assert stored(make) == []


def test_a_closed_concern_is_not_referred(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    form = case.form()
    closed = make.concern(owner=case.officer, stage=Stage.CLOSED)

    page = case.browser.open("referrals.choose", concern_id=closed.id)

    assert page.status == HTTPStatus.CONFLICT
    assert "Dieses Anliegen ist abgeschlossen." in page.texts("main")[0]
    assert form.status == HTTPStatus.OK


@pytest.mark.parametrize("text", NAUGHTY[::7])
def test_any_text_survives(text: str, make: Make, browser: Browser) -> None:
    case = Case(make, browser)

    page = case.refer(agreed_by="Frau Muster", passed_on=text)

    if stored(make):
        assert stored(make)[0].passed_on == text.replace("\r\n", "\n").replace("\r", "\n")
        pdf = case.browser.download("referrals.sheet", referral_id=stored(make)[0].id)
        assert pdf.status_code == HTTPStatus.OK
    else:
        assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_who_sees_the_concern_sees_its_referrals(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)
    colleague = browser.signed_in_as(make.person())
    reader = browser.signed_in_as(make.person(Role.READER))

    for person in (colleague, reader):
        assert person.open("referrals.show", referral_id=referral.id).status == HTTPStatus.OK
    make.change(case.concern, visibility=Visibility.MANAGERS)
    for person in (colleague, reader):
        page = person.open("referrals.show", referral_id=referral.id)
        assert page.status == HTTPStatus.NOT_FOUND
    own = case.browser.open("referrals.show", referral_id=referral.id)
    assert own.status == HTTPStatus.OK


def test_two_at_once_refer_to_two_partners(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    other = browser.signed_in_as(make.person())
    bank = make.organisation("Sparkasse", kind=OrganisationKind.PARTNER)
    make.contact(bank)
    mine = case.form()
    theirs = other.open("referrals.new", concern_id=case.concern.id, partner_id=bank.id)

    theirs.submit(button="Vermitteln", fields=AGREED)
    page = mine.submit(button="Vermitteln", fields=AGREED)

    assert page.status == HTTPStatus.OK
    assert len(stored(make)) == 2
