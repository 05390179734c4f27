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


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTarget:
    """A team and what it means to do in a year; `visits` is None where nobody has said it."""

    team_id: UUID
    name: str
    visits: int | None


class Stamps(NamedTuple):
    """Until when figures may be kept: those about conversations and companies, and all."""

    visits: str
    all: str


# None of these writes a visit or an organisation. What is not named here makes all be counted anew
_BESIDE_VISITS = tuple(model.__tablename__ for model in (Concern, Contact, FollowUp, Referral))


def team_targets(actor: Actor, year: int) -> Sequence[TeamTarget]:
    """Return the teams of the actor's body by name, each with its target for a year."""
    return targets_and_stamps(actor, year)[0]


def targets_and_stamps(actor: Actor, year: int) -> tuple[Sequence[TeamTarget], Stamps]:
    """Return the teams with their targets, and the stamps of what figures are counted from."""
    of_visits, of_all = changes(but_of=_BESIDE_VISITS), changes()
    found = db.session.execute(
        sa.select(Team.id, Team.name, Target.visits, of_visits.number, of_all.number)
        .outerjoin(Target, sa.and_(Target.team_id == Team.id, Target.year == year))
        .where(Team.body_id == actor.body_id)
        .order_by(Team.name, Team.id)
    ).all()
    teams = [TeamTarget(team_id=row[0], name=row[1], visits=row[2]) for row in found]
    of_both = found[0][3:] if found else (0, 0)
    return teams, Stamps(of_visits.stamp(of_both[0]), of_all.stamp(of_both[1]))


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
