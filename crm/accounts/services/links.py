"""Links by which a person chooses a password: the first one, or another for a forgotten one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from crm import audit
from crm.accounts import passwords, queries, throttle
from crm.accounts.models import PasswordLink, Person, PersonState
from crm.accounts.services.access import get_to_change, set_password
from crm.clock import now
from crm.db import transaction
from crm.errors import NotFound

# An invitation waits until somebody is back at work; a forgotten password is asked for just now
LINK_HOURS: Mapping[PersonState, int] = {PersonState.INVITED: 7 * 24, PersonState.ACTIVE: 1}


def make_link(person: Person) -> str:
    """Give a person a link, their former one ends; return its token, which is kept nowhere.

    Raises `NotFound` for who has left.
    """
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        known = get_to_change(person.id)
        end_link(known)
        session.add(
            PasswordLink(
                person_id=known.id,
                token_hash=queries.hash_of(token),
                expires_at=now() + timedelta(hours=LINK_HOURS[known.state]),
            )
        )
    return token


def end_link(person: Person) -> None:
    """End the link of a person, if there is one."""
    with transaction() as session:
        session.execute(sa.delete(PasswordLink).where(PasswordLink.person_id == person.id))


def get_by_link(token: str, *, address: str) -> Person:
    """Return whose link this is.

    Raises `TooManyAttempts`, or `NotFound` for one that never was, was used or is over.
    """
    throttle.refuse_too_many(token, address)
    person = queries.find_person_by_link(token)
    if person is None:
        throttle.count_failure(token, address)
        raise NotFound("link")
    return person


def choose_password(token: str, new: str) -> None:
    """Choose a password by a link, which ends as whatever else let the person in.

    Raises `NotFound` when the link is over, or `Conflict` with field `new_password`.
    """
    known = queries.find_person_by_link(token)
    if known is None:
        raise NotFound("link")
    passwords.check(new, email=known.email, name=known.name)
    password_hash = passwords.hash_password(new)
    with transaction():
        person = get_to_change(known.id)
        if queries.find_person_by_link(token) is None:
            raise NotFound("link")  # used by a second click meanwhile
        is_first = person.state is PersonState.INVITED
        if queries.find_second_factor(person.id) is None:
            # Otherwise who reads the mails could guess codes, five with each link
            throttle.forget_failures(person.email)
        set_password(person, password_hash, by=person.id)
        audit.record(person.id, "invitation_accepted" if is_first else "password_changed", person)
