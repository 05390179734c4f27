"""Find people, teams and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from crm.accounts.models import (
    Body,
    HalfSignIn,
    PasswordLink,
    Person,
    RecoveryCode,
    SecondFactor,
    SecondFactorDuty,
    SignIn,
    Team,
    TeamLead,
)
from crm.agency.models import ONLY, Agency
from crm.agency.queries import LOOK, Look, has_agreement, look_of
from crm.clock import now
from crm.db import db
from crm.policy import Actor, Role

# Time enough to find the telephone
_HALF_LASTS = timedelta(minutes=10)
_WHOLE_PERSON = (joinedload(Person.team).joinedload(Team.body), selectinload(Person.led))


def hash_of(token: str) -> bytes:
    """Return what is stored instead of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


class Known(NamedTuple):
    """A session with its person, and whether they still owe a second factor.

    look  how the agency looks: every page shows it, and no process may keep it
    """

    sign_in: SignIn
    owes_second_factor: bool
    look: Look


_is_obliged = (
    sa.exists()
    .where(
        sa.or_(
            SecondFactorDuty.role == Person.role,
            sa.and_(SecondFactorDuty.role == Role.NONE, Person.is_administrator),
        )
    )
    .correlate(Person)
)
_has_factor = sa.exists().where(SecondFactor.person_id == Person.id).correlate(Person)


def find_sign_in(token: str) -> Known | None:
    """Return the session of this token with its active person, team and body; or None."""
    person = contains_eager(SignIn.person)
    found = db.session.execute(
        sa.select(SignIn, sa.and_(_is_obliged, ~_has_factor), *LOOK)
        .join(SignIn.person)
        .outerjoin(Agency, Agency.id == ONLY)
        .where(SignIn.token_hash == hash_of(token), Person.deactivated_at.is_(None))
        # At once: this is asked for every page
        .options(
            person.joinedload(Person.team).joinedload(Team.body), person.joinedload(Person.led)
        )
    )
    row = found.unique().one_or_none()
    return Known(row[0], bool(row[1]), look_of(row[2:])) if row else None


def sign_ins(person_id: UUID) -> Sequence[SignIn]:
    """Return the sessions of a person, the one used last first, also those that are over."""
    return db.session.scalars(
        sa.select(SignIn)
        .where(SignIn.person_id == person_id)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    ).all()


def half_since() -> datetime:
    """Return since when a half sign-in has to have begun not to be over."""
    return now() - _HALF_LASTS


def find_person_by_half(token: str) -> Person | None:
    """Return the active person whose half sign-in this is; or None."""
    return db.session.scalar(
        sa.select(Person)
        .join(HalfSignIn, HalfSignIn.person_id == Person.id)
        .where(
            HalfSignIn.token_hash == hash_of(token),
            HalfSignIn.created_at > half_since(),
            Person.deactivated_at.is_(None),
        )
    )


def find_second_factor(person_id: UUID) -> SecondFactor | None:
    """Return the second factor of a person, or None."""
    return db.session.scalar(sa.select(SecondFactor).where(SecondFactor.person_id == person_id))


def obliged_roles() -> frozenset[Role]:
    """Return the roles that have to have a second factor; `none` stands for administrators."""
    return frozenset(db.session.scalars(sa.select(SecondFactorDuty.role)))


def recovery_codes_left(person_id: UUID) -> int:
    """Return how many recovery codes a person has not used yet."""
    left = sa.select(sa.func.count()).where(RecoveryCode.person_id == person_id)
    return db.session.scalar(left) or 0


def find_person_by_link(token: str) -> Person | None:
    """Return the active person who may choose a password by this link; or None.

    One look into one index, whatever was asked for.
    """
    return db.session.scalar(
        sa.select(Person)
        .join(PasswordLink, PasswordLink.person_id == Person.id)
        .where(
            PasswordLink.token_hash == hash_of(token),
            PasswordLink.expires_at > now(),
            Person.deactivated_at.is_(None),
        )
    )


def find_link(person_id: UUID) -> PasswordLink | None:
    """Return the link by which a person may choose a password, also one that is over; or None."""
    return db.session.scalar(sa.select(PasswordLink).where(PasswordLink.person_id == person_id))


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


