"""The page: each of its numbers opens the list that counts the same."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest

from crm.clock import now, today
from crm.concerns.models import Flag, Outcome, Stage
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.visibility import Visibility
from crm.visits.models import Mode, VisitStatus
from tests.make import Make
from tests.page import Browser, Page

_RESULT = re.compile(
    r"""<(?:p|div) class="(?:result-line|strong" role="status)(.{0,400})""", re.DOTALL
)
_TAG = re.compile(r"^[^>]*>|<[^>]*>")
_NUMBER = re.compile(r"\b([0-9]+(?:\.[0-9]{3})*)\b")


@pytest.fixture
def agency(make: Make) -> Make:
    """Give a district in which something of everything has happened, seen and unseen."""
    south = make.team("Team Süd", body=make.home_body)
    deserted = make.team("Team West", body=make.home_body)
    people = [make.officer, make.person(team=south), make.person(team=south)]
    places = [
        make.organisation(
            municipality=("Ahausen", "Bedorf")[place % 2],
            industry=("Metall", "")[place % 2],
            wz_2025=("24.10", "10.61")[place % 2],
            employees=(5, 30, 400, None)[place % 4],
            is_target=place % 3 == 0,
            team_id=deserted.id if place == 3 else make.home.id,
            cadence_months=(None, 12)[place % 2],
            kind=OrganisationKind.PARTNER if place == 7 else OrganisationKind.COMPANY,
        )
        for place in range(8)
    ]
    for number in range(24):
        owner = people[number % 3]
        at = now() - timedelta(days=number * 9)
        kept: dict[str, Any] = {
            "owner": owner,
            "organisation": places[number % 8],
            "visibility": list(Visibility)[number % 3] if number % 4 == 0 else Visibility.BODY,
        }
        make.visit(
            visited_on=at.date(),
            mode=list(Mode)[number % 5] if number % 2 else Mode.ON_SITE,
            topics=("outlook", "succession", "training")[: 1 + number % 3],
            offers={"funding-advice": number % 4 == 0, "networking": False} if number % 3 else None,
            **kept,
        )
        if number % 2:
            due_on = today() - timedelta(days=number % 5 - 2)
            concern = make.concern(flag=list(Flag)[number % 3], opened_at=at, **kept,
                                   first_response_due_on=due_on)  # fmt: skip
            make.referral(concern, partner=places[7], created_at=at, answer_due_on=due_on,
                          result=(None, *ReferralResult)[number // 2 % 4])  # fmt: skip
            # Two at one office, so that concerns and procedures are not as many
            for office in ("Bauamt", "Bauamt", "Forstamt")[number % 3 :]:
                decided_on = at.date() if number % 4 == 1 else None
                make.procedure(concern, office, begun_on=at.date() - timedelta(days=number),
                               decided_on=decided_on)  # fmt: skip
        else:
            make.concern(opened_at=at, stage=Stage.CLOSED, closed_at=at + timedelta(days=9),
                         outcome=list(Outcome)[number % 4], jobs_secured=number or None,
                         jobs_created=number % 3, investment=number * 1_000_000, **kept,
                         first_responded_at=at + timedelta(days=2))  # fmt: skip
        make.follow_up(
            owner=owner,
            visibility=kept["visibility"],
            organisation_id=places[number % 8].id,
            topic_id=make.topic("outlook").id if number % 2 else None,
            due_on=today() - timedelta(days=number * 3 - 8),
            promised=number % 3 == 0,
            done=number % 5 == 0,
            snoozed_until=today() + timedelta(days=9) if number % 7 == 0 else None,
        )
    make.visit(VisitStatus.PLANNED, organisation=places[0])
    return make


def _filters(make: Make) -> list[dict[str, Any]]:
    lately = {"since": today() - timedelta(days=100), "until": today() - timedelta(days=3)}
    return [
        {"span": "twelve_months", "by": "municipality"},
        {**lately, "municipality": "Bedorf", "by": "size"},
        {**lately, "team": make.home.id, "by": "industry"},
        {**lately, "industry": "10", "topic": make.topic("succession").id},
        {**lately, "mine": "1", "compare": "0", "months": "6", "industry": "-"},
    ]


def _numbers(page: Page) -> list[tuple[int, str]]:
    """Return every number of the page with the address that it leads to."""
    found = []
    for link in page.soup.select("main a.figure"):
        for hidden in link.select(".kern-sr-only"):
            hidden.extract()
        digits = _NUMBER.search(link.get_text())
        assert digits, link
        found.append((int(digits[1].replace(".", "")), str(link["href"])))
    return found


def _count(person: Browser, url: str) -> int:
    """Return what a list says of its length, or of what came of its concerns together.

    Bare, because there are hundreds of them.
    """
    answer = person.answer("GET", url)
    assert answer.status_code == HTTPStatus.OK, url
    said = _RESULT.search(answer.get_data(as_text=True))
    assert said, url
    numbers = _NUMBER.findall(_TAG.sub(" ", said[1]))
    assert numbers, said
    return int(numbers[1 if "benefit=" in url else 0].replace(".", ""))


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_every_number_is_the_count_of_the_list_it_opens(
    role: Role, agency: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(agency.officer if role is Role.OFFICER else agency.person(role))
    counts: dict[str, int] = {}

    for wanted in _filters(agency):
        numbers = _numbers(person.open("dashboard.index", **wanted))

        assert len(numbers) > 30
        assert sum(number for number, _url in numbers) > 0
        for number, url in numbers:
            if url not in counts:
                counts[url] = _count(person, url)
            assert counts[url] == number, (wanted, url)


def test_every_number_of_a_table_leads_somewhere(agency: Make, browser: Browser) -> None:
    page = browser.signed_in_as(agency.officer).open("dashboard.index", span="twelve_months")

    # All but medians, which are no counts and stand in the last column
    plain = page.soup.select(
        "section:not(#outcomes) td.number:not(:has(a)):not(#procedures td:last-child),"
        "#outcomes td.number:not(:last-child):not(:has(a))"
    )

    assert not [cell for cell in plain if cell.get_text().strip().isdigit()]


@pytest.mark.parametrize(
    ("label", "is_euros"),
    [
        ("Arbeitsplätze gesichert", False),
        ("Arbeitsplätze geschaffen", False),
        ("Investition", True),
    ],
)
def test_a_sum_opens_the_concerns_that_it_is_made_of(
    label: str, is_euros: bool, agency: Make, browser: Browser
) -> None:
    """One that is open again keeps its figures, but is not counted."""
    agency.concern(flag=Flag.INFO, jobs_secured=900, jobs_created=900, investment=900)
    page = browser.signed_in_as(agency.officer).open("dashboard.index", span="twelve_months")
    (row,) = (row for row in page.soup.select("#outcomes tbody tr") if label in row.get_text())
    (link,) = row.select("a.figure")

    listed = page.browser.open_url(str(link["href"]))

    numbers = [int(re.sub(r"\D", "", cell)) for cell in listed.texts("tbody td.number")]
    assert len(numbers) > 2
    assert 0 not in numbers
    count, total = re.findall(r"[\d.]+", listed.texts(".result-line")[0])
    assert int(count) == len(numbers)
    assert sum(numbers) == int(total.replace(".", "")) == int(re.sub(r"\D", "", link.get_text()))
    assert ("€" in link.get_text()) is is_euros
    assert f"mit Angabe: {label}" in listed.texts(".narrowed")[0]


def test_the_referrals_to_a_partner_stand_in_one_row(agency: Make, browser: Browser) -> None:
    page = browser.signed_in_as(agency.officer).open("dashboard.index", span="twelve_months")

    (row,) = page.soup.select("#referrals tbody tr")

    made, answered, unanswered, still_open, late = (
        int(cell.get_text()) for cell in row.select("td.number")
    )
    assert made == answered + unanswered + still_open
    assert min(answered, unanswered, still_open, late) > 0
    assert all(str(a["href"]).startswith("/referrals?") for a in row.select("td.number a"))


def test_the_procedures_at_an_office_stand_in_one_row(make: Make, browser: Browser) -> None:
    concern, day = make.concern(), today()
    for begun, decided in ((90, 10), (40, 20), (30, None), (500, 450)):
        make.procedure(
            concern,
            begun_on=day - timedelta(days=begun),
            decided_on=day - timedelta(days=decided) if decided else None,
        )
    make.procedure(make.concern(visibility=Visibility.MANAGERS, owner=make.person()))
    officer = browser.signed_in_as(make.officer)

    page = officer.open("dashboard.index", span="twelve_months")

    (row,) = page.soup.select("#procedures tbody tr")
    assert row.get_text(" ").split() == ["Bauamt", "Probedorf", "3", "1", "2", "50"]
    listed = officer.open_url(str(row.select("a")[0]["href"]))
    assert listed.texts(".result-line strong") == ["3 Verfahren zu 1 Anliegen"]
    assert listed.texts(".narrowed li")[0] == "Aufheben: Amt: Bauamt Probedorf ×"


def test_the_offers_that_were_mentioned_and_used_stand_in_one_row_each(
    make: Make, browser: Browser
) -> None:
    for number in range(4):
        make.visit(offers={"site-search": number > 0, "networking": number == 0})
        make.visit(offers={"founding-advice": False} if number < 2 else None)
    make.visit(VisitStatus.PLANNED, visited_on=today(), offers={"digital-advice": False})
    make.visit(visibility=Visibility.MANAGERS, owner=make.person(), offers={"site-search": True})

    page = browser.signed_in_as(make.officer).open("dashboard.index")

    rows = [row.get_text(" ").split() for row in page.soup.select("#offers tbody tr")]
    assert rows == [
        ["Flächensuche", "4", "3"],
        ["Netzwerktreffen", "4", "<", "3"],
        # No more than two organisations: hidden like a small topic
        ["Gründungsberatung", "<", "3", "0"],
    ]


def test_the_list_shows_what_narrowed_it_and_lets_go_of_it(agency: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(agency.officer)
    url = officer.url("concerns.index", scope="all", stage="closed", outcome="solved",
                      closed_since="2000-01-01", team=agency.home.id)  # fmt: skip

    page = officer.open_url(url)

    assert page.texts(".narrowed li") == [
        "Aufheben: Team: Wirtschaftsförderung ×",
        "Aufheben: Ergebnis: gelöst ×",
        "Aufheben: abgeschlossen ab 01.01.2000 ×",
    ]
    wider = page.follow("Aufheben: Ergebnis: gelöst ×")
    assert len(wider.texts(".narrowed li")) == 2
    kept = wider.submit(button="Filtern", q="Anliegen")
    assert len(kept.texts(".narrowed li")) == 2


def test_the_files_hold_what_the_lists_show(agency: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(agency.officer)
    for endpoint, values in (
        ("concerns", {"scope": "all", "stage": "all", "responded_since": "2000-01-01"}),
        ("follow_ups", {"scope": "all", "promised": "1", "municipality": "Bedorf"}),
        ("organisations", {"target": "1", "cadence": "none", "size": "micro"}),
        ("organisations", {"target": "1", "owner": "none"}),
        ("visits", {"counted": "visits", "size": "micro", "status": "completed"}),
    ):
        listed = _count(officer, officer.url(f"{endpoint}.index", **values))
        file = officer.download(f"{endpoint}.export", **values).get_data(as_text=True)

        assert 0 < listed == file.count("\r\n") - 1, endpoint


def test_a_table_is_handed_out_as_it_is_shown(agency: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(agency.officer)
    page = officer.open("dashboard.index", span="twelve_months", by="size")

    file = officer.download("dashboard.export", name="visits", span="twelve_months", by="size")

    lines = file.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0] == "Größe;Besuche"
    shown = [row.get_text(" ").split() for row in page.soup.select("#visits tbody tr")]
    assert [line.replace(";", " ").split() for line in lines[1:]] == shown
    assert officer.download("dashboard.export", name="nothing").status_code == HTTPStatus.NOT_FOUND


def test_a_small_group_stays_hidden_and_so_does_what_would_tell_it(
    make: Make, browser: Browser
) -> None:
    for place, firms in (("Ahausen", 3), ("Bedorf", 2), ("Cestadt", 4)):
        for _ in range(firms):
            make.visit(organisation=make.organisation(municipality=place))

    page = browser.signed_in_as(make.officer).open("dashboard.index", by="municipality")

    rows = [row.get_text(" ").split() for row in page.soup.select("#visits tbody tr")]
    assert rows == [["Cestadt", "4"], ["Ahausen", "verdeckt"], ["Bedorf", "<", "3"]]


def test_an_agency_without_anything_sees_what_to_expect(make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.officer).open("dashboard.index")

    assert page.texts("h1") == ["Auswertung"]
    assert "In diesem Zeitraum ist zu keinem Thema etwas festgehalten." in page.texts("main p")
    assert page.texts(".tile__number")[:3] == ["0 Besuche", "0 Überfällige Wiedervorlagen",
                                               "0 Dringende Anliegen"]  # fmt: skip


def test_an_administrator_alone_sees_no_figures(make: Make, browser: Browser) -> None:
    administrator = browser.signed_in_as(make.person(Role.NONE, is_administrator=True))

    assert administrator.open("dashboard.index").status == HTTPStatus.FORBIDDEN


def test_only_ones_own_figures_are_by_person(make: Make, browser: Browser) -> None:
    colleague = make.person()
    make.visit(owner=colleague)
    make.visit()
    officer = browser.signed_in_as(make.officer)

    mine = officer.open("dashboard.index", mine="1")
    forged = officer.open("dashboard.index", person=colleague.id)

    assert mine.texts(".tile__number")[0] == "1 Besuche"
    assert forged.texts(".tile__number")[0] == "2 Besuche"
    assert colleague.name not in forged.text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"span": "last_year"}, "01.01.{last} – 31.12.{last}"),
        ({"since": "1.2.2024", "until": "3.4.2024"}, "01.02.2024 – 03.04.2024"),
        ({"since": "3.4.2024", "until": "1.2.2024"}, "01.02.2024 – 03.04.2024"),
        (
            {"since": "gestern war", "until": "\x00", "span": "ever", "months": "7e9"},
            "01.01.{this}",
        ),
        ({"since": "1.1.1900", "until": "31.12.2199"}, "31.12.2199"),
        ({"team": "x", "topic": "y", "by": "person", "industry": "'%_" * 90}, "01.01.{this}"),
    ],
)
def test_a_period_is_read_as_people_write_it(
    values: dict[str, str], expected: str, make: Make, browser: Browser
) -> None:
    page = browser.signed_in_as(make.officer).open("dashboard.index", **values)

    year = today().year
    assert expected.format(this=year, last=year - 1) in page.texts(".page__lead")[0]


def test_the_form_says_days_or_a_span_and_the_address_says_it_shortly(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    start = officer.open("dashboard.index")

    unchanged = start.submit(button="Filtern", municipality="")
    last_year = start.submit(button="Filtern", span="last_year")
    days = start.submit(button="Filtern", since="1.5.2024", until="31.5.2024")

    assert "since" not in unchanged.url
    assert "span" not in unchanged.url
    assert "span=last_year" in last_year.url
    assert "since" not in last_year.url
    assert "since=2024-05-01&until=2024-05-31" in days.url
    assert "01.05.2024 – 31.05.2024" in days.texts(".page__lead")[0]


def test_the_page_asks_at_most_twelve_times_and_nothing_twice(
    agency: Make, browser: Browser, count_queries: list[str]
) -> None:
    manager = browser.signed_in_as(agency.person(Role.MANAGER))
    # What is looked up once per process; the figures themselves are counted for the first time
    manager.answer("GET", manager.url("dashboard.index"))
    url = manager.url("dashboard.index", by="size")
    count_queries.clear()

    answer = manager.answer("GET", url)

    assert answer.status_code == HTTPStatus.OK
    assert len(count_queries) <= 12, "\n\n".join(count_queries)
    assert len(set(count_queries)) == len(count_queries)
    assert urlsplit(url).path == "/dashboard"
