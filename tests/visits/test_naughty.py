"""Naughty texts, long ones, and names of fields that nobody rendered."""

from __future__ import annotations

from flask import Flask

from crm.web.forms import LONGEST_LINE, LONGEST_LIST
from tests.make import Make
from tests.naughty import NAUGHTY, UNSTORABLE
from tests.page import Browser
from tests.visits.steps import SOON, about, alert, line, new_form, panel, refused, rows, send, sent

LONG = "Bitte kürzen Sie den Text auf 20.000 Zeichen."
LONG_LINE = "Bitte kürzen Sie den Text auf 300 Zeichen."
CONTROLS = (
    "Der Text enthielt Steuerzeichen, die sich nicht sichern lassen."
    " Sie sind nun entfernt; bitte prüfen Sie den Text."
)


def test_texts_that_are_too_long(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    words = "ä " * 500_000
    before = rows(app)

    asked = refused(
        page,
        sent(
            page,
            {
                "summary": "x" * 20_001,
                "company_text": "y" * 20_000,
                "outsiders": "z" * 20_001,
                "file_reference": "a" * (LONGEST_LINE + 1),
                "further_text": words.strip(),
            }
            | about(page, "Lage & Ausblick", note="n" * 20_001, concern_title="c" * 301),
            *line(outlook, title="t" * 301, due=SOON),
        ),
    )

    assert sorted(alert(asked)) == sorted([LONG] * 3 + [LONG_LINE] * 4)
    assert rows(app) == before


def test_characters_that_cannot_be_kept_are_told(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    bad = "Vorher" + "".join(c for c in UNSTORABLE if not 0xD800 <= ord(c) < 0xE000) + "nachher"
    dirty = ["summary", "outsiders", "file_reference", f"{outlook}-note", "visited_at"]
    values = dict.fromkeys(dirty, bad) | {f"{outlook}-chosen": True}
    before = rows(app)

    asked = refused(page, sent(page, values), but=[*dirty])

    assert alert(asked).count(CONTROLS) == 4
    assert asked.texts("[name=summary]") == ["Vorhernachher"]
    assert rows(app) == before


def test_naughty_texts_are_shown_exactly(make: Make, browser: Browser) -> None:
    lead = make.organisation()
    me = browser.signed_in_as(make.person())
    whole = "\n".join(text for text in NAUGHTY if len(text) < 300 and text != "None")
    page = new_form(me, organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")

    shown = send(
        page,
        {"summary": whole, "company_text": whole, "outsiders": "'; DROP TABLE visit; --"}
        | about(page, "Lage & Ausblick", note=whole, concern=True),
        *line(outlook, title="<script>alert(1)</script>\u202e", due=SOON),
    )

    assert shown.status == 200
    again = shown.follow("Bearbeiten")
    for name in ("summary", "company_text", f"{outlook}-note"):
        control = again.soup.select_one(f"[name={name}]")
        assert control is not None
        assert control.get_text() == whole


FORGED_NAMES = [
    "topics--1-note", "topics-999999999-note", "topics-²-note", f"topics-{'9' * 5_000}-note",
    "topics-1e3-note", "topics-0-follow_ups-²-title", "topics-", "topics", "topics-0",
    "follow_ups-٣-title", f"follow_ups-{'9' * 5_000}-title", "new_contacts-²-family_name",
    "topics-0-follow_ups", "\x00", "\ud800", "x" * 9_999,
]  # fmt: skip


def test_names_of_fields_that_nobody_rendered(make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    pairs = sent(page, {"summary": "Gut."})
    twice = [(name, value) for name, value in pairs if name.endswith("-topic_id")]

    forged = [(name.encode("utf-8", "replace").decode(), "9") for name in FORGED_NAMES]
    shown = send(page, {"summary": "Gut."}, *forged, *twice, ("topics-77-topic_id", "9"))

    assert shown.status == 200
    assert "Der Besuch ist abgeschlossen." in shown.text


def test_more_lines_than_anybody_types(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    many = [
        pair
        for number in range(LONGEST_LIST + 1)
        for pair in line("follow_ups", title="Noch eine", due=SOON, number=number)
    ]
    before = rows(app)

    asked = refused(page, sent(page, {"summary": "Gut."}, *many))

    assert alert(asked) == ["Bitte tragen Sie höchstens 50 Zeilen auf einmal ein."]
    assert rows(app) == before
