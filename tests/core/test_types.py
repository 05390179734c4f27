from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError

from crm.accounts.models import Body
from crm.clock import now
from crm.db import db, transaction
from crm.policy import Role
from crm.reference import short_reference
from crm.types import new_id
from tests.make import Make
from tests.naughty import NAUGHTY


def test_keys_come_in_the_order_of_their_making() -> None:
    keys = [new_id() for _ in range(1000)]

    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}


def test_a_key_comes_back_as_it_was(app: Flask, make: Make) -> None:
    body = make.body()

    with app.app_context():
        assert db.session.scalars(sa.select(Body.id)).all() == [body.id]
        assert isinstance(db.session.scalars(sa.select(Body.id)).one(), UUID)


def test_a_key_takes_16_bytes(app: Flask, make: Make, database_kind: str) -> None:
    make.body()
    size = "length(id)" if database_kind == "sqlite" else "pg_column_size(id)"

    with app.app_context():
        assert db.session.scalar(sa.text(f"SELECT {size} FROM body")) == 16  # noqa: S608


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_moment_comes_back_aware_and_in_utc(app: Flask, make: Make, moment: datetime) -> None:
    person = make.person(created_at=moment)

    stored = make.run(lambda: db.session.get_one(type(person), person.id).created_at)

    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(make: Make) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        make.person(created_at=datetime(2026, 7, 1))  # noqa: DTZ001


def test_moments_are_compared_as_moments(app: Flask, make: Make) -> None:
    person = make.person(created_at=now() - timedelta(minutes=1))
    kind = type(person)
    elsewhere = now().astimezone(timezone(timedelta(hours=-11)))

    with app.app_context():
        found = db.session.scalars(sa.select(kind.id).where(kind.created_at < elsewhere)).all()

    assert found == [person.id]


def test_an_unknown_choice_is_refused_by_the_database(app: Flask, make: Make) -> None:
    person = make.person(Role.READER)
    with app.app_context(), pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.text("UPDATE person SET role = 'king'"))

    assert make.actor(person).role is Role.READER


# PostgreSQL cannot store NUL; no other naughty text may change on its way
@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_any_text_comes_back(app: Flask, make: Make, text: str) -> None:
    visit = make.visit(summary=text)

    assert make.run(lambda: db.session.get_one(type(visit), visit.id).summary) == text


def test_a_short_reference_has_no_letters_that_are_misread() -> None:
    references = {short_reference("B", new_id()) for _ in range(500)}

    assert len(references) > 490
    assert all(len(reference) == 7 for reference in references)
    assert not set("ILOU") & set("".join(references))
