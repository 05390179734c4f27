from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from crm.accounts.models import Body, Person, Team
from crm.db import db, transaction, violated_constraint
from crm.errors import Stale
from crm.organisations.models import Organisation
from crm.types import new_id
from tests.make import Make


def _names() -> set[str]:
    return set(db.session.scalars(sa.select(Body.name)))


def test_a_transaction_is_kept_when_it_ends_well(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(Body(name="Musterkreis", land="ST"))

    with app.app_context():
        assert _names() == {"Musterkreis"}


def test_a_transaction_is_undone_when_it_raises(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(LookupError), transaction() as session:
            session.add(Body(name="Musterkreis", land="ST"))
            session.flush()
            raise LookupError

        assert _names() == set()


def test_an_inner_block_can_be_undone_alone(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.add(Body(name="außen", land="ST"))
            with pytest.raises(LookupError), transaction():
                session.add(Body(name="innen", land="ST"))
                session.flush()
                raise LookupError

        assert _names() == {"außen"}


def test_what_an_inner_block_did_goes_with_the_outer_one(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(LookupError), transaction():
            with transaction() as session:
                session.add(Body(name="innen", land="ST"))
            raise LookupError

        assert _names() == set()


def test_nothing_is_written_outside_a_transaction(app: Flask, database_kind: str) -> None:
    """On PostgreSQL `read` may be a replica; on SQLite the readers' connection refuses."""
    with app.app_context():
        db.session.add(Body(name="vorbei", land="ST"))
        if database_kind == "sqlite":
            with pytest.raises(DBAPIError, match="readonly"):
                db.session.flush()
        db.session.rollback()

        assert _names() == set()


def test_the_outermost_block_sees_what_others_have_saved_meanwhile(app: Flask, make: Make) -> None:
    body = make.body("vorher")
    with app.app_context():
        before = db.session.get_one(Body, body.id)  # the session remembers what is held
        make.change(body, name="nachher")

        with transaction() as session:
            after = session.get_one(Body, body.id)

        assert (before.name, after.name) == ("vorher", "nachher")


def test_a_stale_version_is_refused(app: Flask, make: Make) -> None:
    person = make.person()
    with app.app_context(), pytest.raises(Stale), transaction() as session:
        loaded = session.get_one(Person, person.id)
        # Somebody else, between our reading and our writing
        session.execute(
            sa.update(Person)
            .where(Person.id == person.id)
            .values(version=2)
            .execution_options(synchronize_session=False)
        )
        loaded.name = "zu spät"


def _team(**columns: object) -> Team:
    return Team(**{"id": new_id(), "name": "T"} | columns)


def _broken(app: Flask, *records: object) -> str | None:
    with app.app_context(), pytest.raises(IntegrityError) as broken, transaction() as session:
        session.add_all(records)
    return violated_constraint(broken.value)


def test_a_broken_unique_is_named(app: Flask, make: Make) -> None:
    body = make.body("Musterkreis")
    team = make.team("Team", body=body)

    assert _broken(app, Body(name="Musterkreis", land="ST")) == "uq_body_name"
    assert _broken(app, _team(name="Team", body_id=body.id)) == "uq_team_body_id_name"
    assert _broken(app, _team(id=team.id, body_id=body.id)) == "pk_team"


def test_a_broken_check_is_named(app: Flask, make: Make) -> None:
    organisation = make.organisation()
    with app.app_context(), pytest.raises(IntegrityError) as broken, transaction() as session:
        session.get_one(Organisation, organisation.id).employees = -1

    assert violated_constraint(broken.value) == "ck_organisation_employees"


def test_a_broken_foreign_key_is_refused(app: Flask) -> None:
    """SQLite does not say which: services look first."""
    named = _broken(app, _team(body_id=UUID(int=1)))

    assert named in {None, "fk_team_body_id"}


def test_rows_in_use_cannot_be_deleted(app: Flask, make: Make) -> None:
    body = make.home.body_id
    with app.app_context(), pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.delete(Body).where(Body.id == body))
