"""The list: each filter, each order, every row once, and the same few queries whatever it holds."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask

from crm.accounts.models import Person
from crm.clock import now, today
from crm.concerns.models import Flag
from crm.db import transaction
from crm.organisations.models import Organisation, OrganisationKind
from crm.text import sort_key
from crm.visits.models import Attendance, Mode, TopicNote, Visit, VisitStatus
from tests.make import Make
from tests.page import Browser, Page

DAY = date(2026, 5, 4)


def many(
    app: Flask, make: Make, owner: Person, count: int, *, days: Iterable[date] = (DAY,),
    **columns: Any,
) -> list[Visit]:  # fmt: skip
    """Make many visits in one transaction: two notes each, on days that repeat."""
    days, topics = list(days), [make.topic("outlook").id, make.topic("innovation").id]
    firms = [make.organisation(f"Betrieb {n % 7:03}") for n in range(7)]
    shared = make._belonging(owner)
    visits = [
        Visit(
            **shared,
            status=VisitStatus.COMPLETED,
            organisation_id=firms[n % len(firms)].id,
            visited_on=days[n % len(days)],
            mode=Mode.ON_SITE,
            summary=f"Nummer {n}",
            created_at=now(),
            updated_at=now(),
            **columns,
        )
        for n in range(count)
    ]
    with app.app_context(), transaction() as session:
        session.add_all(visits)
        session.flush()
        for visit in visits:
            session.add(Attendance(visit_id=visit.id, person_id=owner.id, position=0))
            session.add_all(
                TopicNote(**shared, visit_id=visit.id, topic_id=key, position=place, note="x")
                for place, key in enumerate(topics)
            )
    return visits


def cells(browser: Browser, **filters: Any) -> list[list[str]]:
    """Return the rows of the list's file, without its header."""
    text = browser.download("visits.export", **filters).get_data(as_text=True)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))[1:]


def listed(page: Page) -> list[str]:
    """Return the keys of the visits on a page, in order."""
    return [url.split("/")[2] for url in page.attributes("tbody td:first-child a", "href")]


def walk(page: Page, link: str) -> list[str]:
    """Return the keys of this page and of all that follow by `link`."""
    keys = listed(page)
    while link in page.links:
        page = page.follow(link)
        keys = keys + listed(page) if link == "Nächste Seite" else listed(page) + keys
    return keys


@pytest.fixture
def firms(make: Make) -> dict[str, Organisation]:
    """Give three organisations of two municipalities and kinds."""
    return {
        "Ärztehaus": make.organisation("Ärztehaus", sort_key=sort_key("Ärztehaus")),
        "Zimmerei": make.organisation("Zimmerei", municipality="Adorf"),
        "Kammer": make.organisation("Kammer", kind=OrganisationKind.PARTNER),
    }


def test_each_filter_alone_and_combined(
    make: Make, browser: Browser, firms: dict[str, Organisation]
) -> None:
    team = make.team(body=make.home_body)
    me, other = make.person(), make.person(team=team)
    home, wood, chamber = firms.values()
    make.visit(owner=me, organisation=home, visited_on=DAY, topics=["outlook"])
    second = make.visit(owner=other, organisation=wood, visited_on=DAY + timedelta(days=1))
    make.topic_note(second, "succession", flag=Flag.URGENT)
    make.visit(
        VisitStatus.PLANNED, owner=me, organisation=chamber, further=[wood],
        visited_on=today() + timedelta(days=9), mode=Mode.VIDEO,
    )  # fmt: skip
    make.visit(owner=me, organisation=home, visited_on=DAY, archived_at=now(), archived_reason="")
    b = browser.signed_in_as(me)

    def found(**filters: Any) -> list[str]:
        return [row[3] for row in cells(b, **filters)]

    assert found() == ["Kammer", "Zimmerei", "Ärztehaus"]
    assert found(q="aerzte") == ["Ärztehaus"]
    assert found(q="zimm") == ["Zimmerei"]
    assert found(q="%") == found(q="!") == found()
    assert found(since="5.5.2026", until="5.5.2026") == ["Zimmerei"]
    assert found(until="4.5.2026") == ["Ärztehaus"]
    assert found(organisation=wood.id) == ["Kammer", "Zimmerei"]
    assert found(municipality="Adorf") == ["Zimmerei"]
    assert found(team=team.id) == ["Zimmerei"]
    assert found(person=me.id) == ["Kammer", "Ärztehaus"]
    assert found(topic=make.topic("succession").id) == ["Zimmerei"]
    assert found(flag="urgent") == ["Zimmerei"]
    assert found(flag="urgent", topic=make.topic("outlook").id) == []
    assert found(status="planned") == ["Kammer"]
    assert found(mode="video") == ["Kammer"]
    assert found(archived="1") == ["Ärztehaus"]
    assert found(team=team.id, flag="urgent", q="zimm", since="1.1.2026") == ["Zimmerei"]
    assert found(team=team.id, person=me.id) == []
    assert found(sort="oldest") == ["Ärztehaus", "Zimmerei", "Kammer"]
    assert found(sort="organisation") == ["Ärztehaus", "Kammer", "Zimmerei"]


