"""The list of all people who sign in, and their numbers, for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import Person, PersonState, SecondFactor, Team
from crm.db import db
from crm.finding import contains
from crm.paging import Count, Cursor, Order, Page, count_of, page_of
from crm.policy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Whom the list shows; without anything: everybody."""

    text: str = ""
    role: Role | None = None
    team_id: UUID | None = None
    state: PersonState | None = None


BY_NAME: Order[Person] = Order(
    columns=(Person.sort_key, Person.id), values=lambda person: (person.sort_key, person.id)
)
# As `Person.state` says it
_IN_STATE = {
    PersonState.INVITED: sa.and_(Person.password_hash.is_(None), Person.deactivated_at.is_(None)),
    PersonState.ACTIVE: sa.and_(Person.password_hash.is_not(None), Person.deactivated_at.is_(None)),
    PersonState.CLOSED: Person.deactivated_at.is_not(None),
}


def _selected(wanted: PeopleFilter) -> sa.Select[Person]:
    statement = sa.select(Person)
    if wanted.text:
        statement = statement.where(
            sa.or_(contains(Person.name, wanted.text), contains(Person.email, wanted.text))
        )
    if wanted.role:
        statement = statement.where(Person.role == wanted.role)
    if wanted.team_id:
        statement = statement.where(Person.team_id == wanted.team_id)
    if wanted.state:
        statement = statement.where(_IN_STATE[wanted.state])
    return statement


def page(wanted: PeopleFilter, cursor: Cursor | None) -> Page[Person]:
    """Return one page of the list by name, with teams and their bodies."""
    statement = _selected(wanted).options(joinedload(Person.team).joinedload(Team.body))
    return page_of(statement, BY_NAME, cursor)


def numbers() -> dict[PersonState, int]:
    """Return how many people are in each state."""
    counted = [sa.func.count().filter(condition) for condition in _IN_STATE.values()]
    row = db.session.execute(sa.select(*counted).select_from(Person)).one()
    return dict(zip(_IN_STATE, row, strict=True))


def count(wanted: PeopleFilter) -> Count:
    """Count the list."""
    return count_of(_selected(wanted))


class FactorCount(NamedTuple):
    """How many people can sign in, and how many of them have a second factor."""

    people: int
    with_factor: int


def factor_counts() -> Sequence[tuple[Role, FactorCount]]:
    """Count the second factors of each role, administrators, who count twice, first."""
    has_factor = sa.func.count(SecondFactor.id)
    rows = db.session.execute(
        sa.select(Person.role, Person.is_administrator, sa.func.count(Person.id), has_factor)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(_IN_STATE[PersonState.ACTIVE])
        .group_by(Person.role, Person.is_administrator)
    ).all()
    counts = []
    for role in Role:
        them = [row for row in rows if (row[1] if role is Role.NONE else row[0] is role)]
        counts.append((role, FactorCount(sum(row[2] for row in them), sum(row[3] for row in them))))
    return counts


def second_factors() -> Sequence[SecondFactor]:
    """Return the second factors of all people."""
    return db.session.scalars(sa.select(SecondFactor).order_by(SecondFactor.id)).all()
