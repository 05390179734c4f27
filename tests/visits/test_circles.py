"""What hangs on a visit belongs to its team, and is never for more people than the visit."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Person, Team
from crm.concerns.models import Concern, Stage
from crm.db import Record, db
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import TopicNote, VisitStatus
from tests.make import Make
from tests.page import Browser, Value
from tests.visits.steps import about, alert, line, new_form, panel, send

R = TypeVar("R", bound=Record)
BODY, TEAM, MANAGERS = Visibility


def one(app: Flask, kind: type[R], **columns: Any) -> R:
    """Return the only row of this kind with these columns."""
    with app.app_context():
        return db.session.scalars(sa.select(kind).filter_by(**columns)).one()


def manager_of_both(make: Make) -> tuple[Person, Team]:
    """Return somebody of another team who leads the home team too, and that other team."""
    other = make.team("Anderes Team", body=make.home_body)
    return make.person(Role.MANAGER, team=other, leads=[make.home]), other


def test_what_a_manager_adds_to_a_visit_belongs_to_the_team_of_the_visit(
    app: Flask, make: Make, browser: Browser
) -> None:
    manager, other = manager_of_both(make)
    visit = make.visit()
    page = browser.signed_in_as(manager).open("visits.edit", visit_id=visit.id)
    topic = panel(page, "Innovation")

    note = about(page, "Innovation", note="KANARIE.", concern=True, visibility="team")
    saved = send(page, note, *line(topic, title="KANARIE", due="+1w"), intent="save")

    assert saved.status == 200
    made = (one(app, TopicNote), one(app, Concern), one(app, FollowUp))
    assert {row.team_id for row in made} == {make.home.id}
    of_the_visit = browser.signed_in_as(make.person())
    of_the_other = browser.signed_in_as(make.person(team=other))
    assert "KANARIE" in of_the_visit.open("visits.show", visit_id=visit.id).text
    assert "KANARIE" not in of_the_other.open("visits.show", visit_id=visit.id).text
    assert "KANARIE" in of_the_visit.open("follow_ups.index", scope="all").text
    assert "KANARIE" not in of_the_other.open("follow_ups.index", scope="all").text


def test_a_follow_up_belongs_to_the_team_of_what_it_hangs_on(
    app: Flask, make: Make, browser: Browser
) -> None:
    other = make.team("Anderes Team", body=make.home_body)
    me = browser.signed_in_as(make.person(team=other))
    visit, concern, organisation = make.visit(), make.concern(), make.organisation()
    wanted = {
        "Zum Besuch": ({"visit": visit.id}, make.home),
        "Zum Anliegen": ({"concern": concern.id}, make.home),
        "Zum Unternehmen": ({"organisation": organisation.id}, other),
        "Für sich": ({}, other),
    }

    for title, (origin, _team) in wanted.items():
        me.open("follow_ups.new", **origin).submit(title=title, due_on="+1w", visibility="team")

    for title, (_origin, team) in wanted.items():
        assert one(app, FollowUp, title=title).team_id == team.id, title
    after = one(app, FollowUp, title="Zum Besuch")
    me.open("follow_ups.new", after=after.id).submit(title="Danach", due_on="+2w")
    assert one(app, FollowUp, title="Danach").team_id == make.home.id


def test_narrowing_a_visit_narrows_everything_that_hangs_on_it(
    app: Flask, make: Make, browser: Browser
) -> None:
    owner, colleague = make.officer, make.person()
    other = make.person(team=make.team(body=make.home_body))
    lead = make.organisation()
    visit = make.visit(owner=owner, organisation=lead)
    concerns = {
        topic: make.concern(f"KANARIE {topic}", organisation=lead, owner=owner)
        for topic in ("outlook", "innovation", "succession")
    }
    make.topic_note(visit, "outlook", note="KANARIE", concern_id=concerns["outlook"].id)
    make.topic_note(visit, "innovation", note="KANARIE", concern_id=concerns["innovation"].id)
    hidden = make.topic_note(
        visit, "succession", note="KANARIE", owner_id=colleague.id, visibility=BODY,
        concern_id=concerns["succession"].id, team_id=make.home.id,
    )  # fmt: skip
    for topic, concern in concerns.items():
        make.follow_up(f"KANARIE {topic}", concern_id=concern.id)
        make.follow_up(
            f"KANARIE am Besuch {topic}", visit_id=visit.id, topic_id=make.topic(topic).id
        )
    page = browser.signed_in_as(owner).open("visits.edit", visit_id=visit.id)

    send(page, {f"{panel(page, 'Innovation')}-chosen": False, "visibility": "team"}, intent="save")

    stranger = browser.signed_in_as(other)
    for endpoint in ("follow_ups.index", "concerns.index"):
        assert "KANARIE" not in stranger.open(endpoint, scope="all").text, endpoint
    assert "KANARIE" not in stranger.open("organisations.show", organisation_id=lead.id).text
    assert one(app, TopicNote, id=hidden.id).visibility is TEAM
    assert {one(app, Concern, id=c.id).visibility for c in concerns.values()} == {TEAM}


def test_narrowing_a_note_narrows_the_follow_ups_of_its_concern(
    app: Flask, make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    visit, concern = make.visit(organisation=lead), make.concern(organisation=lead)
    make.topic_note(visit, "innovation", concern_id=concern.id, wants_concern=True)
    follow_up = make.follow_up(concern_id=concern.id)
    me = browser.signed_in_as(make.officer)
    page = me.open("visits.edit", visit_id=visit.id)

    send(page, {f"{panel(page, 'Innovation')}-visibility": "managers"}, intent="save")

    assert one(app, Concern, id=concern.id).visibility is MANAGERS
    assert one(app, FollowUp, id=follow_up.id).visibility is MANAGERS
    of_concern = me.open("concerns.show", concern_id=concern.id).text
    assert "hat mit dem Besuch eingeschränkt, wer es sieht: ich und meine Leitung" in of_concern
    of_follow_up = me.open("follow_ups.show", follow_up_id=follow_up.id).text
    assert "hat mit dem Besuch oder Anliegen eingeschränkt, wer sie sieht" in of_follow_up


def test_a_narrower_note_does_not_join_the_concern_of_another_team(
    app: Flask, make: Make, browser: Browser
) -> None:
    other = make.team("Anderes Team", body=make.home_body)
    lead = make.organisation()
    theirs = make.concern("Gewerbefläche", owner=make.person(team=other), organisation=lead)
    page = new_form(browser.signed_in_as(make.officer), organisation=lead.id)
    note: dict[str, Value] = {
        "note": "Vertraulich.",
        "concern": True,
        "concern_id": str(theirs.id),
    }

    for intent, day in (("complete", "heute"), ("plan", "+1w")):
        narrow = about(page, "Innovation", visibility="team", **note)
        asked = send(page, {**narrow, "visited_on": day}, intent=intent)

        assert asked.status == 422
        assert any("Neues Anliegen" in sentence for sentence in alert(asked))
        assert "Vertraulich." in asked.text
    assert one(app, Concern, id=theirs.id).visibility is BODY
    joined = send(page, about(page, "Innovation", visibility="body", **note))
    assert joined.status == 200
    assert one(app, TopicNote).concern_id == theirs.id


def test_a_note_that_has_joined_and_becomes_narrower_leaves_another_teams_concern_as_it_is(
    app: Flask, make: Make, browser: Browser
) -> None:
    other = make.team("Anderes Team", body=make.home_body)
    lead = make.organisation()
    theirs = make.concern("Gewerbefläche", owner=make.person(team=other), organisation=lead)
    visit = make.visit(organisation=lead)
    make.topic_note(visit, "innovation", concern_id=theirs.id, wants_concern=True)
    me = browser.signed_in_as(make.officer)
    page = me.open("visits.edit", visit_id=visit.id)

    send(page, {"visibility": "team"}, intent="save")

    assert one(app, Concern, id=theirs.id).visibility is BODY
    assert me.open("concerns.show", concern_id=theirs.id).status == 200


def test_completing_a_plan_opens_the_concern_that_a_colleague_ticked_unseen(
    app: Flask, make: Make, browser: Browser
) -> None:
    colleague = make.person(name="Karla Kollegin")
    plan = make.visit(VisitStatus.PLANNED)
    make.topic_note(
        plan, "innovation", owner_id=colleague.id, visibility=MANAGERS, note="KANARIE erweitert.",
        wants_concern=True,
    )  # fmt: skip
    me = browser.signed_in_as(make.officer)

    done = send(
        me.open("visits.edit", visit_id=plan.id), {"visited_on": "heute", "summary": "Gut."}
    )

    assert "abgeschlossen" in done.text
    assert "KANARIE" not in done.text
    concern = one(app, Concern)
    assert (concern.owner_id, concern.team_id) == (colleague.id, make.home.id)
    assert (concern.visibility, concern.title) == (MANAGERS, "KANARIE erweitert")
    assert one(app, TopicNote).concern_id == concern.id
    assert "KANARIE" not in me.open("concerns.index", scope="all").text
    theirs = browser.signed_in_as(colleague).open("concerns.index", scope="all")
    assert "KANARIE" in theirs.text


def test_a_colleagues_note_joins_the_concern_it_was_to_join_unless_that_was_closed(
    app: Flask, make: Make, browser: Browser
) -> None:
    colleague, lead = make.person(), make.organisation()
    plan = make.visit(VisitStatus.PLANNED, organisation=lead)
    known = make.concern("Offen", organisation=lead)
    closed = make.concern("Erledigt", organisation=lead, stage=Stage.CLOSED)
    for topic, concern in (("innovation", known), ("outlook", closed)):
        make.topic_note(
            plan, topic, owner_id=colleague.id, visibility=MANAGERS, note=f"Zu {topic}.",
            wants_concern=True, concern_id=concern.id,
        )  # fmt: skip
    me = browser.signed_in_as(make.officer)

    send(me.open("visits.edit", visit_id=plan.id), {"visited_on": "heute", "summary": "Gut."})

    joined = one(app, TopicNote, topic_id=make.topic("innovation").id)
    opened = one(app, Concern, title="Zu outlook")
    assert joined.concern_id == known.id
    assert one(app, TopicNote, topic_id=make.topic("outlook").id).concern_id == opened.id


def test_a_visit_that_not_all_may_see_leaves_no_line_at_the_organisation(
    make: Make, browser: Browser
) -> None:
    lead, other = make.organisation(), make.person(team=make.team(body=make.home_body))
    me, stranger = browser.signed_in_as(make.officer), browser.signed_in_as(other)
    before = stranger.open("organisations.show", organisation_id=lead.id).texts("main")
    typed = {"summary": "Gut.", "next_visit_due": "+6w"}

    send(new_form(me, organisation=lead.id), {**typed, "visibility": "team"})
    hidden = stranger.open("organisations.show", organisation_id=lead.id).texts("main")
    send(new_form(me, organisation=lead.id), {**typed, "visibility": "body"})
    shown = stranger.open("organisations.show", organisation_id=lead.id).texts("main")

    assert hidden == before
    assert "Nächster Besuch" in shown[0]
    assert shown != before
