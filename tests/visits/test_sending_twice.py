"""One form, one visit: a second click, a reload, Back, two windows, two people."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask

from crm.follow_ups import queries as follow_ups
from crm.visits.models import VisitStatus
from tests.at_once import answers, twin
from tests.make import Make
from tests.page import Browser, Page, Pairs, Value
from tests.visits.steps import about, action, key_of, line, new_form, rows, send, sent

SAVED = "Meine Fassung sichern"
NEW: Mapping[str, Value] = {
    "organisation": "Neu GmbH",
    "new_organisation": True,
    "new_municipality": "Adorf",
}


def test_the_same_form_sent_again_is_the_same_visit(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    me = browser.signed_in_as(make.person())
    page = new_form(me, organisation=lead.id)
    note = about(page, "Innovation", note="Neue Halle.", flag="urgent", concern=True)
    pairs = sent(
        page, note, *line("follow_ups", title="Anrufen", due="+1w"), ("intent", "complete")
    )

    first = me.answer("POST", action(page), pairs)
    once = rows(app)
    again = me.answer("POST", action(page), pairs)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert rows(app) == once
    assert once["visit"] == once["concern"] == once["follow_up"] == 1


def test_the_same_form_sent_twice_at_once_is_one_visit(
    app: Flask, make: Make, browser: Browser
) -> None:
    me = browser.signed_in_as(make.person())
    page = new_form(me)
    pairs = sent(page, {**NEW, "summary": "Gut."}, ("intent", "complete"))

    found = answers([me, twin(me)], action(page), [pairs, pairs])

    assert [answer.status_code for answer in found] == [303, 303]
    assert found[0].location == found[1].location
    assert rows(app)["visit"] == rows(app)["organisation"] == 1


@pytest.mark.parametrize("intent", ["draft", "complete"])
def test_a_draft_sent_twice_at_once(intent: str, app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    me = browser.signed_in_as(make.person())
    page = send(new_form(me, organisation=lead.id), {"summary": "Erst."}, intent="draft")
    pairs = sent(page, {"summary": "Dann."}, ("intent", intent))

    found = answers([me, twin(me)], action(page), [pairs, pairs])

    assert [answer.status_code for answer in found] == [303, 303]
    assert rows(app)["visit"] == 1


def test_a_new_draft_sent_twice_at_once(app: Flask, make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    page = new_form(me)
    pairs = sent(page, {"summary": "Erst."}, ("intent", "draft"))

    found = answers([me, twin(me)], action(page), [pairs, pairs])

    assert [answer.status_code for answer in found] == [303, 303]
    assert rows(app)["visit"] == 1


def test_two_edits_at_once_are_a_visit_and_a_conflict(
    app: Flask, make: Make, browser: Browser
) -> None:
    officer, colleague = make.person(), make.person()
    visit = make.visit(owner=officer)
    people = [browser.signed_in_as(officer), browser.signed_in_as(colleague)]
    pages = [person.open("visits.edit", visit_id=visit.id) for person in people]
    typed = [
        sent(page, {"summary": f"Fassung {n}."}, ("intent", "save")) for n, page in enumerate(pages)
    ]

    found = answers(people, action(pages[0]), typed)

    assert sorted(answer.status_code for answer in found) == [303, 409]
    conflict = next(answer for answer in found if answer.status_code == 409)
    assert "Fassung 0." in conflict.text
    assert "Fassung 1." in conflict.text


def test_the_same_key_with_other_content_shows_both(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation("Alpha GmbH")
    me = browser.signed_in_as(make.person())
    page = new_form(me, organisation=lead.id)
    more: Pairs = [
        *line("follow_ups", title="Anrufen", due="+1w"),
        ("new_contacts-0-family_name", "Neumann"),
    ]
    note = about(page, "Innovation", note="Neue Halle.", concern=True)
    send(page, {"summary": "Erste Fassung."} | note, *more)
    once = rows(app)

    conflict = send(page, {"summary": "Zweite Fassung."} | note, *more)

    assert conflict.status == 409
    assert ["Erste Fassung." in row for row in conflict.texts("td")].count(True) == 1
    assert ["Zweite Fassung." in row for row in conflict.texts("td")].count(True) == 1
    assert rows(app) == once
    mine = conflict.submit(button=SAVED)
    assert "Zweite Fassung." in mine.text
    after = rows(app)
    for table in ("visit", "contact", "follow_up", "concern", "topic_note", "organisation"):
        assert after[table] == once[table], table


def test_a_conflict_can_become_a_visit_of_its_own(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation("Alpha GmbH")
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    first = send(page, {"summary": "Erste Fassung."})

    second = send(page, {"summary": "Zweite Fassung."}).submit(button="Als weiteren Besuch sichern")

    assert "Zweite Fassung." in second.text
    assert key_of(second) != key_of(first)
    assert rows(app)["visit"] == 2
    assert "Erste Fassung." in page.browser.open_url(first.url).text


def test_an_organisation_made_with_the_visit_is_not_made_again_with_my_version(
    app: Flask, make: Make, browser: Browser
) -> None:
    page = new_form(browser.signed_in_as(make.person()))
    send(page, {**NEW, "summary": "Eins."})

    asked = send(page, {**NEW, "summary": "Zwei."})
    conflict = send(asked, {"confirm_new": True})
    mine = conflict.submit(button=SAVED)

    assert "Zwei." in mine.text
    assert rows(app)["organisation"] == 1


def test_an_old_sending_does_not_undo_a_later_edit(make: Make, browser: Browser) -> None:
    lead = make.organisation()
    me = browser.signed_in_as(make.person())
    page = new_form(me, organisation=lead.id)
    shown = send(page, {"summary": "Damals."})
    send(shown.follow("Bearbeiten"), {"summary": "Heute."}, intent="save")

    again = send(page, {"summary": "Damals."})

    assert again.url == shown.url
    assert "Heute." in again.text
    assert "Damals." not in again.text


def test_a_key_of_somebody_else_answers_as_if_it_were_none(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead, officer = make.organisation(shared=True), make.person()
    hidden = [
        make.visit(VisitStatus.DRAFT, owner=officer, draft_form=[["summary", "KANARIE"]]),
        make.visit(owner=officer, summary="KANARIE", visibility="managers"),
    ]
    neighbour = make.person(team=make.team(body=make.home_body), name="Nachbar")
    foreigner = make.person(team=make.team())
    for person in (neighbour, foreigner):
        page = new_form(browser.signed_in_as(person), organisation=lead.id)
        pairs = [(n, v) for n, v in sent(page, {"summary": "Ich."}) if n != "visit_id"]
        before = rows(app)
        for visit in hidden:
            for intent in ("complete", "plan", "draft"):
                answer = page.browser.answer(
                    "POST", action(page), [*pairs, ("visit_id", str(visit.id)), ("intent", intent)]
                )
                assert answer.status_code == 404
                assert "KANARIE" not in answer.text
        assert rows(app) == before


def test_a_plan_sent_again_as_completed_completes_it_once(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead, officer = make.organisation(), make.person()
    me = browser.signed_in_as(officer)
    page = new_form(me, organisation=lead.id)
    more = line("follow_ups", title="Anfahrt klären", due="+1w")
    planned = send(page, {"summary": "Vorhaben."}, *more, intent="plan")

    done = send(page, {"summary": "Vorhaben."}, *more).submit(button=SAVED)

    assert done.url == planned.url
    assert "abgeschlossen" in done.text
    actor = make.actor(officer)
    assert len(make.run(lambda: follow_ups.of_visit(actor, key_of(done)))) == 1


def test_an_expired_session_gives_the_input_back(make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    pairs = [*sent(page, {"summary": "Langer Text."}), ("intent", "complete")]
    page.browser.client.delete_cookie("__Host-augenhoehe")

    asked = Page(page.browser, page.browser.answer("POST", action(page), pairs))

    assert asked.status == 400
    assert "Langer Text." in asked.attributes("[type=hidden]", "value")
