"""Figures of follow-ups and of what was promised to companies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRow:
    """The follow-ups of a team as they stand now, and what it did in the period.

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


def follow_ups_by_team(actor: Actor, wanted: FigureFilter) -> Sequence[FollowUpRow]:
    """Return a row for each team that has or had any."""
    day = today()
    is_late = FollowUp.due_on < day
    statement = (
        selected(actor, wanted.follow_ups())
        .with_only_columns(
            FollowUp.team_id,
            sa.func.count(),
            _how_many(is_late),
            _how_many(FollowUp.due_on < day - timedelta(days=A_WEEK)),
            _how_many(FollowUp.due_on < day - timedelta(days=A_MONTH)),
            _how_many(FollowUp.promised.is_(True)),
            _how_many(sa.and_(FollowUp.promised.is_(True), is_late)),
        )
        .group_by(FollowUp.team_id)
    )
    done_filter = wanted.follow_ups(
        due=Due.DONE, done_since=wanted.period.since, done_until=wanted.period.until
    )
    done = {
        row[0]: row[1]
        for row in db.session.execute(
            selected(actor, done_filter)
            .with_only_columns(FollowUp.team_id, sa.func.count())
            .group_by(FollowUp.team_id)
        )
    }
    rows = [
        FollowUpRow(
            team_id=team_id,
            open=number,
            overdue=overdue,
            over_a_week=week,
            over_a_month=month,
            promised=promised,
            promised_overdue=late,
            done=done.pop(team_id, 0),
        )
        for team_id, number, overdue, week, month, promised, late in db.session.execute(statement)
    ]
    return [*rows, *(FollowUpRow(team_id=key, done=number) for key, number in done.items())]


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
