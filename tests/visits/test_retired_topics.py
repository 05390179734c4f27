"""A topic that is retired while somebody writes about it takes nothing with it."""

from __future__ import annotations

from flask import Flask

from crm.clock import now
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import about, new_form, panel, send


def test_a_draft_keeps_its_note_on_a_topic_that_was_retired_meanwhile(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    draft = send(page, about(page, "Innovation", note="Neue Halle geplant."), intent="draft")
    make.change(make.topic("innovation"), retired_at=now())

    opened = page.browser.open_url(draft.url)
    kept = send(opened, {"summary": "Gut."}, intent="draft")
    done = send(kept, {})

    assert "Neue Halle geplant." in kept.text
    assert "Der Besuch ist abgeschlossen." in done.text
    assert "Neue Halle geplant." in done.text


def test_a_retired_topic_is_not_offered_to_who_has_not_written_about_it(
    make: Make, browser: Browser
) -> None:
    make.change(make.topic("innovation"), retired_at=now())
    page = new_form(browser.signed_in_as(make.person()))

    draft = send(page, about(page, "Digitalisierung", note="Läuft."), intent="draft")

    assert "Innovation" not in page.texts("#visit-form label")
    assert "Innovation" not in draft.texts("#visit-form label")
    assert panel(draft, "Digitalisierung")
