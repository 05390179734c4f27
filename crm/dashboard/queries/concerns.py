"""Figures of concerns: open and late ones, outcomes, and how long they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.clock import BERLIN, today, working_days_between
from crm.concerns.deadlines import next_due_on
from crm.concerns.models import Benefit, Concern, Flag, Outcome, Stage
from crm.concerns.queries import selected
from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.finding import Days
from crm.policy import Actor
from crm.types import Moment


class _What(IntEnum):
    """What a row of the one query is about."""

    OPEN = 1
    OPENED = 2
    ANSWERED = 3
    CLOSED = 4


class _Found(NamedTuple):
    """A row of the one query: some concerns, or one from its opening to its answer or its end."""

    key: str
    number: int
    late: int
    start: datetime
    end: datetime
    jobs_secured: int
    jobs_created: int
    investment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFigures:
    """Concerns as they stand, and what came of them in the period.

    open, late          as they stand now, by flag; late are over their clock
    opened              in the period
    outcomes            of those closed in the period
    answered            how many had their first response in the period
    days_to_response    median of the working days to it; None when there was none
    days_to_resolution  median of those closed in the period
    benefits            sums of those closed in the period
    """

    open: Mapping[Flag, int]
    late: Mapping[Flag, int]
    opened: int
    outcomes: Mapping[Outcome, int]
    answered: int
    days_to_response: float | None
    days_to_resolution: float | None
    benefits: Mapping[Benefit, int]

    @property
    def closed(self) -> int:
        """Return how many were closed in the period."""
        return sum(self.outcomes.values())


def concerns(actor: Actor, wanted: FigureFilter) -> ConcernFigures:
    """Return the figures of concerns."""
    days = Days(since=wanted.period.since, until=wanted.period.until)
    opened = selected(actor, wanted.concerns(with_closed=True, opened=days))
    answered = selected(actor, wanted.concerns(with_closed=True, responded=days))
    closed = selected(actor, wanted.concerns(stage=Stage.CLOSED, closed=days))
    is_late = sa.case((next_due_on < today(), 1), else_=0)
    flag, outcome = (sa.cast(column, sa.Text) for column in (Concern.flag, Concern.outcome))
    no_moment, no_text = sa.cast(sa.null(), Moment()), sa.cast(sa.null(), sa.Text)
    one, none = sa.literal(1), sa.literal(0)
    sums = [
        sa.func.coalesce(column, 0)
        for column in (Concern.jobs_secured, Concern.jobs_created, Concern.investment)
    ]
    no_sums = [none] * len(sums)
    rows: Sequence[Any] = db.session.execute(
        sa.union_all(
            # Says the same as the stage, and can use the index of closed ones
            selected(actor, wanted.concerns())
            .where(Concern.closed_at.is_(None))
            .with_only_columns(
                _is(_What.OPEN), flag, sa.func.count(), sa.func.sum(is_late), no_moment,
                no_moment, *no_sums,
            )
            .group_by(Concern.flag),
            opened.with_only_columns(
                _is(_What.OPENED), no_text, sa.func.count(), none, no_moment, no_moment, *no_sums
            ),
            answered.with_only_columns(
                _is(_What.ANSWERED), no_text, one, none, Concern.opened_at,
                Concern.first_responded_at, *no_sums,
            ),
            closed.with_only_columns(
                _is(_What.CLOSED), outcome, one, none, Concern.opened_at, Concern.closed_at, *sums,
            ),
        )
    ).all()  # fmt: skip
    found: dict[_What, list[_Found]] = {what: [] for what in _What}
    for row in rows:
        found[_What(row[0])].append(_Found(*row[1:]))
    return ConcernFigures(
        open={Flag(row.key): row.number for row in found[_What.OPEN]},
        late={Flag(row.key): row.late for row in found[_What.OPEN]},
        opened=sum(row.number for row in found[_What.OPENED]),
        outcomes=Counter(Outcome(row.key) for row in found[_What.CLOSED]),
        answered=len(found[_What.ANSWERED]),
        days_to_response=_median(found[_What.ANSWERED], actor.land),
        days_to_resolution=_median(found[_What.CLOSED], actor.land),
        benefits={
            benefit: sum(getattr(row, benefit) for row in found[_What.CLOSED])
            for benefit in Benefit
        },
    )


def _is(what: _What) -> sa.ColumnElement[int]:
    return sa.literal(int(what))


def _median(spans: Sequence[_Found], land: str) -> float | None:
    """Return the median of the working days that they lasted; None for none."""
    days = [working_days_between(_day(span.start), _day(span.end), land) for span in spans]
    return float(median(days)) if days else None


def _day(at: datetime) -> date:
    return at.astimezone(BERLIN).date()
