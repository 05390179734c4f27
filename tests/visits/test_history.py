"""The history of a visit says what changed, and nothing of notes that its reader may not see."""

from __future__ import annotations

import pytest
from flask import Flask

from crm.clock import now
from crm.db import transaction
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import TopicNote, Visit, VisitStatus
from tests.make import Make
from tests.page import Browser, Value
from tests.visits.steps import about, send


def told(reader: Browser, visit: Visit) -> list[str]:
    """Return the history of a visit, newest first, without who it was."""
    page = reader.open("visits.show", visit_id=visit.id)
    return [text.partition(" hat ")[2] for text in page.texts("#history .entry__main")]


def edit(author: Browser, visit: Visit, **values: Value) -> None:
    page = author.open("visits.edit", visit_id=visit.id)
    assert send(page, values, intent="save").status == 200


def note(author: Browser, visit: Visit, **values: Value) -> None:
    """Edit the note on innovation, and nothing else."""
    page = author.open("visits.edit", visit_id=visit.id)
    assert send(page, about(page, "Innovation", **values), intent="save").status == 200


def drop_note(author: Browser, visit: Visit) -> None:
    page = author.open("visits.edit", visit_id=visit.id)
    chosen = next(name for name in about(page, "Innovation") if name.endswith("-chosen"))
    assert send(page, {chosen: False}, intent="save").status == 200


@pytest.fixture
def author(make: Make, browser: Browser) -> Browser:
    return browser.signed_in_as(make.officer)


@pytest.fixture
def reader(make: Make, browser: Browser) -> Browser:
    return browser.signed_in_as(make.person(Role.READER))


def test_the_history_names_every_field_that_changed(make: Make, author: Browser) -> None:
    visit = make.visit()

    edit(author, visit, summary="Anders.", file_reference="AZ 7", visited_on="2.11.2026")
    note(author, visit, note="Neu.")

    assert told(author, visit) == [
        "den Besuch bearbeitet: Gesprächspunkt Innovation",
        "den Besuch bearbeitet: Datum, Zusammenfassung, Aktenzeichen",
    ]


def test_who_may_not_see_a_note_is_not_told_of_its_changes(
    make: Make, author: Browser, reader: Browser
) -> None:
    visit = make.visit()
    make.topic_note(visit, "innovation", visibility=Visibility.MANAGERS)
    edit(author, visit, summary="Anders.")

    note(author, visit, note="KANARIE", flag="watch")

    assert told(author, visit) == [
        "den Besuch bearbeitet: Gesprächspunkt Innovation",
        "den Besuch bearbeitet: Zusammenfassung",
    ]
    assert told(reader, visit) == ["den Besuch bearbeitet: Zusammenfassung"]


def test_what_changed_with_a_note_of_others_is_told_without_it(
    make: Make, author: Browser, reader: Browser
) -> None:
    visit = make.visit()
    make.topic_note(visit, "innovation", visibility=Visibility.MANAGERS)
    page = author.open("visits.edit", visit_id=visit.id)

    send(page, about(page, "Innovation", note="KANARIE") | {"summary": "Neu."}, intent="save")

    assert told(author, visit) == [
        "den Besuch bearbeitet: Zusammenfassung, Gesprächspunkt Innovation"
    ]
    assert told(reader, visit) == ["den Besuch bearbeitet: Zusammenfassung"]


def test_a_note_that_was_narrowed_is_not_named_to_others_any_more(
    make: Make, author: Browser, reader: Browser
) -> None:
    visit = make.visit()
    make.topic_note(visit, "innovation")
    note(author, visit, note="Für alle.")
    assert told(reader, visit) == ["den Besuch bearbeitet: Gesprächspunkt Innovation"]

    note(author, visit, visibility="managers")

    assert told(reader, visit) == []
    assert len(told(author, visit)) == 2


def test_what_a_note_is_now_decides_also_about_older_lines(
    app: Flask, make: Make, author: Browser, reader: Browser
) -> None:
    visit = make.visit()
    kept = make.topic_note(visit, "innovation")
    note(author, visit, note="Für alle.")

    with app.app_context(), transaction() as session:
        session.get_one(TopicNote, kept.id).visibility = Visibility.MANAGERS

    assert told(reader, visit) == []


@pytest.mark.parametrize(("circle", "lines"), [(Visibility.MANAGERS, 0), (Visibility.BODY, 1)])
def test_a_removed_note_is_named_to_those_who_saw_it(
    circle: Visibility, lines: int, make: Make, author: Browser, reader: Browser
) -> None:
    visit = make.visit()
    make.topic_note(visit, "innovation", visibility=circle)

    drop_note(author, visit)

    named = ["den Besuch bearbeitet: Gesprächspunkt Innovation"]
    assert told(author, visit) == named
    assert told(reader, visit) == named * lines


def test_the_narrowest_circle_a_removed_note_had_decides(
    make: Make, author: Browser, reader: Browser
) -> None:
    visit = make.visit()
    make.topic_note(visit, "innovation")
    note(author, visit, note="Für alle.")
    note(author, visit, visibility="managers")

    drop_note(author, visit)

    assert len(told(author, visit)) == 3
    assert told(reader, visit) == []


def test_a_note_that_joins_a_concern_leaves_no_line_for_who_may_not_see_it(
    make: Make, author: Browser, reader: Browser
) -> None:
    place, circle = make.organisation(), Visibility.MANAGERS
    visit = make.visit(organisation=place)
    concern = make.concern(organisation=place, visibility=circle)
    hidden = make.topic_note(visit, "innovation", visibility=circle)

    author.post(author.url("concerns.attach", concern_id=concern.id), [("note", str(hidden.id))])

    assert told(author, visit) == ["den Besuch bearbeitet: Gesprächspunkt Innovation"]
    assert told(reader, visit) == []


def test_a_visit_is_completed_once(make: Make, author: Browser) -> None:
    visit = make.visit(status=VisitStatus.PLANNED)

    for intent in ("complete", "save"):
        page = author.open("visits.edit", visit_id=visit.id)
        today = now().strftime("%d.%m.%Y")
        send(page, {"summary": f"Nun: {intent}.", "visited_on": today}, intent=intent)

    assert [line.partition(":")[0] for line in told(author, visit)] == [
        "den Besuch bearbeitet",
        "den Besuch abgeschlossen",
    ]
