"""What lets a person in: all of it ends together."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts import queries
from crm.accounts.models import CalendarFeed, HalfSignIn, PasswordLink, Person, SignIn
from crm.db import transaction
from crm.errors import NotFound


def get_to_change(person_id: UUID) -> Person:
    """Return the active person with this key; PostgreSQL makes a second change wait.

    Raises `NotFound` for who has left.
    """
    person = queries.find_person_to_change(person_id)
    if person is None:
        raise NotFound(person_id)
    return person


def set_password(person: Person, password_hash: str, *, by: UUID | None) -> None:
    """Give a person a password; whatever let them in ends. Inside `transaction()`."""
    person.password_hash = password_hash
    end_access(person.id, by=by)


def end_access(person_id: UUID, *, by: UUID | None) -> None:
    """End every session, link and calendar of a person."""
    with transaction():
        end_sessions(person_id)
        end_feed(person_id, by=by)


def end_sessions(person_id: UUID) -> None:
    """End every session of a person, begun or half begun, and their link."""
    with transaction() as session:
        for kind in (SignIn, HalfSignIn, PasswordLink):
            session.execute(sa.delete(kind).where(kind.person_id == person_id))


def end_feed(person_id: UUID, *, by: UUID | None) -> None:
    """End a person's calendar, for whoever may; without one nothing happens."""
    with transaction() as session:
        ended = session.execute(
            sa.delete(CalendarFeed)
            .where(CalendarFeed.person_id == person_id)
            .returning(CalendarFeed.id)
        ).all()
        if ended:
            audit.record(by, "calendar_revoked", session.get_one(Person, person_id))
