"""Notes that join a concern later, and leave it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm.audit import history
from crm.clock import now, today
from crm.concerns.models import Concern, Stage
from crm.db import db
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import TopicNote, VisitStatus
from tests.make import Make
from tests.page import Browser


def stored(make: Make, concern: Concern) -> Concern:
    return make.run(lambda: db.session.get_one(Concern, concern.id))


def concern_of(make: Make, note: TopicNote) -> UUID | None:
    return make.run(lambda: db.session.get_one(TopicNote, note.id)).concern_id


def test_a_note_of_another_visit_joins_and_the_undo_takes_it_out(
    make: Make, browser: Browser
) -> None:
    me, organisation = make.person(), make.organisation()
    concern = make.concern(
        owner=me, organisation=organisation, opened_at=now() - timedelta(days=30)
    )
    follow_up = make.follow_up(owner=me, concern_id=concern.id)
    visit = make.visit(owner=me, organisation=organisation)
    note = make.topic_note(visit, note="Davon erzählt", visibility=Visibility.TEAM)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    joined = page.submit(button="Anschließen", note=str(note.id))

    assert "Davon erzählt" in joined.texts("#notes .timeline")[0]
    assert "Sichtbar für: nur mein Team." in joined.texts(".flash")[0]
    found = stored(make, concern)
    assert found.visibility is Visibility.TEAM
    assert found.first_responded_at is not None
    assert (
        make.run(lambda: db.session.get_one(FollowUp, follow_up.id)).visibility is Visibility.TEAM
    )
    parted = joined.submit(button="Rückgängig")
    assert parted.texts("#notes .timeline") == []
    found = stored(make, concern)
    assert (found.visibility, found.first_responded_at) == (Visibility.BODY, None)
    actions = [e.action for e in make.run(lambda: history(concern.id))]
    assert actions == ["answer_taken_back", "parted", "answered", "joined"]
    again = parted.submit(button="Rückgängig")
    assert concern_of(make, note) == concern.id
    assert again.status == 200


def test_a_note_that_leaves_widens_nothing_by_itself(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, visibility=Visibility.TEAM)
    visit = make.visit(owner=me)
    strict = make.topic_note(visit, concern_id=concern.id, visibility=Visibility.TEAM)
    mine = browser.signed_in_as(me)

    page = mine.open("concerns.show", concern_id=concern.id).submit(
        form='#notes form[action$="/detach"]'
    )

    assert concern_of(make, strict) is None
    assert stored(make, concern).visibility is Visibility.TEAM
    assert page.texts("#notes .muted") == ["Kein Gesprächspunkt ist für Sie sichtbar."]


def test_no_undo_is_wider_than_the_notes_that_stay(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, visibility=Visibility.TEAM)
    visit = make.visit(owner=me)
    leaves = make.topic_note(visit, concern_id=concern.id)
    make.topic_note(visit, "sites", concern_id=concern.id, visibility=Visibility.TEAM)
    mine = browser.signed_in_as(me)
    url = mine.url("concerns.detach", concern_id=concern.id)

    mine.post(url, [("note", str(leaves.id)), ("circle", "body")])

    assert concern_of(make, leaves) is None
    assert stored(make, concern).visibility is Visibility.TEAM


def test_an_edit_of_the_visit_opens_no_concern_in_its_place(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    visit = make.visit(owner=me)
    note = make.topic_note(visit, concern_id=concern.id, wants_concern=True)
    mine = browser.signed_in_as(me)
    begun = mine.open("visits.edit", visit_id=visit.id)
    mine.open("concerns.show", concern_id=concern.id).submit(form='#notes form[action$="/detach"]')

    stale = begun.submit(button="Änderungen sichern")
    mine.open("visits.edit", visit_id=visit.id).submit(button="Änderungen sichern")

    assert stale.status == 409
    assert concern_of(make, note) is None


def test_only_notes_that_are_seen_fit_and_are_free_are_offered(
    make: Make, browser: Browser
) -> None:
    me, organisation = make.person(), make.organisation()
    concern = make.concern(owner=me, organisation=organisation)
    there: dict[str, Any] = {"owner": me, "organisation": organisation}
    fits = make.topic_note(make.visit(**there), note="Passt")
    unfit = [
        make.topic_note(make.visit(owner=me)),
        make.topic_note(make.visit(VisitStatus.PLANNED, **there)),
        make.topic_note(make.visit(archived_at=now(), archived_by_id=me.id,
                                   archived_reason="Doppelt", **there)),
        make.topic_note(make.visit(**there), concern_id=make.concern(owner=me).id),
        make.topic_note(
            make.visit(owner=make.person(), organisation=organisation,
                       visibility=Visibility.MANAGERS)
        ),
    ]  # fmt: skip
    mine = browser.signed_in_as(me)
    page = mine.open("concerns.show", concern_id=concern.id)

    assert page.attributes("#note option", "value") == [str(fits.id)]
    url = mine.url("concerns.attach", concern_id=concern.id)
    for note in unfit:
        before = concern_of(make, note)
        refused = mine.post(url, [("note", str(note.id))])
        assert refused.status == 422
        assert "gehört inzwischen zu einem anderen Anliegen" in refused.texts("[role=alert]")[0]
        assert concern_of(make, note) == before


def test_a_second_click_on_either_changes_nothing(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation()
    concern = make.concern(owner=me, organisation=organisation)
    visit = make.visit(owner=me, organisation=organisation, visited_on=today() - timedelta(days=9))
    note = make.topic_note(visit)
    mine = browser.signed_in_as(me)

    for endpoint in ("attach", "attach", "detach", "detach"):
        url = mine.url(f"concerns.{endpoint}", concern_id=concern.id)
        assert mine.post(url, [("note", str(note.id))]).status == 200

    actions = [e.action for e in make.run(lambda: history(concern.id))]
    assert actions == ["parted", "joined"]


def test_a_closed_concern_takes_no_more_notes(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation()
    concern = make.concern(owner=me, organisation=organisation, stage=Stage.CLOSED)
    note = make.topic_note(make.visit(owner=me, organisation=organisation))
    mine = browser.signed_in_as(me)

    page = mine.open("concerns.show", concern_id=concern.id)
    refused = mine.post(
        mine.url("concerns.attach", concern_id=concern.id), [("note", str(note.id))]
    )

    assert page.soup.select("#attach") == []
    assert refused.status == 422
    assert concern_of(make, note) is None


@pytest.mark.parametrize("endpoint", ["attach", "detach"])
@pytest.mark.parametrize("note", ["", "x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_what_is_no_note_is_refused(endpoint: str, note: str, make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    mine = browser.signed_in_as(me)

    answer = mine.post(mine.url(f"concerns.{endpoint}", concern_id=concern.id), [("note", note)])

    assert answer.status == 422


def test_who_may_not_move_it_changes_no_notes(make: Make, browser: Browser) -> None:
    organisation = make.organisation()
    concern = make.concern(organisation=organisation)
    note = make.topic_note(make.visit(organisation=organisation), concern_id=concern.id)
    neighbour = browser.signed_in_as(make.person(team=make.team(body=make.home_body)))
    reader = browser.signed_in_as(make.person(Role.READER))

    for person in (neighbour, reader):
        page = person.open("concerns.show", concern_id=concern.id)
        assert page.soup.select("#notes form, #attach") == []
        url = person.url("concerns.detach", concern_id=concern.id)
        assert person.post(url, [("note", str(note.id))]).status == 403
    assert concern_of(make, note) == concern.id
