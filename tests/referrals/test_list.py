"""The list of referrals, its filters and counts, its file, and where else they are shown."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from crm.clock import now, today
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser, Page


def names(page: Page) -> list[str]:
    return [text.partition(" : ")[0] for text in page.texts("tbody th a")]


def test_an_officer_begins_with_what_is_open_and_theirs_by_what_is_due(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    for name, days in (("Später", 9), ("Überfällig", -2), ("Bald", 1)):
        partner = make.organisation(name, kind=OrganisationKind.PARTNER)
        due = today() + timedelta(days=days)
        make.referral(make.concern(owner=me), partner=partner, answer_due_on=due)
    make.referral(make.concern(owner=me), result=ReferralResult.HELPED)
    make.referral(make.concern(owner=make.person()))

    page = browser.signed_in_as(me).open("referrals.index")

    assert names(page) == ["Überfällig", "Bald", "Später"]
    assert page.texts(".result-line strong") == ["3 Vermittlungen"]
    assert "Rückmeldung 2 Tage überfällig" in page.texts("tbody tr")[0]
    assert page.texts("#per-partner li")[0].startswith("Überfällig 1 offen 1 überfällig")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"offen", "überfällig", "anderes"}),
        ({"state": "overdue"}, {"überfällig"}),
        ({"state": "closed"}, {"geholfen", "geschwiegen"}),
        ({"state": "answered"}, {"geholfen"}),
        ({"state": "unanswered"}, {"geschwiegen"}),
        ({"state": "all"}, {"offen", "überfällig", "anderes", "geholfen", "geschwiegen"}),
        ({"state": "gibtesnicht", "after": "bad"}, {"offen", "überfällig", "anderes"}),
        ({"topic": "succession"}, {"anderes"}),
        ({"partner": "offen"}, {"offen"}),
        ({"since": "+1d"}, set()),
        ({"until": "gestern"}, set()),
        ({"since": "heute", "until": "heute"}, {"offen", "überfällig", "anderes"}),
    ],
)
def test_the_list_can_be_narrowed_and_its_count_and_file_say_the_same(
    values: dict[str, str], expected: set[str], make: Make, browser: Browser
) -> None:
    me = make.person()
    partners = {}
    for name, topic, columns in (
        ("offen", "outlook", {}),
        ("überfällig", "outlook", {"answer_due_on": today() - timedelta(days=1)}),
        ("anderes", "succession", {}),
        ("geholfen", "outlook", {"result": ReferralResult.HELPED}),
        ("geschwiegen", "outlook", {"result": ReferralResult.NO_ANSWER}),
    ):
        partners[name] = make.organisation(name, kind=OrganisationKind.PARTNER)
        concern = make.concern(owner=me, topic=topic)
        make.referral(concern, partner=partners[name], **columns)
    if "topic" in values:
        values = {"topic": str(make.topic(values["topic"]).id)}
    if "partner" in values:
        values = {"partner": str(partners[values["partner"]].id)}
    mine = browser.signed_in_as(me)

    page = mine.open("referrals.index", **values)
    file = mine.download("referrals.export", **values).get_data(as_text=True)

    assert set(names(page)) == expected
    count = len(expected)
    assert page.texts(".result-line strong") == [f"{count} Vermittlung{'' if count == 1 else 'en'}"]
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff")), delimiter=";"))[1:]
    assert {row[1] for row in rows} == expected


def test_what_is_hidden_is_neither_listed_nor_counted(make: Make, browser: Browser) -> None:
    partner = make.organisation("IHK", kind=OrganisationKind.PARTNER)
    owner = make.person()
    make.referral(make.concern(owner=owner), partner=partner)
    make.referral(make.concern(owner=owner, visibility=Visibility.MANAGERS), partner=partner)
    abroad = make.person(team=make.team())
    make.referral(make.concern(owner=abroad))
    officer = browser.signed_in_as(make.person())
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    assert officer.open("referrals.index", scope="all").texts(".result-line strong") == [
        "1 Vermittlung"
    ]
    assert manager.open("referrals.index").texts(".result-line strong") == ["2 Vermittlungen"]
    for person, number in ((officer, "1"), (manager, "2")):
        page = person.open("organisations.show", organisation_id=partner.id)
        assert page.texts("#referrals dd a") == [f"{number} Offen", "0 davon überfällig",
                                                 "0 Beantwortet", "0 Ohne Rückmeldung"]  # fmt: skip


def test_a_partners_page_counts_what_its_links_list(make: Make, browser: Browser) -> None:
    partner = make.organisation("IHK", kind=OrganisationKind.PARTNER)
    for result in (None, None, ReferralResult.COULD_NOT_HELP, ReferralResult.NO_ANSWER):
        make.referral(partner=partner, result=result)
    late = today() - timedelta(days=1)
    make.referral(partner=partner, answer_due_on=late)
    make.referral(partner=partner, taken_back_at=now())
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("organisations.show", organisation_id=partner.id)

    found = dict(text.split(" ", 1)[::-1] for text in page.texts("#referrals dd a"))
    assert found == {
        "Offen": "3",
        "davon überfällig": "1",
        "Beantwortet": "1",
        "Ohne Rückmeldung": "1",
    }
    for label, number in found.items():
        listed = page.follow(f"{number} {label}")
        assert listed.texts(".result-line strong")[0].split()[0] == number


def test_concerns_can_be_narrowed_to_a_partner(make: Make, browser: Browser) -> None:
    me = make.person()
    partner = make.organisation("IHK", kind=OrganisationKind.PARTNER)
    make.referral(make.concern("Vermittelt", owner=me), partner=partner)
    make.referral(make.concern("Zurückgenommen", owner=me), partner=partner, taken_back_at=now())
    make.concern("Anderes", owner=me)

    page = browser.signed_in_as(me).open("concerns.index", partner=partner.id)

    assert page.texts("tbody th a") == ["Vermittelt"]
    assert page.texts(".result-line strong") == ["1 Anliegen"]
    assert page.texts("#filter-partner option[selected]") == ["IHK"]


def test_pages_follow_by_key(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    partner = make.organisation("IHK", kind=OrganisationKind.PARTNER)
    contact = make.contact(partner)
    for number in range(52):
        due = today() + timedelta(days=number % 4)
        make.referral(concern, partner=partner, contact=contact, answer_due_on=due)
    first = browser.signed_in_as(me).open("referrals.index")

    second = first.follow("Nächste Seite")

    links = {*first.attributes("tbody th a", "href"), *second.attributes("tbody th a", "href")}
    assert len(links) == 52
    assert second.follow("Vorige Seite").attributes("tbody th a", "href") == first.attributes(
        "tbody th a", "href"
    )


def test_my_day_shows_answers_that_are_due_this_week_or_late(make: Make, browser: Browser) -> None:
    me = make.person()
    for name, days in (("Spät", -3), ("Heute", 0), ("Nächsten Monat", 30)):
        partner = make.organisation(name, kind=OrganisationKind.PARTNER)
        due = today() + timedelta(days=days)
        make.referral(make.concern("Sache", owner=me), partner=partner, answer_due_on=due)
    make.referral(make.concern(owner=make.person()), answer_due_on=today())

    page = browser.signed_in_as(me).open("my_day.index")

    assert page.texts("#referrals li a") == ["Spät : Sache", "Heute : Sache"]
    other = browser.signed_in_as(make.person()).open("my_day.index")
    assert other.soup.select("#referrals") == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Hier ist keine Vermittlung offen."),
        ({"scope": "all"}, "Keine Vermittlung ist offen."),
        ({"state": "overdue"}, "Keine Antwort ist überfällig."),
        ({"state": "closed"}, "Noch ist hier keine Vermittlung."),
        ({"since": "heute"}, "Keine Vermittlung passt zu diesen Filtern."),
    ],
)
def test_an_empty_list_says_what_comes_next(
    values: dict[str, str], sentence: str, make: Make, browser: Browser
) -> None:
    page = browser.signed_in_as(make.person()).open("referrals.index", **values)

    assert page.texts(".empty .strong") == [sentence]
    assert page.texts(".empty a") != []


def test_the_list_is_found_beside_the_concerns(make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person()).open("concerns.index")

    listed = page.follow("Vermittlungen")

    assert listed.texts("h1") == ["Vermittlungen"]
    assert listed.texts("nav[aria-label=Hauptmenü] [aria-current]") == ["Anliegen"]
    assert listed.follow("Wer hilft wobei").texts("h1") == ["Wer hilft wobei"]