def find_person_to_change(person_id: UUID) -> Person | None:
    """Return the active person with this key; PostgreSQL makes a second change wait."""
    return db.session.scalar(
        sa.select(Person)
        .where(Person.id == person_id, Person.deactivated_at.is_(None))
        # What only refers to the row need not wait
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def at_work() -> sa.Select[Person]:
    """Select the people who work in some team: who only reads does not."""
    return sa.select(Person).where(
        Person.role.in_([Role.OFFICER, Role.MANAGER]), Person.deactivated_at.is_(None)
    )


def _colleagues(actor: Actor) -> sa.Select[Person]:
    return at_work().join(Person.team).where(Team.body_id == actor.body_id)


def colleagues(actor: Actor) -> Sequence[Person]:
    """Return the people of the actor's body who work in it, by name, the actor among them."""
    by_name = _colleagues(actor).order_by(Person.sort_key, Person.id)
    return db.session.scalars(by_name).all()


def colleague_ids(actor: Actor) -> frozenset[UUID]:
    """Return the keys of the same people: a choice that was sent is asked no more."""
    return frozenset(db.session.scalars(_colleagues(actor).with_only_columns(Person.id)))


def colleague_actors(actor: Actor) -> Sequence[Actor]:
    """Return the colleagues as the domain knows them: what each may see can be asked."""
    by_name = _colleagues(actor).order_by(Person.sort_key, Person.id)
    found = db.session.scalars(by_name.options(*_WHOLE_PERSON))
    return [person.actor for person in found]


def people_of_teams(team_ids: Collection[UUID]) -> Sequence[Person]:
    """Return everyone of these teams by name, also who has left, with team and body."""
    return db.session.scalars(
        sa.select(Person)
        .where(Person.team_id.in_(team_ids))
        .options(*_WHOLE_PERSON)
        .order_by(Person.sort_key, Person.id)
    ).all()


def find_present_or_past(person_id: UUID) -> Person | None:
    """Return the person with this key, also who has left, with team and body; or None."""
    return db.session.scalar(
        sa.select(Person).where(Person.id == person_id).options(*_WHOLE_PERSON)
    )


def find_present_or_past_by_email(email: str) -> Person | None:
    """Return the person with this address, also who has left, with team and body; or None."""
    return db.session.scalar(
        sa.select(Person).where(Person.email == email.strip().lower()).options(*_WHOLE_PERSON)
    )


def names(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of people, also of those who have left."""
    if not person_ids:
        return {}
    found = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in found}


def lock_administrators() -> Sequence[UUID]:
    """Return the keys of those who can sign in and administer the instance; in `transaction()`.

    PostgreSQL lets two who change what concerns all of them do so one after the other.
    """
    who_can = (
        sa.select(Person.id)
        .where(
            Person.is_administrator,
            Person.deactivated_at.is_(None),
            Person.password_hash.is_not(None),
        )
        .order_by(Person.id)
        .with_for_update()
    )
    return db.session.scalars(who_can).all()


def is_only_administrator(person_id: UUID) -> bool:
    """Tell whether nobody else who can sign in administers the instance; in `transaction()`."""
    return lock_administrators() == [person_id]


def may_count(actor: Actor, person_id: UUID | None, colleagues: Iterable[Person]) -> bool:
    """Tell whether a list of what this person does may have a total.

    Figures by person are for oneself; with a works agreement also for who leads that person's team.

    colleagues  all of the actor's body
    """
    if person_id in {None, actor.id}:
        return True
    led = {person.id for person in colleagues if person.team_id in actor.led_team_ids}
    return person_id in led and has_agreement()


def teams(actor: Actor) -> Sequence[Team]:
    """Return the teams of the actor's body, by name."""
    return db.session.scalars(
        sa.select(Team).where(Team.body_id == actor.body_id).order_by(Team.name, Team.id)
    ).all()


def teams_to_choose(actor: Actor, *kept: UUID) -> Sequence[Team]:
    """Return the open teams of the actor's body, by name, and those that something has by now."""
    return [team for team in teams(actor) if team.closed_at is None or team.id in kept]


def all_teams() -> Sequence[Team]:
    """Return the teams of all bodies, with these, by the names of both."""
    return db.session.scalars(
        sa.select(Team)
        .join(Team.body)
        .options(contains_eager(Team.body))
        .order_by(Body.name, Team.name, Team.id)
    ).all()


def bodies() -> Sequence[Body]:
    """Return all bodies, by name."""
    return db.session.scalars(sa.select(Body).order_by(Body.name, Body.id)).all()


def find_team(team_id: UUID) -> Team | None:
    """Return the team with this key, with its body; or None."""
    return db.session.scalar(
        sa.select(Team).where(Team.id == team_id).options(joinedload(Team.body))
    )


def people_in_teams() -> dict[UUID, int]:
    """Return how many people each team has, also who is only invited."""
    found = db.session.execute(
        sa.select(Person.team_id, sa.func.count())
        .where(Person.team_id.is_not(None), Person.deactivated_at.is_(None))
        .group_by(Person.team_id)
    )
    return {team_id: number for team_id, number in found if team_id}


def bodies_of(team_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return the keys of the bodies to which these teams belong."""
    return frozenset(db.session.scalars(sa.select(Team.body_id).where(Team.id.in_(team_ids))))


def body_names(*, but: UUID | None = None) -> Sequence[str]:
    """Return the names of all bodies `but` one."""
    return db.session.scalars(sa.select(Body.name).where(Body.id.is_distinct_from(but))).all()


def team_names_of(body_id: UUID, *, but: UUID | None = None) -> Sequence[str]:
    """Return the names of the teams of a body `but` one."""
    found = sa.select(Team.name).where(Team.body_id == body_id, Team.id.is_distinct_from(but))
    return db.session.scalars(found).all()


def closed_among(team_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these teams are closed; PostgreSQL makes who changes one of them wait."""
    found = db.session.scalars(
        sa.select(Team).where(Team.id.in_(team_ids)).order_by(Team.id).with_for_update(read=True)
    )
    return frozenset(team.id for team in found if team.closed_at is not None)


def team_names(team_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of teams."""
    found = db.session.execute(sa.select(Team.id, Team.name).where(Team.id.in_(team_ids)))
    return {row.id: row.name for row in found}


def teams_led(person_id: UUID) -> Sequence[Team]:
    """Return the teams that a person leads, by name."""
    led = sa.select(TeamLead.team_id).where(TeamLead.person_id == person_id)
    return db.session.scalars(
        sa.select(Team).where(Team.id.in_(led)).order_by(Team.name, Team.id)
    ).all()


def find_body(name: str) -> Body | None:
    """Return the body of this name, or None."""
    return db.session.scalar(sa.select(Body).where(Body.name == name))


def teams_named(name: str, *, body_id: UUID | None = None) -> Sequence[Team]:
    """Return the teams of this name, with their bodies; without a body, those of all."""
    statement = sa.select(Team).where(Team.name == name).options(joinedload(Team.body))
    if body_id is not None:
        statement = statement.where(Team.body_id == body_id)
    return db.session.scalars(statement.order_by(Team.id)).all()
