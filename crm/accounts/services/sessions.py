"""Begin and end sessions."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from config import Settings
from crm import audit
from crm.accounts import passwords, queries, throttle
from crm.accounts.models import HalfSignIn, Person, SignIn
from crm.accounts.one_time import Safe
from crm.accounts.services.access import get_to_change
from crm.accounts.services.proving import code_wrong, spend_code
from crm.clock import now
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor

_TOUCHED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long a session lasts: without use, and in any case."""

    idle: timedelta
    absolute: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Lifetime:
        """Return what the settings say."""
        return cls(
            idle=timedelta(hours=settings.session_idle_hours),
            absolute=timedelta(days=settings.session_days),
        )


def sign_in(email: str, password: str, *, address: str) -> tuple[Person, str]:
    """Return the person whose e-mail and password these are, with team and body.

    With it the token of a half sign-in, for `finish_sign_in`; empty for who has no second factor.
    Raises `TooManyAttempts`, or `Conflict` with the same code and after the same time for an
    unknown person and a wrong password.
    """
    throttle.refuse_too_many(email, address)
    person = queries.find_person_by_email(email)
    if not passwords.verify(person.password_hash if person else None, password) or person is None:
        with transaction():
            throttle.count_failure(email, address)
            audit.tell(None, "sign_in_failed", "sign_in")
        raise Conflict("sign_in_failed")
    if queries.find_second_factor(person.id) is not None:
        # Not right yet: the failures stay, or a password would buy any number of codes
        return person, _begin_half(person.id)
    with transaction():
        _note_right(person)
    return person, ""


def _note_right(person: Person) -> None:
    throttle.forget_failures(person.email)
    audit.tell(person.id, "signed_in", "sign_in")


def _begin_half(person_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        session.add(
            HalfSignIn(person_id=person_id, token_hash=queries.hash_of(token), created_at=now())
        )
    return token


def finish_sign_in(token: str, code: str, *, safe: Safe, address: str) -> Person:
    """Return the person of a half sign-in, which ends, with team and body: the code was theirs.

    Raises `TooManyAttempts`, `NotFound` for what is no half sign-in or is over, or `Conflict` with
    field `code`.
    """
    with transaction() as session:
        known = queries.find_person_by_half(token)
        if known is None:
            raise NotFound("half")
        person = get_to_change(known.id)
        if queries.find_person_by_half(token) is None:
            raise NotFound("half")  # finished by a second click meanwhile
        if is_right := spend_code(person, code, safe=safe, address=address):
            session.execute(
                sa.delete(HalfSignIn).where(HalfSignIn.token_hash == queries.hash_of(token))
            )
            _note_right(person)
    if not is_right:
        raise code_wrong()
    found = queries.find_person(known.id)
    if found is None:
        raise NotFound(known.id)
    return found


def begin_session(person_id: UUID) -> str:
    """Make a session of this person; return its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        session.add(
            SignIn(
                person_id=person_id,
                token_hash=queries.hash_of(token),
                created_at=now(),
                last_seen_at=now(),
                proved_at=now(),
            )
        )
    return token


def end_session(token: str) -> None:
    """End the session of this token, if there is one."""
    ended = sa.delete(SignIn).where(SignIn.token_hash == queries.hash_of(token))
    with transaction() as session:
        person_id = session.scalar(ended.returning(SignIn.person_id))
        if person_id is not None:
            audit.tell(person_id, "signed_out", "sign_in")


def end_device(actor: Actor, sign_in_id: UUID) -> None:
    """Sign another browser of one's own out. Raises `NotFound` when there is none."""
    with transaction():
        if not _end(actor, SignIn.id == sign_in_id):
            raise NotFound(sign_in_id)


def end_other_devices(actor: Actor, *, but: UUID) -> int:
    """Sign all browsers of one's own out but this one; return how many there were."""
    return _end(actor, SignIn.id != but)


def _end(actor: Actor, which: sa.ColumnElement[bool]) -> int:
    ended = sa.delete(SignIn).where(SignIn.person_id == actor.id, which).returning(SignIn.id)
    with transaction() as session:
        keys = session.scalars(ended).all()
        for _key in keys:
            audit.tell(actor.id, "signed_out", "sign_in")
    return len(keys)


def is_over(sign_in: SignIn, lifetime: Lifetime) -> bool:
    """Tell whether a session has rested or lasted too long."""
    idle = now() - sign_in.last_seen_at > lifetime.idle
    return idle or now() - sign_in.created_at > lifetime.absolute


_PROVED_FOR = timedelta(minutes=10)


def is_proved(sign_in: SignIn) -> bool:
    """Tell whether password and code were shown in this session just now."""
    return now() - sign_in.proved_at <= _PROVED_FOR


def clear_sessions(lifetime: Lifetime) -> None:
    """Forget the sessions that are over, begun or half begun."""
    rested, lasted = now() - lifetime.idle, now() - lifetime.absolute
    is_past = sa.or_(SignIn.last_seen_at < rested, SignIn.created_at < lasted)
    with transaction() as session:
        session.execute(sa.delete(SignIn).where(is_past))
        session.execute(sa.delete(HalfSignIn).where(HalfSignIn.created_at < queries.half_since()))


def touch_session(sign_in: SignIn) -> None:
    """Note that a session is in use, at most every five minutes.

    A database that takes nothing does not keep anybody from reading.
    """
    if now() - sign_in.last_seen_at < _TOUCHED_EVERY:
        return
    touched = sa.update(SignIn).where(SignIn.id == sign_in.id).values(last_seen_at=now())
    with suppress(OperationalError), transaction() as session:
        session.execute(touched)
