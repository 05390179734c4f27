"""Make people."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError

from crm import audit
from crm.accounts import passwords, queries
from crm.accounts.models import Person, TeamLead
from crm.accounts.services.teams import name_of, refuse_closed
from crm.clock import now
from crm.db import transaction, violated_constraint
from crm.errors import Conflict
from crm.policy import Role
from crm.text import sort_key


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
    name = name_of(name)
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
    """Save somebody new; inside `transaction()`. Raises `Conflict` with the field."""
    refuse_closed(rights.team_id, rights.led_team_ids)
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
