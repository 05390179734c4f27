"""Make bodies, teams and people."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError

from crm import audit
from crm.accounts import passwords, queries
from crm.accounts.models import Body, Person, Team, TeamLead
from crm.clock import now
from crm.db import transaction, violated_constraint
from crm.errors import Conflict
from crm.policy import Role
from crm.text import TextRefused, clean, sort_key

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a person may do, and where.

    leads  further teams that a manager leads besides their own
    """

    role: Role
    team_id: UUID | None = None
    leads: frozenset[UUID] = frozenset()
    is_administrator: bool = False

    @property
    def led_team_ids(self) -> frozenset[UUID]:
        """Return all teams that the person leads."""
        if self.role is not Role.MANAGER:
            return frozenset()
        return self.leads | ({self.team_id} if self.team_id else set())

    def check(self) -> None:
        """Raise `Conflict` for what fits nobody: field `role`, `team` or `leads`."""
        if self.role is Role.NONE and not self.is_administrator:
            raise Conflict("role_missing", field="role")
        if self.role is not Role.NONE and self.team_id is None:
            raise Conflict("team_missing", field="team")
        if len(queries.bodies_of(self.led_team_ids)) > 1:
            raise Conflict("lead_elsewhere", field="leads")


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
    rights = Rights(
        role=role, team_id=team_id, leads=frozenset(leads), is_administrator=is_administrator
    )
    person = person_of(email=email, name=name, rights=rights, language=language)
    if role is not Role.NONE and team_id is None:
        raise Conflict("team_missing", field="team")
    passwords.check(password, email=email, name=name)
    person.password_hash = passwords.hash_password(password)
    with transaction():
        save(person, rights)
        audit.record(None, "added", person, {"role": role.value})
    return person.id


def person_of(*, email: str, name: str, rights: Rights, language: str) -> Person:
    """Return somebody new, not saved yet. Raises `Conflict` with field `name` or `email`."""
    name = _name(name, field="name")
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Conflict("email_invalid", field="email") from error
    return Person(
        email=address.normalized.lower(),
        name=name,
        sort_key=sort_key(" ".join(reversed(name.split()))),
        role=rights.role,
        is_administrator=rights.is_administrator,
        team_id=rights.team_id,
        language=language,
        created_at=now(),
    )


def save(person: Person, rights: Rights) -> None:
    """Save somebody new; inside `transaction()`. Raises `Conflict` with field `email`."""
    try:
        with transaction() as session:
            session.add(person)
            session.flush()
            session.add_all(
                TeamLead(person_id=person.id, team_id=team_id) for team_id in rights.led_team_ids
            )
    except IntegrityError as error:
        if violated_constraint(error) != "uq_person_email":
            raise
        raise Conflict("email_taken", field="email") from error


def _name(name: str, *, field: str) -> str:
    """Return a name as it is kept: no blanks around it, nothing that no page can show."""
    try:
        text = clean(name, longest=_LONGEST_NAME).strip()
    except TextRefused as refused:
        raise Conflict("name_refused", field=field) from refused
    if not text or "\n" in text:
        raise Conflict("name_refused" if text else "name_missing", field=field)
    return text