def test_filters_that_mean_nothing_are_left_out(
    make: Make, browser: Browser, firms: dict[str, Organisation]
) -> None:
    make.visit(organisation=firms["Kammer"])
    me = browser.signed_in_as(make.person())
    for name in ("team", "person", "topic", "flag", "status", "mode",
                 "organisation", "sort", "after", "before"):  # fmt: skip
        for value in ("x", "\x00", "9" * 400, "🙃", "2026-99-99"):
            assert len(cells(me, **{name: value})) == 1, (name, value)
    page = me.open("visits.index", since="x", flag="y", after="z", q="\x00")
    assert "1 Eintrag" in page.text


def test_a_day_that_is_none_is_told_and_no_file_is_made_without_it(
    make: Make, browser: Browser, firms: dict[str, Organisation]
) -> None:
    make.visit(organisation=firms["Kammer"])
    me = browser.signed_in_as(make.person())

    page = me.open("visits.index", since="31.11.2026", until="morgen")

    assert page.attributes("#filter-since", "value") == ["31.11.2026"]
    assert [text[:35] for text in page.texts(".kern-error")] == [
        "Kein lesbarer Tag; er zählt nicht m"
    ]
    url = me.url("visits.export", since="31.11.2026")
    assert me.answer("GET", url).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_sentence_counts_entries_and_visits(
    make: Make, browser: Browser, firms: dict[str, Organisation]
) -> None:
    me, colleague = make.person(), make.person()
    b = browser.signed_in_as(me)
    assert b.open("visits.index").texts(".result-line") == ["0 Einträge"]
    make.visit(owner=me, organisation=firms["Zimmerei"])
    assert b.open("visits.index").texts(".result-line") == ["1 Eintrag"]
    make.visit(owner=me, organisation=firms["Zimmerei"], mode=Mode.PHONE)
    # A plan is no visit yet
    planned = make.visit(owner=me, organisation=firms["Zimmerei"], status=VisitStatus.PLANNED)
    assert b.open("visits.index", status="planned").texts(".result-line") == [
        "1 Eintrag, davon 0 Besuche"
    ]
    make.change(planned, archived_at=now())
    make.visit(owner=colleague, organisation=firms["Kammer"], mode=Mode.OUR_OFFICE)

    assert b.open("visits.index").texts(".result-line") == ["3 Einträge, davon 1 Besuch"]
    assert b.open("visits.index", mode="phone").texts(".result-line") == [
        "1 Eintrag, davon 0 Besuche"
    ]
    assert b.open("visits.index", person=me.id).texts(".result-line") == [
        "2 Einträge, davon 1 Besuch"
    ]
    other = b.open("visits.index", person=colleague.id)
    assert other.texts(".result-line") == ["Zu Listen einzelner Personen gibt es keine Summe."]


@pytest.mark.parametrize("sort", ["newest", "oldest", "organisation"])
def test_every_visit_stands_on_one_page(
    sort: str, app: Flask, make: Make, browser: Browser
) -> None:
    owner = make.person()
    visits = many(app, make, owner, 117, days=[DAY, DAY, DAY + timedelta(days=1)])
    me = browser.signed_in_as(owner)
    first = me.open("visits.index", sort=sort)

    forwards = walk(first, "Nächste Seite")

    assert Counter(forwards) == Counter(str(visit.id) for visit in visits)
    last = first
    while "Nächste Seite" in last.links:
        last = last.follow("Nächste Seite")
    assert walk(last, "Vorige Seite") == forwards


def test_the_list_asks_the_same_for_one_row_and_for_fifty(
    app: Flask, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    owner = make.person()
    me = browser.signed_in_as(owner)
    asked = []
    for count in (1, 49):
        many(app, make, owner, count)
        me.open("visits.index")
        count_queries.clear()
        assert len(listed(me.open("visits.index"))) == count + (count > 1)
        asked.append(len(count_queries))
    assert asked[0] == asked[1] <= 12, count_queries
