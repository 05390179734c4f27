"""Find people, teams and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.accounts.models import Body, Person, SignIn, Team
from crm.db import db
from crm.policy import Actor, Role

_WHOLE_PERSON = (joinedload(Person.team).joinedload(Team.body), selectinload(Person.led))


def hash_of(token: str) -> bytes:
    """Return what is stored instead of a session's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def find_sign_in(token: str) -> SignIn | None:
    """Return the session of this token with its active person, team and body; or None."""
    person = joinedload(SignIn.person)
    # One query in all: every page asks it. A row for each team that is led, which are few
    found = db.session.scalars(
        sa.select(SignIn)
        .join(SignIn.person)
        .where(SignIn.token_hash == hash_of(token), Person.deactivated_at.is_(None))
        .options(
            person.joinedload(Person.team).joinedload(Team.body), person.joinedload(Person.led)
        )
    )
    return found.unique().one_or_none()


def find_person_by_email(email: str) -> Person | None:
    """Return the active person with this address, with team and body; or None."""
    return db.session.scalar(
        sa.select(Person)
        .where(Person.email == email.strip().lower(), Person.deactivated_at.is_(None))
        .options(*_WHOLE_PERSON)
    )


def find_person(person_id: UUID) -> Person | None:
    """Return the active person with this key, with team and body; or None."""
    return db.session.scalar(
        sa.select(Person)
        .where(Person.id == person_id, Person.deactivated_at.is_(None))
        .options(*_WHOLE_PERSON)
    )


def colleagues(actor: Actor) -> Sequence[Person]:
    """Return the people of the actor's body who work in it, by name, the actor among them."""
    return db.session.scalars(
        sa.select(Person)
        .join(Person.team)
        .where(
            Team.body_id == actor.body_id,
            Person.role.in_([Role.OFFICER, Role.MANAGER]),
            Person.deactivated_at.is_(None),
        )
        .order_by(Person.sort_key, Person.id)
    ).all()


def teams(actor: Actor) -> Sequence[Team]:
    """Return the teams of the actor's body, by name."""
    return db.session.scalars(
        sa.select(Team).where(Team.body_id == actor.body_id).order_by(Team.name, Team.id)
    ).all()


def find_body(name: str) -> Body | None:
    """Return the body of this name, or None."""
    return db.session.scalar(sa.select(Body).where(Body.name == name))


def find_team(name: str, *, body_id: UUID | None = None) -> Team | None:
    """Return the first team of this name (in this body), or None."""
    statement = sa.select(Team).where(Team.name == name).order_by(Team.id).limit(1)
    if body_id is not None:
        statement = statement.where(Team.body_id == body_id)
    return db.session.scalar(statement)
