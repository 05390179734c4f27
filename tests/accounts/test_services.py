from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries, services
from crm.accounts.models import Person, TeamLead
from crm.audit import AuditEntry
from crm.db import db
from crm.errors import Conflict
from crm.policy import Role
from tests.make import PASSWORD, Make

MIA = {"email": "Mia@Example.org", "name": "Mia Ärmel", "password": PASSWORD}


def _add(make: Make, **values: Any) -> Person:
    key = make.run(lambda: services.add_person(**MIA | {"role": Role.OFFICER} | values))
    person = make.run(lambda: queries.find_person(key))
    assert person is not None
    return person


def test_a_person_is_made(app: Flask, make: Make) -> None:
    person = _add(make, team_id=make.home.id)

    assert person.email == "mia@example.org"
    assert person.sort_key == "armel mia"
    assert person.password_hash != PASSWORD
    with app.app_context():
        assert services.sign_in("mia@example.org", PASSWORD, address="")[0].id == person.id
        [line] = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.subject_id == person.id)
        ).all()
    assert (line.action, line.changes) == ("added", {"role": "officer"})


def test_a_manager_leads_their_own_team_and_the_named_ones(make: Make) -> None:
    other = make.team()

    person = _add(make, role=Role.MANAGER, team_id=make.home.id, leads=(other.id,))

    assert person.actor.led_team_ids == {make.home.id, other.id}


def test_an_officer_leads_nothing(app: Flask, make: Make) -> None:
    _add(make, team_id=make.home.id, leads=(make.team().id,))

    with app.app_context():
        assert db.session.scalars(sa.select(TeamLead)).all() == []


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"email": "mia"}, "email_invalid", "email"),
        ({"email": "mia@"}, "email_invalid", "email"),
        ({"email": "mia@example.org\nBcc: x@example.org"}, "email_invalid", "email"),
        ({"password": "kurz"}, "password_short", "new_password"),
        ({"team_id": None}, "team_missing", "team"),
    ],
)
def test_what_does_not_fit_is_refused(
    values: dict[str, Any], code: str, field: str, app: Flask, make: Make
) -> None:
    with pytest.raises(Conflict) as refused:
        _add(make, **{"team_id": make.home.id} | values)

    assert (refused.value.code, refused.value.field) == (code, field)
    with app.app_context():
        assert db.session.scalars(sa.select(Person)).all() == []


def test_an_address_is_one_persons(make: Make) -> None:
    make.person(email="mia@example.org")

    with pytest.raises(Conflict) as refused:
        _add(make, team_id=make.home.id)

    assert (refused.value.code, refused.value.field) == ("email_taken", "email")


def test_a_name_is_one_bodys_and_one_teams(make: Make) -> None:
    body = make.run(lambda: services.add_body("Musterkreis", land="ST"))
    make.run(lambda: services.add_team(body, "Team"))

    with pytest.raises(Conflict, match="name_taken"):
        make.run(lambda: services.add_body("Musterkreis", land="BY"))
    with pytest.raises(Conflict, match="name_taken"):
        make.run(lambda: services.add_team(body, "Team"))


def test_colleagues_are_those_who_work_in_the_body(make: Make) -> None:
    zoe = make.person(name="Zoe Zander")
    adam = make.person(Role.MANAGER, name="Adam Ähre")
    make.person(Role.READER)
    make.person(Role.NONE, team_id=make.home.id)
    make.person(team=make.team())
    make.person(deactivated_at=zoe.created_at)
    other_team = make.person(name="Ben Beta", team=make.team(body=make.home_body))
    actor = make.actor(zoe)

    assert [p.id for p in make.run(lambda: queries.colleagues(actor))] == [
        adam.id,
        other_team.id,
        zoe.id,
    ]


def test_without_a_body_there_are_no_colleagues_and_no_teams(make: Make) -> None:
    make.person()
    administrator = make.actor(make.person(Role.NONE, is_administrator=True))

    assert make.run(lambda: queries.colleagues(administrator)) == []
    assert make.run(lambda: queries.teams(administrator)) == []


def test_a_password_change_is_audited_without_the_password(app: Flask, make: Make) -> None:
    person = make.person()
    actor = make.actor(person)

    make.run(
        lambda: services.change_password(
            actor, current=PASSWORD, new="Ein anderer Satz mit Wörtern", address=""
        )
    )

    with app.app_context():
        [line] = db.session.scalars(sa.select(AuditEntry)).all()
    assert (line.actor_id, line.action, line.changes) == (person.id, "password_changed", {})
