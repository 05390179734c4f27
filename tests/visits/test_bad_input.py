"""Whatever is sent: a sentence beside the field, nothing lost, nothing saved by half."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from crm.clock import now, today
from crm.concerns.models import Stage
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import (
    SOON,
    about,
    alert,
    line,
    new_form,
    panel,
    refused,
    rows,
    sent,
)

DATE = "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein."
BEFORE = (today() - timedelta(days=7)).strftime("%d.%m.%Y")
CHECK = "Bitte prüfen Sie, wer teilgenommen hat."
CHOICE = "Bitte wählen Sie einen der angebotenen Einträge."


def test_dates_and_times_that_are_none(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    before = rows(app)

    asked = refused(
        page,
        sent(
            page,
            {
                "visited_on": "31.2.2026",
                "visited_at": "25:61",
                "next_visit_due": "1.1.1800",
                "summary": "Bleibt stehen.",
            }
            | about(page, "Lage & Ausblick", note="Bleibt auch.", look_again="+99999w"),
            *line(outlook, title="Anrufen", due="irgendwann"),
            *line("follow_ups", title="Ohne Datum", due=""),
        ),
    )

    assert alert(asked) == [
        DATE,
        "Bitte geben Sie eine Uhrzeit wie 14:30 ein.",
        DATE,
        DATE,
        "Bitte geben Sie an, bis wann.",
        DATE,
    ]
    assert rows(app) == before


def test_lines_that_lack_half(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    before = rows(app)

    asked = refused(
        page,
        sent(
            page,
            {"summary": "Gut."},
            *line("follow_ups", title="", due=SOON, promised=True),
            ("new_contacts-0-given_name", "Mia"),
            ("new_contacts-0-family_name", ""),
            ("new_contacts-0-function", "Prokuristin"),
        ),
    )

    assert alert(asked) == [
        "Bitte geben Sie den Nachnamen an.",
        "Bitte schreiben Sie, was zugesagt ist.",
    ]
    assert rows(app) == before


def test_what_a_visit_needs_at_least(app: Flask, make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()))
    before = rows(app)

    asked = refused(page, sent(page, {"visited_on": "", "people": []}))

    assert alert(asked) == [
        "Bitte geben Sie die Organisation an.",
        "Bitte geben Sie das Datum an.",
        "Bitte wählen Sie mindestens eine Person von uns.",
        "Bitte schreiben Sie eine Notiz zu einem Thema oder eine Zusammenfassung.",
    ]
    nameless = refused(
        page, sent(page, {"new_organisation": True, "visited_on": SOON, "summary": "x"})
    )
    assert alert(nameless) == [
        "Bitte geben Sie den Namen der Organisation an.",
        "Bitte geben Sie die Gemeinde an.",
        "Das Datum liegt in der Zukunft. Sichern Sie den Besuch als geplanten Besuch.",
    ]
    assert rows(app) == before


def test_a_plan_lies_ahead(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)

    asked = refused(page, sent(page, {"visited_on": BEFORE}), intent="plan")

    assert alert(asked) == [
        "Das Datum liegt in der Vergangenheit. Planen lässt sich nur ein Tag ab heute."
    ]


def test_choices_that_nobody_offered(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    stranger = make.person(team=make.team(body=make.body()))
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    forged = {
        "mode": "ship",
        "occasion": "party",
        "visibility": "world",
        f"{outlook}-flag": "purple",
        f"{outlook}-visibility": "world",
    }
    kept = [
        (name, value)
        for name, value in sent(page, about(page, "Lage & Ausblick", note="Bleibt."))
        if name not in forged
    ]
    before = rows(app)

    asked = refused(
        page,
        [
            *kept,
            *forged.items(),
            ("people", str(stranger.id)),
            *line(outlook, title="Anrufen", due=SOON, assignee=stranger.id),
        ],
        but=[*forged, "people", f"{outlook}-follow_ups-0-assignee"],
    )

    assert len(alert(asked)) == 7
    assert set(alert(asked)) <= {CHOICE, "Bitte wählen Sie mindestens eine Person von uns."}
    assert stranger.name not in asked.text
    assert rows(app) == before


def test_records_that_are_not_ones_own_to_name(app: Flask, make: Make, browser: Browser) -> None:
    elsewhere = make.team(body=make.body())
    lead, other = make.organisation("Eigene GmbH"), make.organisation("Andere GmbH")
    foreign = make.organisation("Fremde GmbH", team=elsewhere)
    contact = make.contact(other, family_name="Falschmann")
    closed = make.concern("Längst erledigt", organisation=lead, stage=Stage.CLOSED)
    others = make.concern("Gehört woandershin", organisation=other)
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    one, two = panel(page, "Lage & Ausblick"), panel(page, "Innovation")
    notes = about(page, "Lage & Ausblick", note="Eins.", concern=True)
    notes |= about(page, "Innovation", note="Zwei.", concern=True)
    forged = {f"{one}-concern_id": str(closed.id), f"{two}-concern_id": str(others.id)}
    kept = [(name, value) for name, value in sent(page, notes) if name not in forged]
    before = rows(app)

    asked = refused(
        page,
        [*kept, *forged.items(), ("contacts", str(contact.id)), ("further", str(foreign.id))],
        but=[*forged, "contacts", "further"],
    )

    assert alert(asked) == [
        f"Eine weitere Organisation gibt es nicht oder nicht mehr. {CHECK}",
        f"Eine gewählte Person gehört nicht zu den Organisationen. {CHECK}",
        "Dieses Anliegen ist nicht mehr offen. Bitte wählen Sie ein anderes.",
        "Dieses Anliegen ist nicht mehr offen. Bitte wählen Sie ein anderes.",
    ]
    for secret in ("Fremde GmbH", "Falschmann", "Längst erledigt", "Gehört woandershin"):
        assert secret not in asked.text
    assert rows(app) == before


@pytest.mark.parametrize("forged", ["organisation_id", "alternative"])
def test_an_organisation_of_another_body(
    forged: str, app: Flask, make: Make, browser: Browser
) -> None:
    foreign = make.organisation("Fremde GmbH", team=make.team(body=make.body()))
    page = new_form(browser.signed_in_as(make.person()))
    pairs = [pair for pair in sent(page, {"summary": "Gut."}) if pair[0] != forged]
    before = rows(app)

    asked = refused(page, [*pairs, (forged, str(foreign.id))], but=[forged])

    assert alert(asked) == ["Bitte geben Sie die Organisation an."]
    assert "Fremde GmbH" not in asked.text
    assert rows(app) == before


def test_a_post_of_nothing(app: Flask, make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    before = rows(app)

    assert me.post(me.url("visits.new"), []).status == 400
    for key in ("", "x", "1" * 31, "\x00"):
        assert me.post(me.url("visits.new"), [("visit_id", key)]).status == 400
    assert rows(app) == before


def test_an_archived_organisation_takes_no_new_visit(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation("Alt GmbH")
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    pairs = sent(page, {"summary": "Gut."})
    make.change(lead, archived_at=now() - timedelta(days=1))
    before = rows(app)

    asked = refused(page, pairs)

    assert alert(asked) == [
        "Diese Organisation gibt es nicht oder nicht mehr. Bitte wählen Sie eine andere."
    ]
    assert rows(app) == before
