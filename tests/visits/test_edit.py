"""Edit a visit: what one does not see stays, what one narrows is narrow, and nobody is lost."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.clock import next_working_day, now, today
from crm.concerns.models import Concern
from crm.db import db
from crm.follow_ups.models import FollowUp
from crm.organisations.models import Organisation
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import Attendance, TopicNote, VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import about, alert, line, new_form, panel, rows, send, sent

MANAGERS, TEAM = Visibility.MANAGERS, Visibility.TEAM


def notes(app: Flask) -> list[tuple[str, Visibility]]:
    """Return the text and the circle of every note."""
    with app.app_context():
        found = db.session.scalars(sa.select(TopicNote).order_by(TopicNote.note))
        return [(note.note, note.visibility) for note in found]


def test_notes_that_one_may_not_see_stay_as_they_are(
    app: Flask, make: Make, browser: Browser
) -> None:
    owner, editor = make.person(), make.person()
    visit = make.visit(owner=owner, topics=["outlook"])
    make.topic_note(visit, "succession", note="KANARIE", visibility=MANAGERS)
    page = browser.signed_in_as(editor).open("visits.edit", visit_id=visit.id)
    assert "KANARIE" not in page.text

    saved = send(page, about(page, "Nachfolge", note="Von mir."), intent="save")

    assert saved.status == 200
    assert "KANARIE" not in saved.text
    assert ("KANARIE", MANAGERS) in notes(app)
    assert ("Von mir.", TEAM) in notes(app)
    assert len(notes(app)) == 3


@pytest.mark.parametrize("whose", ["mine", "nobody's"])
def test_of_two_notes_on_one_topic_only_the_one_in_the_form_changes(
    whose: str, app: Flask, make: Make, browser: Browser
) -> None:
    owner, colleague, manager = make.person(), make.person(), make.person(Role.MANAGER)
    visit = make.visit(owner=owner)
    make.topic_note(visit, "outlook", note="Kollegin", owner_id=colleague.id, position=0)
    make.topic_note(visit, "outlook", note="Eigene", owner_id=owner.id, position=1)
    me = owner if whose == "mine" else manager
    page = browser.signed_in_as(me).open("visits.edit", visit_id=visit.id)
    outlook = panel(page, "Lage & Ausblick")
    shown = page.texts(f"[name={outlook}-note]")[0]
    assert shown == ("Eigene" if whose == "mine" else "Kollegin")

    send(page, {f"{outlook}-note": f"{shown} neu"}, intent="save")

    texts = sorted(text for text, _circle in notes(app))
    assert texts == sorted({"Eigene", "Kollegin"} - {shown} | {f"{shown} neu"})


def test_narrowing_a_note_narrows_its_concern_and_follow_ups(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    outlook = panel(page, "Lage & Ausblick")
    shown = send(
        page,
        {"summary": "Gut."} | about(page, "Lage & Ausblick", note="Offen gesagt.", concern=True),
        *line(outlook, title="Zum Thema", due="+1w"),
        *line("follow_ups", title="Zum Besuch", due="+1w"),
    )

    send(shown.follow("Bearbeiten"), {f"{outlook}-visibility": "managers"}, intent="save")

    def circles() -> dict[str, Visibility]:
        with app.app_context():
            todo = db.session.scalars(sa.select(FollowUp))
            return {f.title: f.visibility for f in todo} | {
                "concern": db.session.scalars(sa.select(Concern)).one().visibility
            }

    assert circles() == {"Zum Thema": MANAGERS, "Zum Besuch": "body", "concern": MANAGERS}
    again = page.browser.open_url(shown.url).follow("Bearbeiten")
    send(again, {"visibility": "team", f"{outlook}-visibility": "body"}, intent="save")
    assert circles() == {"Zum Thema": MANAGERS, "Zum Besuch": TEAM, "concern": MANAGERS}
    assert notes(app) == [("Offen gesagt.", TEAM)]


def test_a_topic_is_removed_and_its_concern_stays(app: Flask, make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()), organisation=make.organisation().id)
    outlook = panel(page, "Lage & Ausblick")
    note = about(page, "Lage & Ausblick", note="Weg damit.", concern=True)
    shown = send(page, {"summary": "Gut."} | note)

    after = send(shown.follow("Bearbeiten"), {f"{outlook}-chosen": False}, intent="save")

    assert "Weg damit." not in " ".join(after.texts("article"))
    assert notes(app) == []
    assert rows(app)["concern"] == 1


def test_who_took_part_stays_there_whatever_became_of_them(make: Make, browser: Browser) -> None:
    officer, gone = make.person(), make.person(name="Gerd Gegangen")
    lead, further = make.organisation(), make.organisation("Weitere GmbH")
    contact = make.contact(lead, family_name="Fortgezogen")
    visit = make.visit(owner=gone, organisation=lead, further=[further], contacts=[contact])
    make.change(contact, archived_at=now(), archived_reason="weg")
    make.change(further, archived_at=now(), archived_reason="weg")
    make.change(lead, archived_at=now(), archived_reason="weg")
    make.change(gone, deactivated_at=now())
    page = browser.signed_in_as(officer).open("visits.edit", visit_id=visit.id)

    saved = send(page, {"summary": "Tippfehler behoben."}, intent="save")

    assert "Tippfehler behoben." in saved.text
    facts = " ".join(saved.texts("dl.facts"))
    for name in ("Fortgezogen", "Gerd Gegangen", "Weitere GmbH"):
        assert name in facts
    assert gone.id not in page.attributes("[name$=-assignee] option", "value")


def test_who_may_edit_whose_visit(make: Make, browser: Browser) -> None:
    owner = make.person()
    visit = make.visit(owner=owner, organisation=make.organisation(shared=True))
    neighbours = make.team(body=make.home_body)
    for person, status in [
        (owner, 200),
        (make.person(), 200),
        (make.person(Role.MANAGER), 200),
        (make.person(Role.MANAGER, team=neighbours, leads=[make.home]), 200),
        (make.person(team=neighbours), 403),
        (make.person(Role.MANAGER, team=neighbours), 403),
        (make.person(Role.READER), 403),
        (make.person(Role.NONE, is_administrator=True), 403),
        (make.person(team=make.team()), 404),
    ]:
        me = browser.signed_in_as(person)
        url = me.url("visits.edit", visit_id=visit.id)
        assert me.answer("GET", url).status_code == status, person.role
        if status != 200:
            typed = [("visit_id", str(visit.id)), ("summary", "Überschrieben"), ("intent", "save")]
            assert me.post(url, typed).status == status
    shown = browser.signed_in_as(owner).open("visits.show", visit_id=visit.id)
    assert "Überschrieben" not in shown.text


def test_two_people_who_edit_see_both_versions(make: Make, browser: Browser) -> None:
    owner, colleague = make.person(), make.person()
    visit = make.visit(owner=owner, topics=["outlook"], summary="Alt.")
    pages = [
        browser.signed_in_as(person).open("visits.edit", visit_id=visit.id)
        for person in (owner, colleague)
    ]
    outlook = panel(pages[0], "Lage & Ausblick")
    send(pages[0], {"summary": "Ihre.", f"{outlook}-note": "Ihre Notiz."}, intent="save")

    more = line("follow_ups", title="Meine Zeile", due="+1w")
    conflict = send(pages[1], {"summary": "Meine."}, *more, intent="save")

    assert conflict.status == 409
    cells = conflict.texts("td")
    assert {"Ihre.", "Meine."} <= set(cells)
    assert any("Ihre Notiz." in cell for cell in cells)
    kept = conflict.follow("Gesicherte Fassung behalten")
    assert "Ihre." in kept.text
    mine = conflict.submit(button="Meine Fassung sichern")
    assert "Meine." in mine.text
    assert "Meine Zeile" in mine.text
    # Sent once more, for example by Back
    assert "Meine." in conflict.submit(button="Meine Fassung sichern").text


def test_the_same_edit_again_changes_nothing(app: Flask, make: Make, browser: Browser) -> None:
    owner = make.person()
    visit = make.visit(owner=owner)
    page = browser.signed_in_as(owner).open("visits.edit", visit_id=visit.id)
    more = [
        *line("follow_ups", title="Einmal", due="+1w"),
        ("new_contacts-0-family_name", "Neumann"),
    ]
    first = send(page, {"summary": "Neu."}, *more, intent="save")
    before = rows(app)

    again = send(page, {"summary": "Neu."}, *more, intent="save")

    assert again.url == first.url
    assert rows(app) == before
    back = send(first.follow("Bearbeiten"), {"summary": "Ein gutes Gespräch."}, intent="save")
    forth = send(back.follow("Bearbeiten"), {"summary": "Neu."}, intent="save")
    assert "Neu." in forth.text


def test_who_is_typed_by_name_alone_is_the_one_of_that_name(make: Make, browser: Browser) -> None:
    owner = make.person()
    visit = make.visit(owner=owner)
    assert visit.organisation_id is not None
    organisation = make.run(lambda: db.session.get_one(Organisation, visit.organisation_id))
    known = make.contact(
        organisation, given_name="Mia", family_name="Neumann", function="Prokuristin"
    )
    page = browser.signed_in_as(owner).open("visits.edit", visit_id=visit.id)
    typed = [("new_contacts-0-given_name", "Mia"), ("new_contacts-0-family_name", "Neumann")]

    send(page, {}, *typed, intent="save")

    def present() -> list[UUID | None]:
        return list(
            db.session.scalars(
                sa.select(Attendance.contact_id).where(Attendance.contact_id.is_not(None))
            )
        )

    assert make.run(present) == [known.id]


def test_an_edit_that_is_wrong_gives_everything_back(
    app: Flask, make: Make, browser: Browser
) -> None:
    owner = make.person()
    visit = make.visit(owner=owner, topics=["outlook"])
    page = browser.signed_in_as(owner).open("visits.edit", visit_id=visit.id)
    before = rows(app)
    soon = (today() + timedelta(days=3)).strftime("%d.%m.%Y")
    typed = sent(page, {"visited_on": soon, "summary": "Neu."})

    asked = send(page, {"visited_on": soon, "summary": "Neu."}, intent="save")

    assert asked.status == 422
    assert len(alert(asked)) == 1
    assert set(typed) - set(sent(asked, {})) <= {pair for pair in typed if "csrf" in pair[0]}
    assert rows(app) == before


def test_a_cancelled_visit_is_not_edited(make: Make, browser: Browser) -> None:
    owner = make.person()
    visit = make.visit(VisitStatus.CANCELLED, owner=owner)
    page = browser.signed_in_as(owner).open("visits.edit", visit_id=visit.id)

    told = send(page, {"visited_on": "heute", "summary": "Doch."})

    assert told.status == 422
    assert alert(told) == ["Beim jetzigen Status des Besuchs ist das nicht möglich."]
    assert told.texts("[name=summary]") == ["Doch."]


def test_another_date_to_look_again_moves_the_reminder(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)
    note = about(page, "Märkte", note="Export prüfen.", flag="watch", look_again="+4w")
    edit = send(page, note).follow("Bearbeiten")

    saved = send(edit, about(edit, "Märkte", look_again="+8w"), intent="save")

    assert saved.status == 200
    with app.app_context():
        [reminder] = db.session.scalars(sa.select(FollowUp)).all()
    wanted = next_working_day(today() + timedelta(weeks=8), make.home_body.land)
    assert reminder.due_on == wanted


def test_one_looks_again_on_a_working_day(app: Flask, make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()), organisation=make.organisation().id)
    sunday = about(page, "Märkte", note="Export prüfen.", flag="watch", look_again="3.1.2100")

    saved = send(page, sunday)

    assert "„Märkte“ liegt nun am nächsten Arbeitstag, 04.01.2100." in saved.text
    assert "Wieder ansehen am 04.01.2100" in saved.text
    with app.app_context():
        [reminder] = db.session.scalars(sa.select(FollowUp)).all()
    assert reminder.due_on == date(2100, 1, 4)


def test_english_fields_show_and_read_english_dates(make: Make, browser: Browser) -> None:
    officer = make.person(language="en")
    visit = make.visit(owner=officer, visited_on=date(2026, 3, 5), topics=["outlook"])
    me = browser.signed_in_as(officer)

    page = me.open("visits.edit", visit_id=visit.id)
    assert page.attributes("#visited_on", "value") == ["5 Mar 2026"]
    page.submit(form="#visit-form", button="Save changes", summary="Unchanged day.")

    assert "Thu, 5 Mar 2026" in me.open("visits.show", visit_id=visit.id).text
