from __future__ import annotations

import csv
import io
from datetime import date
from http import HTTPStatus

import pytest

from crm.accounts.models import Body
from crm.db import db
from crm.organisations.models import OrganisationKind
from crm.visits.models import Mode
from tests.make import Make
from tests.organisations.steps import WHOLE, rows
from tests.page import Browser


def test_the_list_counts_and_sorts_by_name(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    empty = officer.open("organisations.index")
    for name in ("Zebra", "Ärzte", "Ahorn"):
        make.organisation(name)

    page = officer.open("organisations.index")

    assert "Erste Organisation anlegen" in empty.links
    assert page.texts("main .strong") == ["3 Organisationen"]
    assert rows(page) == ["Ahorn", "Ärzte", "Zebra"]


def test_the_list_sorts_by_municipality_and_last_visit(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    long_ago = make.organisation("Lange her", municipality="Zielitz")
    lately = make.organisation("Neulich", municipality="Ägidien")
    make.organisation("Nie", municipality="Biederitz")
    make.visit(organisation=long_ago, visited_on=date(2020, 1, 1))
    make.visit(organisation=lately, visited_on=date(2024, 1, 1))
    # A telephone call is no visit
    make.visit(organisation=long_ago, visited_on=date(2025, 1, 1), mode=Mode.PHONE)

    page = officer.open("organisations.index", sort="municipality")
    oldest = page.follow("Letzter Besuch")

    assert rows(page) == ["Neulich", "Nie", "Lange her"]
    assert rows(oldest) == ["Nie", "Lange her", "Neulich"]
    assert rows(oldest.follow("Letzter Besuch")) == ["Neulich", "Lange her", "Nie"]
    assert "01.01.2020" in oldest.texts("main tbody")[0]


def test_every_filter_narrows_the_list(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    team = make.team("Team Süd", body=make.run(lambda: db.session.get_one(Body, make.home.body_id)))
    found = make.organisation(
        "Gesucht",
        team=team,
        kind=OrganisationKind.PARTNER,
        municipality="Suchdorf",
        industry="Handel",
        wz_2008="46.11",
        is_target=True,
        status="closed",
    )
    other = make.organisation("Anderes")
    make.visit(organisation=other)

    for name, value in {
        "q": "such ges",
        "kind": "partner",
        "municipality": "Suchdorf",
        "industry": "46",
        "team": str(team.id),
        "status": "closed",
        "target": "1",
        "not_visited": "12",
    }.items():
        page = officer.open("organisations.index", **{name: value})
        assert rows(page) == [found.name], name
        assert page.texts("main .strong") == ["1 Organisation"]


@pytest.mark.parametrize(
    "query",
    ["kind=nonsense", "team=1", "not_visited=x", "not_visited=99999999999999999999", "sort=rm",
     "after=%00", "after=W10", "before=abc", "q=%00", "q=" + "x" * 5000, "archived=2",
     "after=W1sidSIsIjEiXV0", "municipality=%F0%9F%98%80"],
)  # fmt: skip
def test_a_strange_address_shows_a_list(query: str, make: Make, browser: Browser) -> None:
    make.organisation()

    page = browser.signed_in_as(make.officer).open_url(f"/organisations?{query}")

    assert page.status == HTTPStatus.OK


def test_nothing_found_offers_the_way_back(make: Make, browser: Browser) -> None:
    make.organisation("Muster")
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.index", q="gibt es nicht")

    assert page.texts("main [role=status].strong") == ["0 Organisationen"]
    assert rows(page.follow("Filter zurücksetzen")) == ["Muster"]


@pytest.mark.parametrize("sort", ["name", "municipality", "oldest", "newest"])
def test_pages_follow_each_other_without_gap(sort: str, make: Make, browser: Browser) -> None:
    for number in range(52):
        made = make.organisation(f"Muster {number:02}", municipality=f"Ort {number % 3}")
        if number % 10 == 0:
            make.visit(organisation=made, visited_on=date(2024, 1, 1 + number // 10))
    officer = browser.signed_in_as(make.officer)

    first = officer.open("organisations.index", sort=sort, q="muster")
    second = first.follow("Nächste Seite")

    assert len(rows(first)) == 50
    assert sorted(rows(first) + rows(second)) == [f"Muster {number:02}" for number in range(52)]
    assert rows(second.follow("Vorige Seite")) == rows(first)


def test_the_list_runs_the_same_queries_for_one_and_for_fifty(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    make.visit(organisation=make.organisation())
    officer.open("organisations.index")
    count_queries.clear()
    officer.open("organisations.index")
    for_one = list(count_queries)
    for _number in range(49):
        make.organisation()
    count_queries.clear()

    officer.open("organisations.index")

    assert len(count_queries) == len(for_one) <= 12, "\n".join(count_queries)


# --- the file -------------------------------------------------------------------------------------


def test_the_file_holds_exactly_what_is_filtered(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(fields=WHOLE | {"name": "=1+1", "note": "-x"})
    make.organisation("Anderes")
    make.organisation("Fremd", team=make.team())

    page = officer.open("organisations.index", kind="founder")
    answer = officer.answer("GET", page.links["Als CSV herunterladen"])
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    cells = dict(zip(lines[0], lines[1], strict=True))

    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    assert len(lines) == 2
    assert cells["Name"] == "'=1+1"
    assert cells["Bemerkung"] == "'-x"
    assert cells["Gemeindeschlüssel (AGS)"] == "15003000"
    assert cells["Umsatz ab (Mio. €)"].startswith("1,5")
    assert cells["Stand der Zahl"] == "01.02.2026"
    assert cells["Telefon"] == "0391 123456 Zentrale\n+49 391 123457"
    assert cells["Zielunternehmen"] == "ja"
    assert cells["Größenklasse"] == "großes Unternehmen"
    assert cells["Letzter Besuch"] == ""


def test_the_file_has_the_order_and_the_last_visits_of_the_list(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    for number, name in enumerate(("Bald", "Alt", "Nie")):
        made = make.organisation(name)
        if name != "Nie":
            make.visit(organisation=made, visited_on=date(2024 - number, 5, 6))

    answer = officer.download("organisations.export", sort="oldest")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))

    assert [(line["Name"], line["Letzter Besuch"]) for line in lines] == [
        ("Nie", ""),
        ("Alt", "06.05.2023"),
        ("Bald", "06.05.2024"),
    ]
