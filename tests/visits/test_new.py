"""Log a visit whole, and find every value again."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.clock import next_working_day, today
from crm.concerns import queries as concerns
from crm.concerns.models import Flag
from crm.db import db
from crm.follow_ups import queries as follow_ups
from crm.organisations import queries as organisations
from crm.organisations import services as organisation_services
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Role
from tests.make import Make
from tests.page import Browser, Value
from tests.visits.steps import about, alert, key_of, line, new_form, panel, rows, send


def test_a_whole_visit_is_found_again_on_its_page(app: Flask, make: Make, browser: Browser) -> None:
    officer = make.person(name="Anna Amt")
    colleague = make.person(name="Bernd Büro")
    lead = make.organisation("Häusler Präzision GmbH")
    partner = make.organisation("Kammer Musterkreis", kind=OrganisationKind.PARTNER)
    contact = make.contact(lead, family_name="Häusler")
    joined = make.concern("Zufahrt ausbauen", owner=officer, organisation=lead)
    me = browser.signed_in_as(officer)
    due = today() + timedelta(days=21)
    page = new_form(me, organisation=lead.id, further=partner.id)
    succession, outlook = panel(page, "Nachfolge"), panel(page, "Lage & Ausblick")

    shown = send(
        page,
        {
            "visited_on": "gestern",
            "visited_at": "14 Uhr",
            "mode": "our_office",
            "occasion": "anniversary",
            "contacts": [str(contact.id)],
            "people": [str(officer.id), str(colleague.id)],
            "outsiders": "Landrätin Muster\nBauamt, Herr Beispiel",
            "further_text": "Kammer Musterkreis",
            "summary": "Der Betrieb wächst.",
            "company_text": "Vielen Dank für das Gespräch.",
            "next_visit_due": due.strftime("%d.%m.%Y"),
            "file_reference": "WF-2026/117",
        }
        | about(page, "Nachfolge", note="Übergabe in zwei Jahren.", flag="urgent",
                visibility="managers", confidential=True, concern=True,
                concern_title="Nachfolge regeln")
        | about(page, "Lage & Ausblick", note="Volle Auftragsbücher. Mehr Platz nötig.",
                flag="watch", for_company=True, concern=True, concern_id=str(joined.id),
                look_again="+4w"),
        *line(succession, title="Beratung vermitteln", due="+2t", assignee=colleague.id,
              promised=True),
        *line(outlook, title="Fläche suchen", due="+1w"),
        *line("follow_ups", title="Protokoll senden", due="+1w", number=0),
        *line("follow_ups", title="Foto schicken", due="+1w", number=1),
        ("new_contacts-0-given_name", "Mia"),
        ("new_contacts-0-family_name", "Neumann"),
        ("new_contacts-0-function", "Prokuristin"),
    )  # fmt: skip

    assert shown.status == 200
    assert "Der Besuch ist abgeschlossen." in shown.text
    main = " ".join(shown.texts("main"))
    for value in (
        "Häusler Präzision GmbH", "Kammer Musterkreis", "14:00", "Bei uns im Haus", "Jubiläum",
        "Häusler", "Mia Neumann", "Prokuristin", "Anna Amt", "Bernd Büro", "Landrätin Muster",
        "Bauamt, Herr Beispiel", "Der Betrieb wächst.", "Vielen Dank für das Gespräch.",
        due.strftime("%d.%m.%Y"), "WF-2026/117", "Übergabe in zwei Jahren.", "Dringend",
        "ich und meine Leitung", "Vertraulich mitgeteilt", "Nachfolge regeln",
        "Volle Auftragsbücher. Mehr Platz nötig.", "Beobachten", "Für das Unternehmen",
        "Zufahrt ausbauen", "Wieder ansehen am", "Beratung vermitteln", "Zugesagt",
        "Fläche suchen", "Protokoll senden", "Foto schicken",
        (today() - timedelta(days=1)).strftime("%d.%m.%Y"),
    ):  # fmt: skip
        assert value in main, value
    actor, visit_id = make.actor(officer), key_of(shown)
    todo = {f.title: f for f in make.run(lambda: follow_ups.of_visit(actor, visit_id))}
    assert set(todo) == {
        "Beratung vermitteln", "Fläche suchen", "Protokoll senden", "Foto schicken",
        "Volle Auftragsbücher",
    }  # fmt: skip
    assert todo["Beratung vermitteln"].assignee_ids == {colleague.id}
    assert todo["Beratung vermitteln"].promised
    assert todo["Beratung vermitteln"].visibility == "managers"
    assert todo["Fläche suchen"].assignee_ids == {officer.id}
    assert todo["Fläche suchen"].due_on == next_working_day(today() + timedelta(weeks=1), "ST")
    assert todo["Volle Auftragsbücher"].due_on == next_working_day(
        today() + timedelta(weeks=4), "ST"
    )
    assert todo["Protokoll senden"].topic_id is None
    opened = {c.title: c for c in make.run(lambda: concerns.open_of(actor, lead.id))}
    assert set(opened) == {"Nachfolge regeln", "Zufahrt ausbauen"}
    assert opened["Nachfolge regeln"].flag is Flag.URGENT
    assert opened["Nachfolge regeln"].visibility == "managers"
    company = make.run(lambda: organisations.get(actor, lead.id))
    assert company.next_visit_due_on == due
    assert rows(app)["contact"] == 2


def test_nothing_in_the_form_is_lost_when_the_visit_is_edited(make: Make, browser: Browser) -> None:
    officer = make.person()
    lead, other = make.organisation("Alpha GmbH"), make.organisation("Beta GmbH")
    contact = make.contact(lead)
    visit = make.visit(
        owner=officer, organisation=lead, further=[other], contacts=[contact],
        topics=["outlook", "succession"], company_text="Für Sie.", file_reference="AZ 1",
        next_visit_due_on=today() + timedelta(days=99),
    )  # fmt: skip
    me = browser.signed_in_as(officer)
    before = me.open("visits.show", visit_id=visit.id)

    after = send(me.open("visits.edit", visit_id=visit.id), {}, intent="save")

    assert "Die Änderungen sind gesichert." in after.text
    assert before.texts("article, dl.facts, .prose") == after.texts("article, dl.facts, .prose")


def test_an_organisation_is_made_together_with_the_visit(
    app: Flask, make: Make, browser: Browser
) -> None:
    me = browser.signed_in_as(make.person())
    page = new_form(me)

    shown = send(
        page,
        {
            "organisation": "Hofladen Ährenfeld",
            "new_organisation": True,
            "new_municipality": "Musterdorf",
            "new_kind": "founder",
            "summary": "Eröffnung.",
        },
    )

    assert shown.texts("h1")[0].startswith("Hofladen Ährenfeld, ")
    with app.app_context():
        made = db.session.scalars(sa.select(Organisation)).one()
    assert (made.name, made.municipality, made.kind) == (
        "Hofladen Ährenfeld",
        "Musterdorf",
        OrganisationKind.FOUNDER,
    )


@pytest.mark.parametrize("name", ["Bau GmbH", "bau  gmbh", "Bau-GmbH"])
def test_an_organisation_is_found_by_its_exact_name(
    name: str, make: Make, browser: Browser
) -> None:
    """As without JavaScript: nothing but the name is sent, and many names hold its words."""
    officer = make.person()
    actor = make.actor(officer)
    for other in ("Abbau", "Altbau", "Anbau", "Aufbau", "Ausbau", "Bauer", "Hochbau", "Bau"):
        draft = organisation_services.quick_draft(f"{other} GmbH", "Musterstadt")
        make.run(partial(organisation_services.add_organisation, actor, draft))
    page = new_form(browser.signed_in_as(officer))

    shown = send(page, {"organisation": name, "summary": "Gut."})

    assert shown.texts("h1")[0].startswith("Bau GmbH, ")


@pytest.mark.parametrize("name", ["田中さん", "!!!", "חָדָשׁ", "👍🏽"])
def test_an_organisation_whose_name_has_no_latin_letter_is_found_by_its_exact_name(
    name: str, make: Make, browser: Browser
) -> None:
    make.organisation(name)
    page = new_form(browser.signed_in_as(make.person()))

    shown = send(page, {"organisation": name, "summary": "Gut."})

    assert shown.texts("h1")[0].startswith(f"{name}, ")


def test_two_organisations_of_one_name_are_offered(
    app: Flask, make: Make, browser: Browser
) -> None:
    make.organisation("Müller KG", municipality="Adorf")
    second = make.organisation("Müller KG", municipality="Bdorf")
    page = new_form(browser.signed_in_as(make.person()))
    before = rows(app)

    asked = send(page, {"organisation": "Müller KG", "summary": "Gut."})

    assert asked.status == 422
    assert alert(asked) == [
        "Bitte wählen Sie eine der gefundenen Organisationen oder legen Sie eine neue an."
    ]
    assert sorted(asked.texts("label:has(> [name=alternative])")) == [
        "Müller KG (Adorf)",
        "Müller KG (Bdorf)",
    ]
    assert rows(app) == before
    shown = send(asked, {"alternative": str(second.id)})
    assert "Bdorf" in shown.follow("Müller KG").text


def test_an_unknown_organisation_is_told_and_nothing_saved(
    app: Flask, make: Make, browser: Browser
) -> None:
    page = new_form(browser.signed_in_as(make.person()))
    before = rows(app)

    asked = send(page, {"organisation": "Gibt es nicht AG", "summary": "Gut."})

    assert asked.status == 422
    assert alert(asked) == [
        "Diese Organisation ist noch nicht erfasst. Legen Sie sie gleich hier an."
    ]
    assert asked.attributes("[name=organisation]", "value") == ["Gibt es nicht AG"]
    assert asked.texts("[name=summary]") == ["Gut."]
    assert rows(app) == before


def test_the_clock_starts_at_the_end_of_the_conversation(make: Make, browser: Browser) -> None:
    officer = make.person()
    lead = make.organisation()
    page = new_form(browser.signed_in_as(officer), organisation=lead.id)
    note = about(page, "Infrastruktur", note="Kein Netz. Seit Wochen.", flag="urgent", concern=True)

    send(page, {"visited_on": "2.3.2026", "visited_at": "15:30"} | note)

    actor = make.actor(officer)
    (concern,) = make.run(lambda: concerns.open_of(actor, lead.id))
    assert concern.title == "Kein Netz"
    assert concern.opened_at.isoformat() == "2026-03-02T14:30:00+00:00"
    assert concern.first_response_due_on == date(2026, 3, 4)


def test_the_form_starts_with_today_and_oneself(make: Make, browser: Browser) -> None:
    officer = make.person()

    page = new_form(browser.signed_in_as(officer))

    assert page.attributes("[name=visited_on]", "value") == [today().strftime("%d.%m.%Y")]
    assert page.attributes("[name=people][checked]", "value") == [str(officer.id)]
    assert UUID(page.attributes("[name=visit_id]", "value")[0]).version == 7
    nachfolge = panel(page, "Nachfolge")
    assert page.attributes(f"[name={nachfolge}-visibility] [selected]", "value") == ["team"]


def test_nobody_but_those_who_log_visits_gets_the_form(make: Make, browser: Browser) -> None:
    for role in (Role.READER, Role.NONE):
        person = make.person(role, is_administrator=True)
        assert new_form(browser.signed_in_as(person)).status == 403


def test_a_likely_duplicate_is_shown_before_a_second_one_is_made(
    make: Make, browser: Browser
) -> None:
    make.organisation("Häusler Musterbau GmbH")
    officer = browser.signed_in_as(make.person(Role.OFFICER))
    typed: dict[str, Value] = {
        "organisation": "Haeusler Musterbau",
        "new_organisation": True,
        "new_municipality": "Musterstadt",
        "summary": "Erstes Gespräch.",
    }

    page = officer.open("visits.new").submit(button="Besuch abschließen", fields=typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Ähnliche Organisationen gibt es schon" in page.texts(".error-summary")[0]
    assert "Häusler Musterbau GmbH" in page.texts("main")[0]

    page = page.submit(button="Besuch abschließen", confirm_new=True)

    assert page.status == HTTPStatus.OK
    assert page.texts("h1")[0].startswith("Haeusler Musterbau,")
