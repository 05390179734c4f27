"""The sheet for the partner holds what the company agreed to and nothing else; and it is mailed."""

from __future__ import annotations

from http import HTTPStatus

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from crm.concerns.models import Flag
from crm.db import db
from crm.mail.models import Mail
from crm.policy import Role
from crm.referrals.models import Referral
from crm.visibility import Visibility
from tests.documents.pdf import Pdf
from tests.make import Make
from tests.page import Browser
from tests.referrals.steps import Case, stored


def sheet(browser: Browser, referral: Referral) -> Pdf:
    answer = browser.download("referrals.sheet", referral_id=referral.id)
    assert answer.status_code == HTTPStatus.OK
    assert answer.content_type == "application/pdf"
    return Pdf(answer.data)


def mails(make: Make) -> list[Mail]:
    return make.run(
        lambda: list(db.session.scalars(sa.select(Mail).options(undefer(Mail.attachment))))
    )


def test_the_sheet_holds_only_what_the_company_agreed_to(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    make.change(case.concern, title="GEHEIMTITEL", visibility=Visibility.TEAM, flag=Flag.URGENT)
    make.change(case.company, note="GEHEIMBEMERKUNG", tags="GEHEIMWORT")
    visit = make.visit(owner=case.officer, organisation=case.company, summary="GEHEIMBERICHT")
    make.topic_note(visit, note="GEHEIMNOTIZ", concern_id=case.concern.id)
    make.follow_up("GEHEIMAUFGABE", concern_id=case.concern.id)
    make.contact(case.company, family_name="GEHEIMPERSON")
    named = make.contact(case.company, family_name="Genannt", email="genannt@firma.example")
    make.referral(case.concern, passed_on="GEHEIMANDERE", agreed_by="GEHEIMZEUGE")
    referral = make.referral(
        case.concern,
        partner=case.partner,
        contact=case.contact,
        passed_on="Sucht 800 Quadratmeter.",
        named_contact_id=named.id,
        result_note="GEHEIMERGEBNIS",
    )

    pdf = sheet(case.browser, referral)

    for text in ("Häusler", "IHKMusterstadt", "KimKammer", "KimGenannt", "genannt@firma.example",
                 "Sucht800Quadratmeter.", "FrauMuster", referral.reference[2:]):  # fmt: skip
        assert text in pdf.text, text
    for seen in (pdf.text, pdf.hidden):
        for hidden in ("GEHEIM", "Dringend", "Lage&Ausblick", "Team", case.concern.reference[2:]):
            assert hidden not in seen, hidden


def test_nobody_is_named_unless_the_company_wants_it(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    shy = make.contact(
        case.company, family_name="Scheu", phone="0391 123456", email="scheu@firma.example",
        no_phone=True, no_email=True,
    )  # fmt: skip
    without = make.referral(case.concern, partner=case.partner)
    named = make.referral(case.concern, partner=case.partner, named_contact_id=shy.id)

    assert "Scheu" not in sheet(case.browser, without).text
    text = sheet(case.browser, named).text
    assert "Scheu" in text
    assert "123456" not in text
    assert "scheu@" not in text


def test_the_sheet_is_accessible_and_speaks_its_readers_language(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    referral = make.referral(case.concern, partner=case.partner)
    english = browser.signed_in_as(make.person(language="en"))

    pdf = sheet(english, referral)

    assert str(pdf.root.Lang) == "en"
    assert "Referral" in pdf.text
    assert pdf.claims()["uaid part"] == "1"
    assert {"H1", "H2", "P"} <= set(pdf.tags())


def test_who_may_not_see_the_concern_gets_no_sheet(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    make.change(case.concern, visibility=Visibility.MANAGERS)
    referral = make.referral(case.concern, partner=case.partner)

    for person in (make.person(), make.person(Role.READER), make.person(team=make.team())):
        answer = browser.signed_in_as(person).download("referrals.sheet", referral_id=referral.id)
        assert answer.status_code == HTTPStatus.NOT_FOUND


def test_the_sheet_is_mailed_to_the_person_at_the_partner(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    make.change(case.contact, email="kammer@ihk.example")
    referral = make.referral(
        case.concern, partner=case.partner, contact=case.contact, passed_on="Sucht eine Halle."
    )

    page = case.browser.open("referrals.show", referral_id=referral.id).follow("Per E-Mail senden")
    sent = page.submit(button="An den Partner senden")

    (mail,) = mails(make)
    assert mail.recipient == "kammer@ihk.example"
    assert mail.reply_to == case.officer.email
    assert "Häusler" not in mail.subject
    assert "Häusler GmbH" in mail.text
    assert "Halle gesucht" not in mail.text
    assert mail.attachment is not None
    assert "SuchteineHalle." in Pdf(mail.attachment).text
    assert sent.texts(".flash p") == ["Das Blatt geht per E-Mail an Kim Kammer."]
    assert "wartet auf den Mailserver" in sent.texts("#facts")[0]
    concern = case.browser.open("concerns.show", concern_id=case.concern.id)
    assert "hat die Vermittlung per E-Mail an IHK Musterstadt gesendet" in " ".join(
        concern.texts("#history li")
    )


def test_a_second_click_sends_none_and_a_changed_sheet_goes_again(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    make.change(case.contact, email="kammer@ihk.example")
    referral = make.referral(case.concern, partner=case.partner, contact=case.contact)
    form = case.browser.open("referrals.send", referral_id=referral.id)

    for _ in range(2):
        page = form.submit(button="An den Partner senden")
        assert page.status == HTTPStatus.OK
    assert len(mails(make)) == 1
    case.browser.open("referrals.edit", referral_id=referral.id).submit(
        button="Änderungen sichern", passed_on="Ein anderer Text."
    )
    again = case.browser.open("referrals.send", referral_id=referral.id)
    assert "Das Blatt ging schon" in again.texts("main")[0]
    again.submit(button="An den Partner senden")

    texts = [Pdf(mail.attachment).text for mail in mails(make) if mail.attachment]
    assert len(texts) == 2
    assert any("EinandererText." in text for text in texts)


def test_a_sheet_that_was_changed_meanwhile_is_read_again_first(
    make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    make.change(case.contact, email="kammer@ihk.example")
    referral = make.referral(case.concern, partner=case.partner, contact=case.contact)
    form = case.browser.open("referrals.send", referral_id=referral.id)
    browser.signed_in_as(make.person()).open("referrals.edit", referral_id=referral.id).submit(
        button="Änderungen sichern", passed_on="Ein anderer Text."
    )

    page = form.submit(button="An den Partner senden")

    assert page.status == HTTPStatus.CONFLICT
    assert mails(make) == []
    page.submit(button="An den Partner senden")
    assert len(mails(make)) == 1


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"email": ""}, "ist keine E-Mail-Adresse eingetragen"),
        ({"email": "kammer@ihk.example", "no_email": True}, "möchte keine E-Mail"),
    ],
)
def test_who_cannot_be_mailed_gets_the_sheet_otherwise(
    columns: dict[str, object], sentence: str, make: Make, browser: Browser
) -> None:
    case = Case(make, browser)
    make.change(case.contact, **columns)
    referral = make.referral(case.concern, partner=case.partner, contact=case.contact)

    shown = case.browser.open("referrals.show", referral_id=referral.id)
    page = case.browser.open("referrals.send", referral_id=referral.id).submit(
        button="An den Partner senden"
    )

    assert "Per E-Mail senden" not in shown.links
    assert "Blatt herunterladen (PDF)" in shown.links
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in page.texts(".error-summary")[0]
    assert mails(make) == []
    assert stored(make)[0].sent_at is None


def test_an_english_partner_gets_an_english_mail(make: Make, browser: Browser) -> None:
    case = Case(make, browser)
    make.change(case.contact, email="kammer@ihk.example", language="en")
    referral = make.referral(case.concern, partner=case.partner, contact=case.contact)

    case.browser.open("referrals.send", referral_id=referral.id).submit(
        button="An den Partner senden"
    )

    (mail,) = mails(make)
    assert "Kind regards" in mail.text
