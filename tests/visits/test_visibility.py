"""What one may not see is not counted, listed, filtered for, exported, printed or hinted at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Person
from crm.concerns.models import Flag
from crm.db import db
from crm.organisations.models import Organisation
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits import queries
from crm.visits.models import Visit, VisitStatus
from tests.documents.pdf import Pdf, squeezed
from tests.make import Make
from tests.page import Browser

BODY, TEAM, MANAGERS = Visibility
PROMISE = "KANARIEZUSAGE"


def said(circle: Visibility) -> str:
    """Return what nobody outside this circle may read."""
    return f"KANARIE{circle.name}"


@dataclass(frozen=True)
class World:
    """An organisation that all see, one visit to it per circle, and people around it."""

    organisation: Organisation
    visits: dict[Visibility, Visit]
    people: dict[str, Person]
    # What each of them may see of the home team's officer
    seen: dict[str, set[Visibility]]

    def hidden_from(self, name: str) -> set[Visibility]:
        """Return the circles that this person is outside of."""
        return set(Visibility) - self.seen[name]


@pytest.fixture
def world(make: Make) -> World:
    """Make three visits by one officer, each with a note, a concern and a follow-up."""
    other = make.team("Anderes Team", body=make.home_body)
    organisation = make.organisation("Alpha GmbH", shared=True)
    people = {
        "owner": make.person(name="Olga Eigen"),
        "team": make.person(),
        "reader": make.person(Role.READER),
        "manager": make.person(Role.MANAGER),
        "other team": make.person(team=other),
        "other reader": make.person(Role.READER, team=other),
        "other manager": make.person(Role.MANAGER, team=other),
        "their manager": make.person(Role.MANAGER, team=other, leads=[make.home]),
        "other body": make.person(Role.MANAGER, team=make.team()),
        "administrator": make.person(Role.NONE, is_administrator=True),
    }
    visits = {}
    for circle, topic in zip(Visibility, ("outlook", "succession", "innovation"), strict=True):
        text, owner = said(circle), people["owner"]
        # Belonging and text of everything below the visit; the visit's own circle is the same
        visit = make.visit(
            owner=owner, organisation=organisation, visibility=circle,
            summary=f"{text}S", company_text=f"{text}F",
        )  # fmt: skip
        concern = make.concern(
            f"{text}A", owner=owner, organisation=organisation, visibility=circle
        )
        make.topic_note(
            visit, topic, note=f"{text}N", flag=Flag.URGENT, concern_id=concern.id, for_company=True
        )
        make.follow_up(
            f"{text}W", owner=owner, visibility=circle, visit_id=visit.id, promised=True,
            organisation_id=organisation.id,
        )  # fmt: skip
        visits[circle] = visit
    # A visit that all of the body see, with notes that they do not
    mixed = visits[BODY]
    for circle, topic in ((TEAM, "succession"), (MANAGERS, "innovation")):
        make.topic_note(mixed, topic, note=f"{said(circle)}M", visibility=circle, position=1)
    everything = set(Visibility)
    seen = {name: {BODY} for name in people} | {
        "owner": everything,
        "manager": everything,
        "their manager": everything,
        "team": {BODY, TEAM},
        "reader": {BODY, TEAM},
        "other body": set(),
        "administrator": set(),
    }
    return World(organisation, visits, people, seen)


def surfaces(browser: Browser, world: World, name: str) -> Iterator[tuple[str, str]]:
    """Yield every place at which this person could read something: where, and the text."""
    me = browser.signed_in_as(world.people[name])
    key = world.organisation.id
    urls = [
        me.url("visits.index"),
        me.url("visits.index", flag="urgent"),
        me.url("visits.index", organisation=key, sort="organisation"),
        me.url("visits.export"),
        me.url("visits.context", organisation=key),
        me.url("visits.new", organisation=key),
        me.url("organisations.show", organisation_id=key),
        me.url("organisations.index"),
        me.url("organisations.export"),
        me.url("concerns.index", scope="all"),
        me.url("follow_ups.index", scope="all"),
        me.url("follow_ups.export", scope="all"),
        me.url("my_day.index"),
    ]
    for visit in world.visits.values():
        urls += [me.url(f"visits.{end}", visit_id=visit.id) for end in ("show", "edit")]
    for url in urls:
        yield url, me.answer("GET", url).text
    for visit in world.visits.values():
        for query in ({}, {"for": "company"}):
            answer = me.answer("GET", me.url("visits.report", visit_id=visit.id, **query))
            if answer.status_code == 200:
                pdf = Pdf(answer.get_data())
                yield f"{visit.visibility} {query}", pdf.text + pdf.hidden


NAMES = ("owner", "team", "reader", "manager", "other team", "other reader", "other manager",
         "their manager", "other body", "administrator")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_nobody_reads_what_is_not_theirs_to_see(name: str, world: World, browser: Browser) -> None:
    found = dict(surfaces(browser, world, name))

    for circle in world.hidden_from(name):
        places = [
            where for where, text in found.items() if squeezed(said(circle)) in squeezed(text)
        ]
        assert not places, (name, circle, places)
    everywhere = squeezed("".join(found.values()))
    for circle in world.seen[name]:
        assert squeezed(f"{said(circle)}S") in everywhere, (name, circle)
        assert squeezed(f"{said(circle)}N") in everywhere, (name, circle)


@pytest.mark.parametrize("name", NAMES)
def test_a_visit_that_is_hidden_does_not_exist(name: str, world: World, browser: Browser) -> None:
    me = browser.signed_in_as(world.people[name])
    is_outside = name == "administrator"

    for circle, visit in world.visits.items():
        for endpoint in ("show", "report"):
            answer = me.download(f"visits.{endpoint}", visit_id=visit.id)
            wanted = 403 if is_outside else 200 if circle in world.seen[name] else 404
            assert answer.status_code == wanted, (endpoint, circle)
        if circle in world.hidden_from(name) and not is_outside:
            for change in ("cancel", "archive", "restore", "edit"):
                told = me.post(me.url(f"visits.{change}", visit_id=visit.id), [])
                assert told.status == (403 if "reader" in name else 404), (change, circle)


def test_counts_and_filters_reveal_nothing(make: Make, world: World, browser: Browser) -> None:
    topic_of = {TEAM: make.topic("succession").id, MANAGERS: make.topic("innovation").id}
    for name, count in [
        ("owner", 3),
        ("team", 2),
        ("reader", 2),
        ("manager", 3),
        ("other team", 1),
    ]:
        me = browser.signed_in_as(world.people[name])
        listed = me.open("visits.index")
        assert f"{count} Eintr" in " ".join(listed.texts(".result-line")), name
        for circle, topic in topic_of.items():
            # Two visits hold a note on the topic: the circle's own and the one that all see
            found = me.open("visits.index", topic=topic)
            told = " ".join(found.texts(".result-line"))
            seen = 2 if circle in world.seen[name] else 0
            assert told.startswith(f"{seen} Eintr"), (name, circle, told)


def test_the_hint_of_a_colleague_names_only_what_one_may_see(make: Make, browser: Browser) -> None:
    other = make.team(body=make.home_body)
    colleague, asked = make.person(team=other, name="Karla Kollegin"), make.person()
    for circle, told in [(TEAM, False), (MANAGERS, False), (BODY, True)]:
        lead = make.organisation()
        make.visit(owner=colleague, organisation=lead, visibility=circle)
        me = browser.signed_in_as(asked)

        form = me.open("visits.new", organisation=lead.id)
        part = me.download("visits.context", organisation=lead.id).text

        assert ("Besuch von Karla Kollegin" in form.text) is told, circle
        assert ("Besuch von Karla Kollegin" in part) is told, circle


def test_nobody_is_told_of_the_visit_that_they_edit(make: Make, browser: Browser) -> None:
    lead = make.organisation()
    visit = make.visit(owner=make.person(name="Karla Kollegin"), organisation=lead)
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    assert "Besuch von Karla Kollegin" not in manager.open("visits.edit", visit_id=visit.id).text
    assert "Besuch von Karla Kollegin" in manager.open("visits.new", organisation=lead.id).text


def test_the_clause_and_the_predicate_agree(app: Flask, make: Make, world: World) -> None:
    for owner in world.people.values():
        if owner.team_id is not None:
            for circle in Visibility:
                make.visit(VisitStatus.DRAFT, owner=owner, visibility=circle)
                make.visit(VisitStatus.PLANNED, owner=owner, visibility=circle)

    for name, person in world.people.items():
        actor = make.actor(person)
        with app.app_context():
            clause = set(
                db.session.scalars(sa.select(Visit.id).where(queries.visible_visits(actor)))
            )
            visits = db.session.scalars(sa.select(Visit)).all()
            predicate = {visit.id for visit in visits if queries.may_see_visit(actor, visit)}
        assert clause == predicate, name
        assert clause or not world.seen[name]
