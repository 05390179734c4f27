"""Find targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Team
from crm.audit import AuditEntry
from crm.clock import now
from crm.dashboard.models import Target
from crm.db import db
from crm.errors import NotFound
from crm.policy import Actor

_LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTarget:
    """A team and what it means to do in a year; `visits` is None where nobody has said it."""

    team_id: UUID
    name: str
    visits: int | None


def team_targets(actor: Actor, year: int) -> Sequence[TeamTarget]:
    """Return the teams of the actor's body by name, each with its target for a year."""
    return targets_and_stamp(actor, year)[0]


def targets_and_stamp(actor: Actor, year: int) -> tuple[Sequence[TeamTarget], str]:
    """Return the teams with their targets, and what every change of this database changes.

    Every change leaves an audit line, so the stamp is how many there are since a while ago: one
    more for each commit, also for one that comes later than its line was written.
    """
    since = now().replace(minute=0, second=0, microsecond=0) - _LONGEST_TRANSACTION
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    # What has no row, a sign-in or a file handed out, changes no figure
    changes = sa.and_(AuditEntry.id >= first, AuditEntry.subject_id.is_not(None))
    lines = sa.select(sa.func.count()).where(changes).scalar_subquery()
    found = db.session.execute(
        sa.select(Team.id, Team.name, Target.visits, lines)
        .outerjoin(Target, sa.and_(Target.team_id == Team.id, Target.year == year))
        .where(Team.body_id == actor.body_id)
        .order_by(Team.name, Team.id)
    ).all()
    teams = [TeamTarget(team_id=row[0], name=row[1], visits=row[2]) for row in found]
    return teams, f"{db.engine.url} {first} {found[0][3] if found else 0}"


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
