"""The harness itself: it works on both databases, and its inspection sees what it should."""

from __future__ import annotations

import pytest
from flask import Flask

from crm.db import db
from crm.policy import Role
from crm.visits.models import VisitStatus
from tests import inspection
from tests.make import Make
from tests.page import Browser

GOOD = """<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>Besuche – Augenhöhe</title></head>
<body><main><h1>Besuche</h1>
<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="name">Name</label><input id="name" name="name"><button>Sichern</button></form>
</main></body></html>
"""


def test_each_test_has_a_database_of_its_own_kind(
    app: Flask, database_kind: str, make: Make
) -> None:
    make.visit(topics=["outlook", "succession"])

    with app.app_context():
        assert db.engines["write"].dialect.name == database_kind


@pytest.mark.parametrize("status", VisitStatus)
def test_every_state_of_a_visit_can_be_made(status: VisitStatus, make: Make) -> None:
    assert make.visit(status).status is status


def test_every_role_can_be_made(make: Make) -> None:
    assert {make.actor(make.person(role)).role for role in Role} == set(Role)


def test_records_of_all_kinds_can_be_made(make: Make) -> None:
    organisation = make.organisation("Häusler")

    contact = make.contact(organisation)
    visit = make.visit(organisation=organisation, contacts=[contact], further=[make.organisation()])
    concern = make.concern(organisation=organisation)
    follow_up = make.follow_up(visit_id=visit.id, concern_id=concern.id, done=True)

    assert follow_up.done_by_id == visit.owner_id


def test_a_browser_gets_answers(browser: Browser) -> None:
    assert browser.download("health.healthz").json == {"status": "ok"}


def test_queries_are_counted(make: Make, browser: Browser, count_queries: list[str]) -> None:
    make.home  # noqa: B018 - building it asks the database
    count_queries.clear()

    browser.download("health.readyz")

    assert len(count_queries) >= 1
    assert not [statement for statement in count_queries if statement.startswith("BEGIN")]


def _faults(text: str) -> list[str]:
    faults = inspection.parse_faults(text)
    for find in inspection.CHECKS:
        faults += find(inspection.Outline(text))
    return faults


def test_a_good_page_passes_the_inspection() -> None:
    assert _faults(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("<!doctype html>", "", "expected-doctype"),
        ('lang="de"', "", "lang is None"),
        ("<h1>Besuche</h1>", "", "h1: []"),
        ("<h1>Besuche</h1>", "<h1>Besuche</h1><h1>Besuche</h1>", "h1: ['Besuche', 'Besuche']"),
        ("<h1>Besuche</h1>", "<h1>Termine</h1>", "does not start with the h1"),
        ("</h1>", "</h1><h3>Zu tief</h3>", "an h3 follows an h1"),
        ("<main>", '<main><p id="name">', "id 'name' stands 2 times"),
        ('for="name"', 'for="nobody"', "for='nobody' points nowhere"),
        ('<label for="name">Name</label>', "", "without a name"),
        ("Sichern", "", "without a name"),
        ("<button>", '<button onclick="x()">', "<button onclick=…>"),
        ("<button>", '<button style="color: red">', "<button style=…>"),
        ("</main>", "<script>x()</script></main>", "inline script"),
        ('name="csrf_token"', 'name="token"', "has no token"),
        ("</main>", "<p>None</p></main>", "in a text: 'None'"),
        ('method="post"', 'method="post" action="/visits/None"', "None"),
        ("<button>", "<p><div></div></p><button>", "unexpected-end-tag"),
    ],
)
def test_the_inspection_sees_a_fault(good: str, bad: str, fault: str) -> None:
    assert good in GOOD

    faults = _faults(GOOD.replace(good, bad))

    assert any(fault in found for found in faults), faults
