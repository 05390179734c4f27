"""Plans: they take place, are cancelled, postponed, planned again; visits are put away and back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask

from crm.clock import today
from crm.concerns import queries as concerns
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import about, alert, line, new_form, panel, rows, send, sent

AHEAD = (today() + timedelta(days=9)).strftime("%d.%m.%Y")
CHANGES = ("cancel", "postpone", "plan_again", "archive", "restore")


def test_a_plan_takes_place(app: Flask, make: Make, browser: Browser) -> None:
    officer, lead = make.person(), make.organisation("Alpha GmbH")
    contact = make.contact(lead)
    me = browser.signed_in_as(officer)
    page = new_form(me, organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    typed = {
        "visited_on": AHEAD, "visited_at": "10:00", "mode": "video", "occasion": "request",
        "contacts": [str(contact.id)], "outsiders": "Landrätin", "summary": "Vorhaben.",
        "company_text": "Wir freuen uns.", "file_reference": "AZ 7",
    }  # fmt: skip
    note = about(
        page, "Lage & Ausblick", note="Lage erfragen.", flag="urgent", visibility="team",
        confidential=True, for_company=True, concern=True, concern_title="Halle erweitern",
    )  # fmt: skip

    planned = send(page, typed | note, *line(outlook, title="Anfahrt", due="+1w"), intent="plan")

    assert "Der Besuch ist geplant." in planned.text
    assert rows(app)["concern"] == 0
    assert rows(app)["follow_up"] == 1
    form = planned.follow("Hat stattgefunden")
    assert set(sent(page, typed | note)) - set(sent(form, {})) <= {
        pair for pair in sent(page, typed | note) if pair[0] in {"csrf_token", "version"}
    }
    too_early = send(form, {})
    assert alert(too_early) == [
        "Das Datum liegt in der Zukunft. Sichern Sie den Besuch als geplanten Besuch."
    ]
    done = send(too_early, {"visited_on": "3.3.2026"})
    assert "Der Besuch ist abgeschlossen." in done.text
    actor = make.actor(officer)
    (concern,) = make.run(lambda: concerns.open_of(actor, lead.id))
    assert concern.opened_at.isoformat() == "2026-03-03T09:00:00+00:00"
    assert concern.first_response_due_on == date(2026, 3, 5)
    assert concern.visibility == "team"
    assert concern.title == "Halle erweitern"
    assert rows(app)["follow_up"] == 1


def test_beside_the_form_a_plan_is_told_from_what_took_place(make: Make, browser: Browser) -> None:
    officer = make.person()
    place = make.organisation()
    held = make.visit(owner=officer, organisation=place)
    plan = make.visit(VisitStatus.PLANNED, owner=officer, organisation=place)
    me = browser.signed_in_as(officer)

    [text] = me.open("visits.new", organisation=place.id).texts("[data-part=around]")

    assert f"{plan.visited_on:%d.%m.%Y} · Vor Ort · geplant" in text
    assert f"{held.visited_on:%d.%m.%Y} · Vor Ort" in text
    assert f"{held.visited_on:%d.%m.%Y} · Vor Ort · " not in text


def test_an_empty_report_for_the_company_is_told_before_it_is_handed_out(
    make: Make, browser: Browser
) -> None:
    officer = make.person()
    bare = make.visit(owner=officer, topics=["succession"])
    written = make.visit(owner=officer, company_text="Vielen Dank für das Gespräch.")
    me = browser.signed_in_as(officer)

    def told(key: UUID) -> bool:
        return (
            "bisher nur die Angaben zum Besuch"
            in me.open("visits.show", visit_id=key).texts("main")[0]
        )

    assert told(bare.id)
    assert not told(written.id)


def test_a_plan_joins_the_concern_that_was_chosen(make: Make, browser: Browser) -> None:
    officer, lead = make.person(), make.organisation("Alpha GmbH")
    concern = make.concern("Zufahrt", owner=officer, organisation=lead)
    me = browser.signed_in_as(officer)
    page = new_form(me, organisation=lead.id)
    note = about(page, "Infrastruktur", note="Zufahrt.", concern=True, concern_id=str(concern.id))

    planned = send(page, {"visited_on": AHEAD} | note, intent="plan")
    done = send(planned.follow("Hat stattgefunden"), {"visited_on": "heute"})

    assert "Der Besuch ist abgeschlossen." in done.text
    actor = make.actor(officer)
    open_ones = make.run(lambda: concerns.open_of(actor, lead.id))
    assert [found.title for found in open_ones] == ["Zufahrt"]


def test_plans_are_cancelled_postponed_and_planned_again(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(VisitStatus.PLANNED, owner=officer)
    me = browser.signed_in_as(officer)
    page = me.open("visits.show", visit_id=visit.id)

    off = page.submit(form="form[action$='/cancel']", reason="Krankheit")

    assert "Der Besuch ist abgesagt." in off.text
    assert "Grund: Krankheit" in off.text
    again = off.submit(button="Rückgängig")
    assert "Der Besuch ist wieder geplant." in again.text
    later = again.submit(form="form[action$='/postpone']", reason="Umbau")
    assert "Grund: Umbau" in later.text
    moved = send(later.follow("Hat stattgefunden"), {"visited_on": AHEAD}, intent="plan")
    assert "Grund: Umbau" not in moved.text
    assert AHEAD in moved.texts("h1")[0]
    assert "hat den Besuch verschoben" in moved.text
    assert "hat den Besuch abgesagt" in moved.text


def test_a_plan_is_moved_to_another_day(make: Make, browser: Browser) -> None:
    officer = make.person()
    before = today() + timedelta(days=3)
    visit = make.visit(VisitStatus.PLANNED, owner=officer, visited_on=before)
    page = browser.signed_in_as(officer).open("visits.show", visit_id=visit.id)

    past = page.submit(form="form[action$='/postpone']", visited_on="1.1.2020", reason="Umbau")
    moved = past.submit(form="form[action$='/postpone']", visited_on=AHEAD)

    assert past.status == 422
    assert past.texts("#postpone-visited_on-error") == ["Bitte geben Sie einen Tag ab heute an."]
    assert past.attributes("#postpone-reason", "value") == ["Umbau"]
    assert AHEAD in moved.texts("h1")[0]
    assert "geplant" in moved.text
    back = moved.submit(button="Rückgängig")
    assert before.strftime("%d.%m.%Y") in back.texts("h1")[0]


def test_a_visit_is_put_away_with_a_reason(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer)
    page = browser.signed_in_as(officer).open("visits.show", visit_id=visit.id)

    told = page.submit(form="form[action$='/archive']", reason="")

    assert told.status == 422
    assert told.texts("#archive-reason-error") == ["Bitte geben Sie einen Grund an."]


def test_a_visit_is_put_away_and_back(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer, organisation=make.organisation("Alpha GmbH"))
    me = browser.signed_in_as(officer)
    page = me.open("visits.show", visit_id=visit.id)

    gone = page.submit(form="form[action$='/archive']", reason="Doppelt erfasst")

    assert "Grund: Doppelt erfasst" in gone.text
    assert "Bearbeiten" not in gone.links
    assert "Alpha GmbH" not in me.open("visits.index").text
    assert "Alpha GmbH" in me.open("visits.index", archived="1").text
    back = gone.submit(button="Rückgängig")
    assert "Der Besuch ist wiederhergestellt." in back.text
    assert "Alpha GmbH" in me.open("visits.index").text


@pytest.mark.parametrize("status", [s for s in VisitStatus if s is not VisitStatus.DRAFT])
def test_every_change_in_every_state_is_done_or_explained(
    status: VisitStatus, make: Make, browser: Browser
) -> None:
    officer = make.person()
    me = browser.signed_in_as(officer)
    for change in CHANGES:
        visit = make.visit(status, owner=officer)
        url = me.url(f"visits.{change}", visit_id=visit.id)

        first = me.post(url, [("reason", "Grund")])
        second = me.post(url, [("reason", "Grund")])

        assert first.status in {200, 409}, change
        assert second.status == first.status, change
        if first.status == 409:
            assert "Beim jetzigen Status des Besuchs ist das nicht möglich." in first.text


def test_a_draft_is_neither_cancelled_nor_archived(make: Make, browser: Browser) -> None:
    officer = make.person()
    me = browser.signed_in_as(officer)
    draft = make.visit(VisitStatus.DRAFT, owner=officer)

    for change in ("cancel", "postpone", "plan_again", "archive"):
        url = me.url(f"visits.{change}", visit_id=draft.id)
        assert me.post(url, [("reason", "Grund")]).status == 409


def test_what_is_put_away_is_not_planned_or_edited(make: Make, browser: Browser) -> None:
    officer = make.person()
    me = browser.signed_in_as(officer)
    visit = make.visit(VisitStatus.PLANNED, owner=officer)
    form = me.open("visits.edit", visit_id=visit.id)
    me.post(me.url("visits.archive", visit_id=visit.id), [("reason", "Doppelt")])

    for change in ("cancel", "postpone"):
        assert me.post(me.url(f"visits.{change}", visit_id=visit.id), []).status == 409
    told = send(form, {"summary": "Noch etwas."}, intent="plan")
    assert told.status == 422
    assert alert(told) == ["Beim jetzigen Status des Besuchs ist das nicht möglich."]
    assert told.texts("[name=summary]") == ["Noch etwas."]


@pytest.mark.parametrize(
    ("reason", "back", "sentence"),
    [
        ("Vorher\x00\x07nachher", "Vorhernachher", "Der Text enthielt Steuerzeichen"),
        ("x" * 301, "x" * 301, "Bitte kürzen Sie den Text auf 300 Zeichen."),
    ],
)
@pytest.mark.parametrize("change", ["cancel", "postpone", "archive"])
def test_a_reason_that_cannot_be_kept_is_told(
    change: str, reason: str, back: str, sentence: str, make: Make, browser: Browser
) -> None:
    officer = make.person()
    me = browser.signed_in_as(officer)
    visit = make.visit(VisitStatus.PLANNED, owner=officer)

    told = me.post(me.url(f"visits.{change}", visit_id=visit.id), [("reason", reason)])

    assert told.status == 422
    assert sentence in told.texts(f"#{change}-reason-error")[0]
    assert told.attributes(f"#{change}-reason", "value") == [back]
