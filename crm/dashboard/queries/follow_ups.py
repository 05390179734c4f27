"""Figures of follow-ups and of what was promised to companies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from crm.clock import today
from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.follow_ups.models import FollowUp
from crm.follow_ups.queries import Due, selected
from crm.policy import Actor

# An overdue follow-up is young up to a week, old after a month
A_WEEK, A_MONTH = 7, 30
_OPEN = ("open", "overdue", "over_a_week", "over_a_month", "promised", "promised_overdue")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRow:
    """The follow-ups of a team as they stand now, and what was done in the last 30 days.

    promised, promised_overdue  of the open ones: what companies were promised
    over_a_week, over_a_month   of the overdue ones: by more than so many days
    """

    team_id: UUID
    open: int = 0
    overdue: int = 0
    over_a_week: int = 0
    over_a_month: int = 0
    promised: int = 0
    promised_overdue: int = 0
    done: int = 0


def lately() -> date:
    """Return the first of the last 30 days."""
    return today() - timedelta(days=A_MONTH)


def follow_ups_by_team(actor: Actor, wanted: FigureFilter) -> Sequence[FollowUpRow]:
    """Return a row for each team that has any or has done any lately."""
    day = today()
    is_late = FollowUp.due_on < day
    still_open = selected(actor, wanted.follow_ups()).with_only_columns(
        FollowUp.team_id,
        sa.func.count().label("open"),
        _how_many(is_late),
        _how_many(FollowUp.due_on < day - timedelta(days=A_WEEK)),
        _how_many(FollowUp.due_on < day - timedelta(days=A_MONTH)),
        _how_many(FollowUp.promised.is_(True)),
        _how_many(sa.and_(FollowUp.promised.is_(True), is_late)),
        sa.literal(0).label("done"),
    )
    done = selected(actor, wanted.follow_ups(due=Due.DONE, done_since=lately())).with_only_columns(
        FollowUp.team_id, *[sa.literal(0)] * len(_OPEN), sa.func.count().label("done")
    )
    both = sa.union_all(
        still_open.group_by(FollowUp.team_id), done.group_by(FollowUp.team_id)
    ).order_by("done")
    found: dict[UUID, FollowUpRow] = {}
    for team_id, *numbers, its_done in db.session.execute(both):
        known = found.get(team_id, FollowUpRow(team_id=team_id))
        of_open = dict(zip(_OPEN, numbers, strict=True)) if not its_done else {}
        found[team_id] = replace(known, **of_open, done=its_done)
    return list(found.values())


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
