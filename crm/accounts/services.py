"""Make bodies, teams and people; begin and end sessions; change one's own account."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError, OperationalError

from config import Settings
from crm import audit
from crm.accounts import passwords, queries, throttle
from crm.accounts.models import Body, Person, SignIn, Team, TeamLead
from crm.clock import now
from crm.db import transaction, violated_constraint
from crm.errors import Conflict, NotFound
from crm.policy import Actor, Role
from crm.text import TextRefused, clean, sort_key

LANGUAGES = ("de", "en")
_LONGEST_NAME = 300
_TOUCHED_EVERY = timedelta(minutes=5)


class TooManyAttempts(Conflict):
    """Too many failed attempts; `values["seconds"]` says how long to wait."""


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


def add_body(name: str, *, land: str) -> UUID:
    """Make a legal body in a Land (`ST`, `BY`, …).

    Raises `Conflict` when there is one of that name, or the name is none.
    """
    name = _name(name, field="body")
    try:
        with transaction() as session:
            body = Body(name=name, land=land)
            session.add(body)
            session.flush()
            audit.record(None, "added", body)
            return body.id
    except IntegrityError as error:
        raise Conflict("name_taken", field="body") from error


def add_team(body_id: UUID, name: str) -> UUID:
    """Make a team of a body.

    Raises `Conflict` when the body has one of that name, or the name is none.
    """
    name = _name(name, field="team")
    try:
        with transaction() as session:
            team = Team(body_id=body_id, name=name)
            session.add(team)
            session.flush()
            audit.record(None, "added", team)
            return team.id
    except IntegrityError as error:
        raise Conflict("name_taken", field="team") from error


def add_person(  # noqa: PLR0913 - by name, one per column
    *,
    email: str,
    name: str,
    password: str,
    role: Role,
    team_id: UUID | None = None,
    is_administrator: bool = False,
    leads: tuple[UUID, ...] = (),
    language: str = "de",
) -> UUID:
    """Make a person who can sign in. A manager leads their own team and those in `leads`.

    Raises `Conflict` with field `name`, `email`, `team` or `new_password`.
    """
    name = _name(name, field="name")
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Conflict("email_invalid", field="email") from error
    if role is not Role.NONE and team_id is None:
        raise Conflict("team_missing", field="team")
    passwords.check(password, email=email, name=name)
    person = Person(
        email=address.normalized.lower(),
        name=name,
        sort_key=sort_key(" ".join(reversed(name.split()))),
        password_hash=passwords.hash_password(password),
        role=role,
        is_administrator=is_administrator,
        team_id=team_id,
        language=language,
        created_at=now(),
    )
    led = {team_id, *leads} - {None} if role is Role.MANAGER else set()
    try:
        with transaction() as session:
            session.add(person)
            session.flush()
            session.add_all(TeamLead(person_id=person.id, team_id=team) for team in led)
            audit.record(None, "added", person, {"role": role.value})
    except IntegrityError as error:
        if violated_constraint(error) != "uq_person_email":
            raise
        raise Conflict("email_taken", field="email") from error
    return person.id


def _name(name: str, *, field: str) -> str:
    """Return a name as it is kept: no blanks around it, nothing that no page can show."""
    try:
        text = clean(name, longest=_LONGEST_NAME).strip()
    except TextRefused as refused:
        raise Conflict("name_refused", field=field) from refused
    if not text or "\n" in text:
        raise Conflict("name_refused" if text else "name_missing", field=field)
    return text


def sign_in(email: str, password: str, *, address: str) -> Person:
    """Return the person whose e-mail and password these are, with team and body.

    Raises `TooManyAttempts`, or `Conflict` with the same code and after the same time for an
    unknown person and a wrong password.
    """
    if wait := throttle.seconds_to_wait(email, address):
        raise TooManyAttempts("too_many_attempts", values={"seconds": wait})
    person = queries.find_person_by_email(email)
    if not passwords.verify(person.password_hash if person else None, password) or person is None:
        with transaction():
            throttle.count_failure(email, address)
            audit.tell(None, "sign_in_failed", "sign_in")
        raise Conflict("sign_in_failed")
    with transaction():
        throttle.forget_failures(email)
        audit.tell(person.id, "signed_in", "sign_in")
    return person


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


def is_over(sign_in: SignIn, lifetime: Lifetime) -> bool:
    """Tell whether a session has rested or lasted too long."""
    idle = now() - sign_in.last_seen_at > lifetime.idle
    return idle or now() - sign_in.created_at > lifetime.absolute


def clear_sessions(lifetime: Lifetime) -> None:
    """Forget the sessions that are over."""
    rested, lasted = now() - lifetime.idle, now() - lifetime.absolute
    is_past = sa.or_(SignIn.last_seen_at < rested, SignIn.created_at < lasted)
    with transaction() as session:
        session.execute(sa.delete(SignIn).where(is_past))


def touch_session(sign_in: SignIn) -> None:
    """Note that a session is in use, at most every five minutes.

    A database that takes nothing does not keep anybody from reading.
    """
    if now() - sign_in.last_seen_at < _TOUCHED_EVERY:
        return
    touched = sa.update(SignIn).where(SignIn.id == sign_in.id).values(last_seen_at=now())
    with suppress(OperationalError), transaction() as session:
        session.execute(touched)


def change_password(actor: Actor, *, current: str, new: str, address: str) -> None:
    """Change one's own password; every session of the person ends.

    Raises `TooManyAttempts`, or `Conflict` with field `current_password` or `new_password`.
    """
    person = _get(actor)
    if wait := throttle.seconds_to_wait(person.email, address):
        raise TooManyAttempts("too_many_attempts", values={"seconds": wait})
    if not passwords.verify(person.password_hash, current):
        throttle.count_failure(person.email, address)
        raise Conflict("password_wrong", field="current_password")
    passwords.check(new, email=person.email, name=person.name)
    password_hash = passwords.hash_password(new)
    with transaction() as session:
        person = _get_to_change(actor.id)
        person.password_hash = password_hash
        session.execute(sa.delete(SignIn).where(SignIn.person_id == person.id))
        audit.record(actor.id, "password_changed", person)


def replace_password(email: str, password: str) -> None:
    """Replace a forgotten password, for the command; every session of the person ends.

    Raises `NotFound`, or `Conflict` with field `new_password`.
    """
    known = queries.find_person_by_email(email)
    if known is None:
        raise NotFound(email)
    passwords.check(password, email=known.email, name=known.name)
    password_hash = passwords.hash_password(password)
    with transaction() as session:
        person = _get_to_change(known.id)
        person.password_hash = password_hash
        session.execute(sa.delete(SignIn).where(SignIn.person_id == person.id))
        audit.record(None, "password_changed", person)


def deactivate(person_id: UUID, *, by: UUID | None) -> datetime | None:
    """Close an account, for a use case that has checked who may; every session of it ends.

    Return when, or None when it is closed already.
    Raises `Conflict` for the only one who administers the instance.
    """
    with transaction() as session:
        person = session.scalar(sa.select(Person).where(Person.id == person_id).with_for_update())
        if person is None:
            raise NotFound(person_id)
        if person.deactivated_at is not None:
            return None
        if person.is_administrator and queries.is_only_administrator(person_id):
            raise Conflict("only_administrator", field="deactivate")
        person.deactivated_at = now()
        session.execute(sa.delete(SignIn).where(SignIn.person_id == person_id))
        audit.record(by, "deactivated", person)
        session.flush()
        return person.deactivated_at


def reactivate(person_id: UUID, *, by: UUID | None, closed_at: datetime) -> bool:
    """Open an account again that was closed at this moment and has stayed so; tell whether."""
    with transaction() as session:
        person = session.scalar(sa.select(Person).where(Person.id == person_id).with_for_update())
        if person is None or person.deactivated_at != closed_at:
            return False
        person.deactivated_at = None
        audit.record(by, "reactivated", person)
    return True


def change_language(actor: Actor, language: str) -> None:
    """Choose the language of one's own pages.

    Raises `Conflict` for a language there is no catalogue of.
    """
    if language not in LANGUAGES:
        raise Conflict("choice_unknown", field="language")
    with transaction():
        _get_to_change(actor.id).language = language


def _get_to_change(person_id: UUID) -> Person:
    person = queries.find_person_to_change(person_id)
    if person is None:
        raise NotFound(person_id)
    return person


def _get(actor: Actor) -> Person:
    person = queries.find_person(actor.id)
    if person is None:
        raise NotFound(actor.id)
    return person
