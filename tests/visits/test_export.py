"""The list as a file: complete, inert, and readable by a German Excel."""

from __future__ import annotations

import csv
import io
from datetime import date, time, timedelta

from flask import Flask

from crm.clock import today
from crm.concerns.models import Flag
from crm.policy import Role
from crm.visits.models import Occasion, VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.visits.test_index import DAY, cells, many


def test_the_file_says_what_the_list_says(make: Make, browser: Browser) -> None:
    officer = make.person(name="Anna Amt")
    visit = make.visit(
        owner=officer, organisation=make.organisation("Häusler; Söhne"),
        visited_on=date(2026, 3, 2), visited_at=time(14, 5), occasion=Occasion.CRISIS,
        summary='Zeile „eins“\nund "zwei"', next_visit_due_on=date(2027, 1, 31),
        file_reference="+49-7", topics=["outlook"],
    )  # fmt: skip
    make.topic_note(visit, "succession", flag=Flag.WATCH, position=1)
    me = browser.signed_in_as(officer)

    answer = me.download("visits.export")

    raw = answer.get_data()
    assert raw.startswith(b"\xef\xbb\xbfKurzzeichen;Datum;Uhrzeit;Organisation;")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="besuche-{today().isoformat()}.csv"'
    )
    assert cells(me) == [
        [
            visit.reference, "02.03.2026", "14:05", "Häusler; Söhne", "Musterstadt", "Vor Ort",
            "Krise", "abgeschlossen", "Lage & Ausblick, Nachfolge", "Beobachten", "Anna Amt",
            'Zeile „eins“\nund "zwei"', "31.01.2027", "+49-7", "", "",
        ]
    ]  # fmt: skip


def test_no_cell_is_a_formula(make: Make, browser: Browser) -> None:
    officer = make.person(name="-2+3")
    for start in ("=1+1", "@SUM(A1)", "\tEinzug", "+cmd|' /C calc'!A0", "-1+1", "=cmd"):
        make.visit(
            owner=officer, organisation=make.organisation(start), summary=start,
            file_reference=start,
        )  # fmt: skip

    found = cells(browser.signed_in_as(officer))

    assert len(found) == 6
    for row in found:
        assert not [cell for cell in row if cell.startswith(("=", "@", "\t", "+", "-"))], row
        assert row[11].startswith("'")


def test_a_file_of_several_batches_is_complete_and_in_order(
    app: Flask, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    owner = make.person()
    visits = many(app, make, owner, 1_203, days=[DAY, DAY + timedelta(days=1)])
    me = browser.signed_in_as(owner)
    count_queries.clear()

    found = cells(me)

    assert len(count_queries) <= 16
    newest_first = sorted(visits, key=lambda v: (v.visited_on, v.id), reverse=True)
    assert [row[11] for row in found] == [visit.summary for visit in newest_first]
    assert {row[8] for row in found} == {"Lage & Ausblick, Innovation"}
    by_name = cells(me, sort="organisation")
    assert len(by_name) == 1_203
    assert [row[3] for row in by_name] == sorted(row[3] for row in by_name)


def test_the_file_holds_what_the_filter_shows(app: Flask, make: Make, browser: Browser) -> None:
    owner = make.person()
    many(app, make, owner, 60)
    make.visit(VisitStatus.DRAFT, owner=owner, visited_on=DAY, summary="Entwurf")
    me = browser.signed_in_as(owner)
    page = me.open("visits.index", q="Betrieb 003", sort="oldest")

    href = page.links["Als CSV herunterladen"]
    text = me.answer("GET", href).get_data(as_text=True)

    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    assert {row[3] for row in rows} == {"Betrieb 003"}
    assert f"{len(rows)} Einträge" in page.text
    for status in ("", "draft"):
        assert "Entwurf" not in {row[11] for row in cells(me, status=status)}


def test_readers_get_no_file(make: Make, browser: Browser) -> None:
    for role in (Role.READER, Role.NONE):
        me = browser.signed_in_as(make.person(role))
        assert me.download("visits.export").status_code == 403
