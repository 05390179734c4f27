"""Find targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Team
from crm.concerns.models import Concern
from crm.contacts.models import Contact
from crm.dashboard.models import Target
from crm.db import db
from crm.errors import NotFound
from crm.follow_ups.models import FollowUp
from crm.memory import changes
from crm.policy import Actor
from crm.referrals.models import Referral
from crm.visits.models import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTarget:
    """A team and what it means to do in a year; `visits` is None where nobody has said it."""

    team_id: UUID
    name: str
    visits: int | None


class Stamps(NamedTuple):
    """Until when figures may be kept: of conversations and companies, concerns, follow-ups, all."""

    visits: str
    concerns: str
    follow_ups: str
    all: str


# Lines about these tell of no change to what is counted: a concern that a kept promise answers, or
# that a visit narrows, has a line of its own. Whatever is not named here counts
_BESIDE_FOLLOW_UPS = (Contact.__tablename__, Visit.__tablename__)
_BESIDE_CONCERNS = (*_BESIDE_FOLLOW_UPS, FollowUp.__tablename__)
_BESIDE_VISITS = (
    Contact.__tablename__,
    FollowUp.__tablename__,
    Concern.__tablename__,
    Referral.__tablename__,
)
# In the order of `Stamps`
_BESIDE = (_BESIDE_VISITS, _BESIDE_CONCERNS, _BESIDE_FOLLOW_UPS, ())


def team_targets(actor: Actor, year: int) -> Sequence[TeamTarget]:
    """Return the teams of the actor's body by name, each with its target for a year."""
    return targets_and_stamps(actor, year)[0]


def targets_and_stamps(actor: Actor, year: int) -> tuple[Sequence[TeamTarget], Stamps]:
    """Return the teams with their targets, and the stamps of what figures are counted from."""
    asked = [changes(but_of=names) for names in _BESIDE]
    found = db.session.execute(
        sa.select(Team.id, Team.name, Target.visits, *(some.number for some in asked))
        .outerjoin(Target, sa.and_(Target.team_id == Team.id, Target.year == year))
        .where(Team.body_id == actor.body_id)
        .order_by(Team.name, Team.id)
    ).all()
    teams = [TeamTarget(team_id=row[0], name=row[1], visits=row[2]) for row in found]
    numbers = found[0][3:] if found else [0] * len(asked)
    return teams, Stamps(*(some.stamp(n) for some, n in zip(asked, numbers, strict=True)))


def find_target(team_id: UUID, year: int) -> Target | None:
    """Return what was last said about a team's target for a year, or None."""
    return db.session.scalar(
        sa.select(Target).where(Target.team_id == team_id, Target.year == year)
    )


def get_team(actor: Actor, team_id: UUID) -> Team:
    """Return a team of the actor's body; raise `NotFound`."""
    team = db.session.scalar(
        sa.select(Team).where(Team.id == team_id, Team.body_id == actor.body_id)
    )
    if team is None:
        raise NotFound(team_id)
    return team
