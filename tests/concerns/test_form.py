"""A concern that the telephone brings, and what can be changed in one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from crm.audit import history
from crm.clock import add_working_days, now, today
from crm.concerns import services
from crm.concerns.models import Concern, Flag, Stage
from crm.concerns.services import ConcernDraft
from crm.db import db
from crm.errors import Conflict
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits import services as visit_services
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser, Page


def stored(make: Make, concern: Concern) -> Concern:
    return make.run(lambda: db.session.get_one(Concern, concern.id))


def shown(make: Make, page: Page) -> Concern:
    key = UUID(urlsplit(page.url).path.rpartition("/")[2])
    return make.run(lambda: db.session.get_one(Concern, key))


# --- a new one ------------------------------------------------------------------------------------


def test_the_telephone_rings(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Beispielwerk GmbH")
    place = browser.signed_in_as(me).open("organisations.show", organisation_id=organisation.id)
    form = place.follow("Anliegen eröffnen")

    page = form.submit(
        title="Halle gesucht", topic=str(make.topic("sites").id), flag="urgent", visibility="team"
    )

    assert page.texts("h1") == ["Halle gesucht"]
    assert "„Halle gesucht“ ist eröffnet." in page.texts(".flash")[0]
    found = shown(make, page)
    assert (found.organisation_id, found.owner_id, found.visibility) == (
        organisation.id,
        me.id,
        Visibility.TEAM,
    )
    assert found.first_response_due_on == add_working_days(today(), 2, "ST")
    assert found.stage_since == found.opened_at
    assert page.texts("#course li")[0].startswith("Neu ")


def test_the_topic_decides_the_circle_if_nobody_does(make: Make, browser: Browser) -> None:
    make.organisation("Beispielwerk GmbH")
    officer = browser.signed_in_as(make.person())

    for slug, circle in (("succession", Visibility.TEAM), ("sites", Visibility.BODY)):
        page = officer.open("concerns.new").submit(
            organisation="beispielwerk", title="Neu", topic=str(make.topic(slug).id)
        )
        assert shown(make, page).visibility is circle


def test_what_is_missing_is_named_and_what_was_typed_stays(make: Make, browser: Browser) -> None:
    make.organisation("Muster Nord GmbH")
    make.organisation("Muster Süd GmbH")
    officer = browser.signed_in_as(make.person())

    empty = officer.open("concerns.new").submit()
    unknown = officer.open("concerns.new").submit(organisation="Gibt es nicht", title="Halle")
    several = officer.open("concerns.new").submit(
        organisation="muster", title="Halle", topic=str(make.topic().id)
    )

    assert [page.status for page in (empty, unknown, several)] == [422] * 3
    assert empty.texts("#organisation-error") == ["Bitte nennen Sie die Organisation."]
    assert empty.texts("#title-error")
    assert empty.texts("#topic-error")
    assert "noch nicht erfasst" in unknown.texts("#organisation-error")[0]
    assert unknown.attributes("#title", "value") == ["Halle"]
    choice = several.attributes("#alternative input", "value")
    page = several.submit(alternative=choice[1])
    assert page.texts("h1") == ["Halle"]


def test_a_second_click_opens_no_second_one(make: Make, browser: Browser) -> None:
    make.organisation("Beispielwerk GmbH")
    form = browser.signed_in_as(make.person()).open("concerns.new")
    typed: dict[str, Any] = {
        "organisation": "Beispielwerk",
        "title": "Halle",
        "topic": str(make.topic().id),
    }

    first, second = form.submit(**typed), form.submit(**typed)

    assert first.url == second.url
    assert [e.action for e in make.run(lambda: history(shown(make, first).id))] == ["opened"]


def test_what_is_changed_after_going_back_opens_another_one(make: Make, browser: Browser) -> None:
    make.organisation("Beispielwerk GmbH")
    form = browser.signed_in_as(make.person()).open("concerns.new")
    typed: dict[str, Any] = {"organisation": "Beispielwerk", "topic": str(make.topic().id)}

    first, second = form.submit(title="Halle", **typed), form.submit(title="Hof", **typed)

    assert (first.texts("h1"), second.texts("h1")) == (["Halle"], ["Hof"])
    assert first.url != second.url


@pytest.mark.parametrize("text", [text for text in NAUGHTY if text.strip()][::9])
def test_any_words_open_a_concern_or_are_refused(text: str, make: Make, browser: Browser) -> None:
    make.organisation("Beispielwerk GmbH")
    form = browser.signed_in_as(make.person()).open("concerns.new")
    typed: dict[str, Any] = {"organisation": "Beispielwerk", "topic": str(make.topic().id)}

    page = form.submit(title=text, **typed)

    assert page.status in {200, 422}
    assert page.status == 422 or page.texts("h1") == [" ".join(text.split())]


def test_an_organisation_of_others_is_none(make: Make, browser: Browser) -> None:
    foreign = make.organisation("Ausland GmbH", team=make.team())
    officer = browser.signed_in_as(make.person())

    assert officer.open("concerns.new", organisation=str(foreign.id)).status == 404
    named = officer.open("concerns.new").submit(organisation="Ausland GmbH", title="Halle")
    assert "noch nicht erfasst" in named.texts("#organisation-error")[0]


# --- an edit --------------------------------------------------------------------------------------


def test_everything_can_be_changed_and_the_history_says_what(make: Make, browser: Browser) -> None:
    me, colleague, helper = make.person(), make.person(), make.person(name="Hilde Hilft")
    other = make.organisation("Andere GmbH")
    concern = make.concern("Alt", owner=me)
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    after = page.follow("Bearbeiten").submit(
        title="Neu",
        organisation="Andere GmbH",
        organisation_id="",
        topic=str(make.topic("sites").id),
        owner=str(colleague.id),
        collaborators=[str(helper.id)],
        visibility="team",
    )

    found = stored(make, concern)
    assert (found.title, found.organisation_id, found.owner_id, found.visibility) == (
        "Neu",
        other.id,
        colleague.id,
        Visibility.TEAM,
    )
    assert "Hilde Hilft" in after.texts("#facts")[0]
    assert "hat geändert: Einstufung" not in after.texts("#history")[0]
    assert (
        "hat geändert: Sichtbar für, Titel, Thema, Organisation, Zuständig, Arbeitet mit"
        in after.texts("#history")[0]
    )


@pytest.mark.parametrize(
    ("before", "after", "response", "resolution"),
    [
        # From today, but never later than it was
        (Flag.WATCH, Flag.URGENT, 2, 20),
        (Flag.INFO, Flag.WATCH, 10, 60),
    ],
)
def test_a_more_pressing_flag_starts_the_clock_today(
    before: Flag, after: Flag, response: int, resolution: int, make: Make, browser: Browser
) -> None:
    me = make.person()
    far = today() + timedelta(days=200) if before is Flag.WATCH else None
    concern = make.concern(owner=me, flag=before, first_response_due_on=far, resolution_due_on=far)
    page = browser.signed_in_as(me).open("concerns.edit", concern_id=concern.id)

    page.submit(flag=after.value)

    found = stored(make, concern)
    assert found.first_response_due_on == add_working_days(today(), response, "ST")
    assert found.resolution_due_on == add_working_days(today(), resolution, "ST")
    assert found.next_due_on == found.first_response_due_on


def test_a_calmer_flag_counts_from_the_opening(make: Make, browser: Browser) -> None:
    me = make.person()
    opened = datetime(2026, 4, 29, 22, 30, tzinfo=UTC)
    concern = make.concern(owner=me, flag=Flag.URGENT, opened_at=opened)
    page = browser.signed_in_as(me).open("concerns.edit", concern_id=concern.id)

    calmer = page.submit(flag="watch")
    assert stored(make, concern).resolution_due_on == date(2026, 7, 28)
    calmer.follow("Bearbeiten").submit(flag="info")

    assert stored(make, concern).first_response_due_on is None


def test_the_circle_is_no_wider_than_that_of_the_strictest_note(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    concern = make.concern(owner=me, visibility=Visibility.MANAGERS)
    visit = make.visit(owner=make.person(), visibility=Visibility.MANAGERS)
    note = make.topic_note(visit, concern_id=concern.id)
    page = browser.signed_in_as(me).open("concerns.edit", concern_id=concern.id)

    refused = page.submit(visibility="team")
    make.change(note, visibility=Visibility.TEAM)
    allowed = page.submit(visibility="team")

    assert refused.status == 422
    assert "engeren Kreis" in refused.texts("#visibility-error")[0]
    assert allowed.status == 200
    assert stored(make, concern).visibility is Visibility.TEAM


def test_follow_ups_follow_into_a_narrower_circle(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    follow_up = make.follow_up(owner=me, concern_id=concern.id)

    browser.signed_in_as(me).open("concerns.edit", concern_id=concern.id).submit(visibility="team")

    found = make.run(lambda: db.session.get_one(FollowUp, follow_up.id))
    assert found.visibility is Visibility.TEAM


def test_only_who_may_see_it_can_work_on_it(make: Make, browser: Browser) -> None:
    me = make.person()
    neighbour = make.person(team=make.team(body=make.home_body), name="Nora Nachbarin")
    foreigner = make.person(team=make.team())
    concern = make.concern(owner=me)
    hidden = make.concern(owner=me, visibility=Visibility.TEAM)
    mine = browser.signed_in_as(me)

    page = mine.open("concerns.edit", concern_id=concern.id)
    of_hidden = mine.open("concerns.edit", concern_id=hidden.id)

    offered = set(page.attributes("#collaborators input", "value"))
    assert str(neighbour.id) in offered
    assert not offered & {str(me.id), str(foreigner.id)}
    assert str(neighbour.id) not in of_hidden.attributes("#collaborators input", "value")
    both = page.submit(collaborators=[str(neighbour.id)], visibility="team")
    assert both.status == 422
    assert (
        "Nora Nachbarin kann dieses Anliegen nicht sehen" in both.texts("#collaborators-error")[0]
    )
    assert stored(make, concern).visibility is Visibility.BODY


def test_a_new_owner_takes_the_concern_to_their_team(make: Make, browser: Browser) -> None:
    me = make.person()
    neighbours = make.team(body=make.home_body)
    neighbour = make.person(team=neighbours)
    concern = make.concern("Umzug", owner=me, visibility=Visibility.TEAM)

    page = (
        browser.signed_in_as(me)
        .open("concerns.edit", concern_id=concern.id)
        .submit(owner=str(neighbour.id))
    )

    assert page.url == "/concerns"
    assert "„Umzug“ sehen Sie nun nicht mehr." in page.texts(".flash")[0]
    assert stored(make, concern).team_id == neighbours.id
    theirs = browser.signed_in_as(neighbour).open("concerns.board")
    assert theirs.texts(".card__title") == ["Umzug"]


def test_two_people_edit_at_once_and_nothing_is_lost(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    concern = make.concern("Alt", owner=me)
    page = browser.signed_in_as(me).open("concerns.edit", concern_id=concern.id)
    actor = make.actor(colleague)
    make.run(lambda: services.move_concern(actor, concern.id, version=1, stage=Stage.CLARIFYING))
    theirs = browser.signed_in_as(colleague).open("concerns.edit", concern_id=concern.id)
    theirs.submit(title="Von Kim")

    conflict = page.submit(title="Von mir", flag="urgent")

    assert conflict.status == 409
    rows = [row.split() for row in conflict.texts(".conflict tbody tr")]
    assert any("Kim" in row and "mir" in row for row in rows)
    assert stored(make, concern).title == "Von Kim"
    assert conflict.attributes("#title", "value") == ["Von mir"]
    saved = conflict.submit(button="Änderungen sichern")
    assert saved.texts("h1") == ["Von mir"]
    assert stored(make, concern).stage is Stage.CLARIFYING


def test_sending_the_same_edit_again_changes_nothing(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Alt", owner=me)
    page = browser.signed_in_as(me).open("concerns.edit", concern_id=concern.id)

    for _ in range(2):
        assert page.submit(title="Neu").status == 200

    assert [e.action for e in make.run(lambda: history(concern.id))] == ["edited"]


def test_who_may_not_move_it_may_not_edit_it(make: Make, browser: Browser) -> None:
    neighbour = make.person(team=make.team(body=make.home_body))
    seen, hidden = make.concern(), make.concern(visibility=Visibility.TEAM)
    reader = browser.signed_in_as(make.person(Role.READER))
    stranger = browser.signed_in_as(neighbour)

    assert reader.open("concerns.edit", concern_id=seen.id).status == 403
    assert stranger.open("concerns.edit", concern_id=seen.id).status == 403
    assert stranger.open("concerns.edit", concern_id=hidden.id).status == 404
    page = stranger.open("concerns.show", concern_id=seen.id)
    assert "Bearbeiten" not in page.links
    url = stranger.url("concerns.edit", concern_id=seen.id)
    assert stranger.post(url, [("title", "Meins"), ("version", "1")]).status == 403


@pytest.mark.parametrize("field", ["owner_id", "topic_id", "organisation_id", "collaborator_ids"])
def test_no_key_of_others_gets_in(field: str, make: Make) -> None:
    concern = make.concern()
    foreign = make.team()
    keys: dict[str, Any] = {
        "owner_id": make.person(team=foreign).id,
        "topic_id": UUID(int=1),
        "organisation_id": make.organisation(team=foreign).id,
        "collaborator_ids": frozenset({make.person(team=foreign).id}),
    }
    plain: dict[str, Any] = {
        "title": concern.title,
        "organisation_id": concern.organisation_id,
        "topic_id": concern.topic_id,
        "flag": concern.flag,
        "visibility": concern.visibility,
        "owner_id": concern.owner_id,
    }
    draft = ConcernDraft(**{**plain, field: keys[field]})
    actor = make.actor()

    with pytest.raises(Conflict):
        make.run(lambda: visit_services.edit_concern(actor, concern.id, draft, version=1))


# --- its course -----------------------------------------------------------------------------------


def test_the_page_says_how_long_each_stage_lasted(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, opened_at=now() - timedelta(days=12))
    page = browser.signed_in_as(me).open("concerns.show", concern_id=concern.id)

    moved = page.submit(button="Stand ändern", stage="with_partner")
    closed = moved.submit(button="Stand ändern", stage="closed", outcome="solved", reason="Gut")

    stations = closed.texts("#course li")
    assert len(stations) == 3
    assert stations[0].startswith("Neu ")
    assert stations[0].endswith("· 12 Tage")
    assert stations[1].startswith("Beim Partner ")
    assert "weniger als einen Tag" in stations[1]
    assert stations[2].startswith("Abgeschlossen ")
