"""Set targets."""

from __future__ import annotations

from uuid import UUID

from crm import audit
from crm.clock import now
from crm.dashboard.models import Target
from crm.dashboard.queries.targets import find_target, get_team
from crm.db import transaction
from crm.errors import Stale
from crm.policy import Actor, Permission, authorize

_NEW = 0


def set_target(actor: Actor, team_id: UUID, year: int, *, visits: int | None, version: int) -> None:
    """Say how many visits a team means to make in a year; None takes the target away.

    version  what the person saw: 0 where nothing was said before

    Raises `Stale` when somebody else has said something meanwhile.
    """
    with transaction() as session:
        team = get_team(actor, team_id)
        target = find_target(team_id, year)
        subject = target or Target(
            body_id=team.body_id, team_id=team_id, year=year, updated_at=now()
        )
        authorize(actor, Permission.TARGET_EDIT, subject)
        before = subject.visits
        if before == visits:
            return
        if (target.version if target else _NEW) != version:
            raise Stale
        subject.visits = visits
        subject.updated_at = now()
        session.add(subject)
        session.flush()
        audit.record(actor.id, "target_set", subject, {"visits": [before, visits], "year": year})
