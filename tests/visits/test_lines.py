"""The form without JavaScript: its buttons add lines and load what belongs to an organisation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from crm.accounts.models import Person
from crm.clock import is_working_day, next_working_day, today
from crm.follow_ups import queries as follow_ups
from crm.organisations.models import Organisation
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import (
    about,
    alert,
    key_of,
    line,
    new_form,
    panel,
    refused,
    rows,
    send,
    sent,
)


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


MONTHLY = [("follow_ups-0-repeat", "monthly"), ("follow_ups-0-times", "4")]


def _set_for(make: Make, me: Person, place: Organisation) -> list[tuple[str, str, date | None]]:
    actor = make.actor(me)
    found = make.run(lambda: follow_ups.open_of(actor, place.id))
    return [(f.title, f.recurrence, f.recurs_from) for f in found]


def test_what_is_promised_in_a_line_may_come_again(make: Make, browser: Browser) -> None:
    me, place = make.person(), make.organisation()
    page = new_form(browser.signed_in_as(me), organisation=place.id)
    topic = panel(page, "Lage & Ausblick")
    of_topic = line(topic, title="Nachfragen", due="2.5.2027")

    saved = send(
        page, about(page, "Lage & Ausblick", note="Gut."),
        *line("follow_ups", title="Anrufen", due="1.5.2027"), *MONTHLY,
        *of_topic, (f"{topic}-follow_ups-0-repeat", "yearly"),
        (f"{topic}-follow_ups-0-repeat_until", "31.12.2030"),
    )  # fmt: skip

    assert sorted(_set_for(make, me, place)) == [
        ("Anrufen", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=4", date(2027, 5, 1)),
        (
            "Nachfragen",
            "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2;UNTIL=20301231",
            date(2027, 5, 2),
        ),
    ]
    told = saved.follow("Anrufen").texts("dl")[0]
    assert "Kommt wieder jeden Monat am 1., insgesamt 4 Mal" in told


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"repeat": "hourly"}, "repeat", "einen der angebotenen Einträge"),
        ({"repeat": "weekly"}, "repeat_until", "Eine Serie braucht ein Ende."),
        ({"repeat": "weekly", "repeat_until": "bald"}, "repeat_until", "ein Datum wie"),
        ({"repeat": "weekly", "times": "oft"}, "times", "eine ganze Zahl"),
        ({"repeat": "weekly", "times": "3", "repeat_until": "01.05.2028"}, "times", "nur eines"),
        ({"repeat": "own", "own_rule": "'%_", "times": "3"}, "own_rule", "Regel"),
        ({"repeat": "weekly", "times": "3", "title": ""}, "title", "was wiederholt wird"),
    ],
)
def test_what_cannot_come_again_so_gets_a_sentence(
    typed: dict[str, str], field: str, sentence: str, app: Flask, make: Make, browser: Browser
) -> None:
    place = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=place.id)
    fields = {"title": "Anrufen", "due": "01.05.2027"} | typed
    pairs = [(f"follow_ups-0-{name}", value) for name, value in fields.items()]
    before = rows(app)

    # Of a choice there is nothing to give back that was never offered
    asked = refused(page, [*sent(page, {"summary": "Gut."}), *pairs], but=["follow_ups-0-repeat"])

    assert sentence in asked.texts(f"#follow_ups-0-{field}-error")[0]
    assert asked.soup.select(".follow-up details[open]") != []
    assert rows(app) == before


def test_what_does_not_come_again_is_not_asked_how_often(make: Make, browser: Browser) -> None:
    me, place = make.person(), make.organisation()
    page = new_form(browser.signed_in_as(me), organisation=place.id)
    hidden = [("follow_ups-0-repeat", ""), ("follow_ups-0-times", "oft")]

    send(page, {"summary": "Gut."}, *line("follow_ups", title="Anrufen", due="1.5.2027"), *hidden)

    assert _set_for(make, me, place) == [("Anrufen", "", None)]


def test_a_draft_keeps_how_a_line_comes_again(make: Make, browser: Browser) -> None:
    place = make.organisation()
    mine = browser.signed_in_as(make.person())
    page = new_form(mine, organisation=place.id)

    send(page, {}, *line("follow_ups", title="Anrufen", due="1.5.2027"), *MONTHLY, intent="draft")

    again = mine.open("visits.edit", visit_id=key_of(page))
    assert set(MONTHLY) <= set(sent(again, {}))
    assert again.soup.select(".follow-up details[open]") != []


def test_a_form_sent_again_changes_how_a_line_comes_again_by_a_second_one(
    make: Make, browser: Browser
) -> None:
    me, place = make.person(), make.organisation()
    page = new_form(browser.signed_in_as(me), organisation=place.id)
    typed = line("follow_ups", title="Anrufen", due="1.5.2027")
    send(page, {"summary": "Gut."}, *typed, *MONTHLY)

    mine = "Meine Fassung sichern"
    send(page, {"summary": "Sehr gut."}, *typed, *MONTHLY).submit(button=mine)
    once = _set_for(make, me, place)
    five = [MONTHLY[0], ("follow_ups-0-times", "5")]
    send(page, {"summary": "Sehr gut."}, *typed, *five).submit(button=mine)

    assert len(once) == 1
    counts = [rule.rpartition("=")[2] for _title, rule, _day in _set_for(make, me, place)]
    assert sorted(counts) == ["4", "5"]


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
