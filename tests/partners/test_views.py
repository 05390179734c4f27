"""The asset map, and what one partner helps with."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus
from typing import Any

import pytest

from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Role
from tests.make import Make
from tests.page import Browser, Page


def partner(make: Make, name: str = "IHK Musterstadt", **columns: Any) -> Organisation:
    return make.organisation(name, kind=OrganisationKind.PARTNER, **columns)


def boxes(page: Page) -> list[str]:
    """Return the names of the boxes in the order of the catalogue."""
    return page.attributes("form[method=post] input[type=checkbox]", "name")


def ticked(page: Page) -> list[str]:
    return page.attributes("form[method=post] input[type=checkbox][checked]", "name")


def test_an_officer_says_what_a_partner_helps_with(make: Make, browser: Browser) -> None:
    ihk = partner(make)
    contact = make.contact(ihk, family_name="Kammer")
    officer = browser.signed_in_as(make.person())

    form = officer.open("organisations.show", organisation_id=ihk.id).follow("Ändern")
    page = form.submit(
        button="Angebote sichern",
        fields={
            "offers-1-helps": True,
            "offers-1-text": "Nachfolgelotse",
            "offers-1-contact": str(contact.id),
            "offers-3-helps": True,
        },
    )

    assert page.texts("#offers li a") == ["Nachfolge", "Ausbildung"]
    assert "Nachfolgelotse Kim Kammer" in page.texts("#offers li")[0]
    assert "hat geändert, wobei der Partner hilft" in " ".join(page.texts("#history li"))
    again = officer.open("partners.edit", partner_id=ihk.id)
    assert ticked(again) == ["offers-1-helps", "offers-3-helps"]
    less = again.submit(button="Angebote sichern", fields={"offers-3-helps": False})
    assert less.texts("#offers li a") == ["Nachfolge"]


def test_the_map_is_read_by_topic_and_by_partner(make: Make, browser: Browser) -> None:
    ihk, bank = partner(make), partner(make, "Ärztebank")
    contact = make.contact(ihk, family_name="Kammer", phone="0391 123456")
    make.offer(ihk, "succession", text="Nachfolgelotse", contact_id=contact.id)
    make.offer(bank, "succession")
    make.offer(bank, "funding", text="Darlehen")
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("partners.index")

    assert page.texts(".offers h2") == ["Nachfolge", "Förderung & Finanzierung"]
    assert page.texts("#group-1 .entry__main > a") == ["Ärztebank", "IHK Musterstadt"]
    assert "Nachfolgelotse Kim Kammer · 0391 123456" in page.texts("#group-1")[0]
    assert page.texts(".result-line strong") == ["3 Angebote"]
    assert "Ausbildung" in page.texts("#without")[0]
    by_partner = page.follow("Nach Partner")
    assert by_partner.texts(".offers h2") == ["Ärztebank", "IHK Musterstadt"]
    found = page.submit(form="form.filters", q="darleh")
    assert found.texts(".offers .entry__main > a") == ["Ärztebank"]
    topic = reader.open("partners.index", topic=make.topic("funding").id)
    assert topic.texts(".offers h2") == ["Förderung & Finanzierung"]
    assert "Ändern" not in reader.open("organisations.show", organisation_id=ihk.id).links


def test_the_file_holds_the_map(make: Make, browser: Browser) -> None:
    ihk = partner(make)
    make.offer(ihk, "succession", text="=Nachfolgelotse")
    officer = browser.signed_in_as(make.person())

    file = officer.download("partners.export").get_data(as_text=True)

    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff")), delimiter=";"))
    assert rows[1][:4] == ["Nachfolge", "IHK Musterstadt", "Musterstadt", "'=Nachfolgelotse"]


def test_another_body_sees_a_shared_partners_offers_without_its_people(
    make: Make, browser: Browser
) -> None:
    ihk, hidden = partner(make, shared=True), partner(make, "Verborgen")
    contact = make.contact(ihk, family_name="Kammer")
    make.offer(ihk, "succession", text="Nachfolgelotse", contact_id=contact.id)
    make.offer(hidden, "funding", text="Geheim")
    stranger = browser.signed_in_as(make.person(team=make.team()))

    page = stranger.open("partners.index")

    assert page.texts(".offers .entry__main > a") == ["IHK Musterstadt"]
    assert "Kammer" not in page.text
    assert "Geheim" not in page.text
    assert page.texts(".result-line strong") == ["1 Angebot"]
    assert "Kammer" not in stranger.download("partners.export").get_data(as_text=True)


def test_only_the_own_bodys_partners_are_changed(make: Make, browser: Browser) -> None:
    ihk, shared = partner(make), partner(make, "Geteilt", shared=True)
    company = make.organisation()
    officer = browser.signed_in_as(make.person())
    stranger = browser.signed_in_as(make.person(team=make.team()))
    reader = browser.signed_in_as(make.person(Role.READER))

    for person, organisation, status in (
        (stranger, ihk, HTTPStatus.NOT_FOUND),
        (stranger, shared, HTTPStatus.FORBIDDEN),
        (reader, ihk, HTTPStatus.FORBIDDEN),
        (officer, company, HTTPStatus.NOT_FOUND),
    ):
        url = person.url("partners.edit", partner_id=organisation.id)
        assert person.open_url(url).status == status
        assert person.post(url, [("offers-0-helps", "y")]).status == status


def test_a_person_from_elsewhere_is_refused(make: Make, browser: Browser) -> None:
    ihk = partner(make)
    elsewhere = make.contact()
    form = browser.signed_in_as(make.person()).open("partners.edit", partner_id=ihk.id)
    pairs = form.filled_in("form[method=post]:has([name=version])", {"offers-0-helps": True})

    sent = [(n, str(elsewhere.id) if n == "offers-0-contact" else v) for n, v in pairs]
    page = form.browser.post(form.url, sent, page=form)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary li") == ["Bitte wählen Sie einen der angebotenen Einträge."]


def test_who_saves_second_sees_both_versions(make: Make, browser: Browser) -> None:
    ihk = partner(make)
    url = browser.url("partners.edit", partner_id=ihk.id)
    mine = browser.signed_in_as(make.person()).open_url(url)
    other = browser.signed_in_as(make.person()).open_url(url)

    other.submit(button="Angebote sichern", fields={"offers-0-helps": True})
    page = mine.submit(
        button="Angebote sichern", fields={"offers-1-helps": True, "offers-1-text": "Lotse"}
    )

    assert page.status == HTTPStatus.CONFLICT
    assert page.texts(".conflict td") == ["hilft nicht", "hilft", "hilft, Lotse", "hilft nicht"]
    saved = page.submit(button="Angebote sichern")
    assert saved.texts("#offers li a") == ["Nachfolge"]


def test_a_second_click_changes_nothing(make: Make, browser: Browser) -> None:
    ihk = partner(make)
    form = browser.signed_in_as(make.person()).open("partners.edit", partner_id=ihk.id)

    for _ in range(2):
        page = form.submit(button="Angebote sichern", fields={"offers-0-helps": True})

    assert page.status == HTTPStatus.OK
    history = " ".join(page.texts("#history li"))
    assert history.count("wobei der Partner hilft") == 1


def test_a_text_that_is_too_long_is_kept_and_refused(make: Make, browser: Browser) -> None:
    ihk = partner(make)
    form = browser.signed_in_as(make.person()).open("partners.edit", partner_id=ihk.id)

    page = form.submit(
        button="Angebote sichern", fields={"offers-0-helps": True, "offers-0-text": "ä" * 301}
    )

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary li") == ["Bitte kürzen Sie den Text auf 300 Zeichen."]
    assert page.attributes("[name=offers-0-text]", "value") == ["ä" * 301]
    assert boxes(page) == boxes(form)


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
def test_an_empty_map_says_what_comes_next(role: Role, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(role))

    nobody = person.open("partners.index")
    partner(make)
    nothing = person.open("partners.index")
    unfound = person.open("partners.index", q="gibtesnicht")

    assert nobody.texts(".empty .strong") == ["Noch ist kein Partner angelegt."]
    assert nothing.texts(".empty .strong") == [
        "Noch ist nicht eingetragen, wobei die Partner helfen."
    ]
    assert unfound.texts(".empty .strong") == ["Kein Angebot passt zu diesen Filtern."]


def test_pages_follow_by_key(make: Make, browser: Browser) -> None:
    for number in range(26):
        each = partner(make, f"Partner {number:02}")
        make.offer(each, "succession")
        make.offer(each, "funding")
    person = browser.signed_in_as(make.person())

    for by in ("", "partner"):
        first = person.open("partners.index", by=by)
        second = first.follow("Nächste Seite")

        assert len(first.texts(".offers .entry__main > a")) == 50
        assert len(second.texts(".offers .entry__main > a")) == 2


def test_the_map_and_a_partners_page_ask_the_same_for_few_and_for_many(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    person = browser.signed_in_as(make.person())
    ihk = partner(make)
    asked = []

    for topic in ("succession", "funding", "markets"):
        contact = make.contact(ihk)
        make.offer(ihk, topic, contact_id=contact.id)
        make.referral(make.concern(topic=topic), partner=ihk, contact=contact)
        count_queries.clear()
        for url in (
            person.url("partners.index"),
            person.url("organisations.show", organisation_id=ihk.id),
            person.url("referrals.index", scope="all"),
        ):
            person.open_url(url)
        asked.append(len(count_queries))

    assert len(set(asked)) == 1, asked
