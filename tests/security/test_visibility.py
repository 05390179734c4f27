"""Who sees what: the WHERE clause, the predicate and the table of the domain agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Person, Team
from crm.concerns.models import Concern
from crm.db import Record, db
from crm.follow_ups.models import FollowUp
from crm.policy import Actor, Role
from crm.visibility import Visibility, may_see, strictest, visible
from crm.visits.models import TopicNote, Visit
from tests.make import Make

BODY, TEAM, MANAGERS = Visibility.BODY, Visibility.TEAM, Visibility.MANAGERS
NOTHING: frozenset[Visibility] = frozenset()
EVERYTHING = frozenset(Visibility)

# The rows of "Who may do what" that are about seeing: by whose record it is, seen from the actor
SEEN: Mapping[str, Mapping[str, frozenset[Visibility]]] = {
    "administrator alone": {},
    "reader": {
        "own": frozenset({BODY, TEAM}),
        "own team's": frozenset({BODY, TEAM}),
        "other team's": frozenset({BODY}),
    },
    "officer": {
        "own": EVERYTHING,
        "own team's": frozenset({BODY, TEAM}),
        "other team's": frozenset({BODY}),
    },
    "manager": {
        "own": EVERYTHING,
        "own team's": EVERYTHING,
        "other team's": frozenset({BODY}),
    },
    "manager of two teams": {
        "own": EVERYTHING,
        "own team's": EVERYTHING,
        "led team's": EVERYTHING,
        "other team's": frozenset({BODY}),
    },
}


@dataclass(frozen=True)
class World:
    """Two bodies, four teams, one record of each kind per owner and visibility."""

    actors: Mapping[str, Person]
    teams: Mapping[str, Team]
    records: list[Record]

    def relation(self, actor: str, record: Any) -> str:
        """Say whose record it is, seen from `actor`."""
        person = self.actors[actor]
        if record.owner_id == person.id:
            return "own"
        if record.body_id != self.teams["home"].body_id:
            return "other body's"
        if record.team_id == person.team_id:
            return "own team's"
        is_led = actor == "manager of two teams" and record.team_id == self.teams["led"].id
        return "led team's" if is_led else "other team's"


def _world(make: Make) -> World:
    body = make.body("Landkreis")
    teams = {name: make.team(name, body=body) for name in ("home", "led", "other")}
    teams["abroad"] = make.team("abroad")
    home = teams["home"]
    actors = {
        "administrator alone": make.person(Role.NONE, is_administrator=True),
        "reader": make.person(Role.READER, team=home),
        "officer": make.person(Role.OFFICER, team=home),
        "manager": make.person(Role.MANAGER, team=home),
        "manager of two teams": make.person(Role.MANAGER, team=home, leads=[teams["led"]]),
    }
    owners = [person for person in actors.values() if person.team_id]
    owners += [make.person(team=team) for team in teams.values()]
    records: list[Record] = []
    for owner in owners:
        for visibility in Visibility:
            organisation = make.organisation(team=home)
            visit = make.visit(owner=owner, organisation=organisation, visibility=visibility)
            records += [
                visit,
                make.topic_note(visit),
                make.concern(owner=owner, organisation=organisation, visibility=visibility),
                make.follow_up(owner=owner, visibility=visibility),
            ]
    return World(actors=actors, teams=teams, records=records)


def _found(actor: Actor, model: Any) -> set[Any]:
    return set(db.session.scalars(sa.select(model.id).where(visible(model, actor))))


@pytest.mark.parametrize("name", SEEN)
def test_the_clause_and_the_predicate_are_the_table_of_the_domain(
    name: str, app: Flask, make: Make
) -> None:
    world = _world(make)
    actor = make.actor(world.actors[name])
    with app.app_context():
        found = set().union(
            *(_found(actor, model) for model in (Visit, TopicNote, Concern, FollowUp))
        )

    for record in world.records:
        assert isinstance(record, Visit | TopicNote | Concern | FollowUp)
        relation = world.relation(name, record)
        expected = record.visibility in SEEN[name].get(relation, NOTHING)
        what = f"{type(record).__name__} of {relation} for {record.visibility.value}"
        assert (record.id in found) is expected, f"the clause is wrong about a {what}"
        assert may_see(actor, record) is expected, f"the predicate is wrong about a {what}"


@pytest.mark.parametrize("name", SEEN)
def test_every_relation_of_the_table_is_tried(name: str, make: Make) -> None:
    world = _world(make)

    tried = {world.relation(name, record) for record in world.records}

    assert tried >= {*SEEN[name], "other body's"}


def test_a_person_who_changed_teams_keeps_seeing_their_own(app: Flask, make: Make) -> None:
    """And their new manager does not see what was for the managers of the old team."""
    officer = make.person()
    concern = make.concern(owner=officer, visibility=MANAGERS)
    new_team = make.team(body=make.home_body)
    manager = make.person(Role.MANAGER, team=new_team)
    make.change(officer, team_id=new_team.id)

    with app.app_context():
        assert _found(make.actor(officer), Concern) == {concern.id}
        assert _found(make.actor(manager), Concern) == set()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), BODY),
        ((BODY, TEAM), TEAM),
        ((MANAGERS, TEAM, BODY), MANAGERS),
        ((TEAM, TEAM), TEAM),
    ],
)
def test_the_strictest_of_several(given: tuple[Visibility, ...], expected: Visibility) -> None:
    assert strictest(*given) is expected
