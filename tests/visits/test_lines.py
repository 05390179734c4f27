"""The form without JavaScript: its buttons add lines and load what belongs to an organisation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from crm.clock import is_working_day, next_working_day, today
from crm.follow_ups import queries as follow_ups
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import about, alert, line, new_form, panel, rows, send, sent


def test_each_button_adds_a_line_and_keeps_what_was_typed(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    topic = page.attributes(f"[name={outlook}-topic_id]", "value")[0]
    typed = {"visited_on": "32.1.", "summary": "Bleibt."} | about(
        page, "Lage & Ausblick", note="Bleibt auch."
    )
    before = rows(app)

    one = send(page, typed, intent=f"follow-up:{topic}")
    two = send(one, {f"{outlook}-follow_ups-0-title": "Erste"}, intent=f"follow-up:{topic}")
    three = send(two, {f"{outlook}-follow_ups-1-title": "Zweite"}, intent="follow-up:")
    four = send(three, {"follow_ups-0-title": "Zum Besuch"}, intent="contact:")
    five = send(four, {"new_contacts-0-family_name": "Neumann"}, intent="contact:")

    assert five.status == 200
    assert rows(app) == before
    typed |= {
        f"{outlook}-follow_ups-0-title": "Erste", f"{outlook}-follow_ups-1-title": "Zweite",
        "follow_ups-0-title": "Zum Besuch", "new_contacts-0-family_name": "Neumann",
        "new_contacts-1-family_name": "",
    }  # fmt: skip
    assert {(name, value) for name, value in typed.items() if value is not True} <= set(
        sent(five, {})
    )


def test_the_organisation_brings_its_people_and_concerns(make: Make, browser: Browser) -> None:
    lead, other = make.organisation("Alpha GmbH"), make.organisation("Beta GmbH")
    make.contact(lead, family_name="Anders")
    make.contact(other, family_name="Berger")
    make.concern("Zufahrt bauen", organisation=lead)
    page = new_form(browser.signed_in_as(make.person()))

    loaded = send(page, {"organisation": "alpha gmbh", "further_text": "Beta GmbH"},
                  intent="refresh")  # fmt: skip

    assert loaded.attributes("[name=organisation_id]", "value") == [str(lead.id)]
    assert loaded.attributes("[name=further][checked]", "value") == [str(other.id)]
    chips = " ".join(loaded.texts("#contacts label"))
    assert "Anders" in chips
    assert "Berger" in chips
    assert any("Zufahrt bauen" in text for text in loaded.texts("[name$=-concern_id] option"))
    changed = send(loaded, {"organisation": "Beta GmbH", "further": []}, intent="refresh")
    assert "Anders" not in " ".join(changed.texts("#contacts label"))
    assert not any("Zufahrt" in text for text in changed.texts("[name$=-concern_id] option"))


def test_who_took_part_at_another_organisation_is_asked_about(
    app: Flask, make: Make, browser: Browser
) -> None:
    """Without JavaScript the people of the first organisation are still ticked."""
    lead, other = make.organisation("Alpha GmbH"), make.organisation("Beta GmbH")
    contact = make.contact(lead)
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    typed = {"organisation": "Beta GmbH", "contacts": [str(contact.id)], "summary": "Gut."}
    before = rows(app)

    asked = send(page, typed)

    assert asked.status == 422
    assert "gehört nicht zu den Organisationen" in alert(asked)[0]
    assert rows(app) == before
    assert send(asked, {}).texts("h1")[0].startswith(other.name)


@pytest.mark.parametrize("weeks", [1, 2])
def test_a_follow_up_falls_on_a_working_day_and_the_page_says_so(
    weeks: int, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    sunday = today() + timedelta(days=6 - today().weekday(), weeks=weeks)
    monday = next_working_day(sunday, "ST")

    shown = send(
        page, {"summary": "Gut."},
        *line("follow_ups", title="Anrufen", due=sunday.strftime("%d.%m.%Y")),
    )  # fmt: skip

    told = f"„Anrufen“ liegt nun am nächsten Arbeitstag, {monday.strftime('%d.%m.%Y')}."
    assert told in " ".join(shown.text.split())


def test_the_quick_dates_are_working_days(make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()))
    template = page.soup.select_one("#new-follow-up")
    assert template is not None

    days = [str(button["data-day"]) for button in template.select("[data-day]")]

    assert len(days) == 3
    for day in days:
        number, month, year = map(int, day.split("."))
        assert is_working_day(date(year, month, number), "ST")


def test_a_note_to_be_looked_at_again_waits_for_a_working_day(make: Make, browser: Browser) -> None:
    me, place = make.person(), make.organisation()
    page = browser.signed_in_as(me).open("visits.new", organisation=place.id)

    saved = send(
        page,
        about(page, "Märkte", note="Export prüfen.", flag="watch", look_again="1.5.2027"),
        intent="complete",
    )

    assert "„Märkte“ liegt nun am nächsten Arbeitstag, 03.05.2027." in saved.texts(".flash p")
    actor = make.actor(me)
    [reminder] = make.run(lambda: follow_ups.open_of(actor, place.id))
    assert reminder.due_on == date(2027, 5, 3)
