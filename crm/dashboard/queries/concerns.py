"""Figures of concerns: open and late ones, outcomes, and how long they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm.clock import BERLIN, today, working_days_between
from crm.concerns.deadlines import next_due_on
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.concerns.queries import ConcernFilter, selected
from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.finding import Days
from crm.policy import Actor


class _Span(NamedTuple):
    """A concern from its opening to what ended the waiting."""

    start: datetime
    end: datetime
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFigures:
    """Concerns as they stand, and what came of them in the period.

    open, late          as they stand now, by flag; late are over their clock
    opened              in the period
    outcomes            of those closed in the period
    answered            how many had their first response in the period
    days_to_response    median of the working days to it; None when there was none
    days_to_resolution  median of those closed in the period
    """

    open: Mapping[Flag, int]
    late: Mapping[Flag, int]
    opened: int
    outcomes: Mapping[Outcome, int]
    answered: int
    days_to_response: float | None
    days_to_resolution: float | None

    @property
    def closed(self) -> int:
        """Return how many were closed in the period."""
        return sum(self.outcomes.values())


def concerns(actor: Actor, wanted: FigureFilter) -> ConcernFigures:
    """Return the figures of concerns."""
    days = Days(since=wanted.period.since, until=wanted.period.until)
    is_open, late = _open(actor, wanted)
    opened = db.session.scalar(
        selected(actor, wanted.concerns(with_closed=True, opened=days)).with_only_columns(
            sa.func.count()
        )
    )
    responses = _spans(
        actor, wanted.concerns(with_closed=True, responded=days), Concern.first_responded_at
    )
    resolutions = _spans(actor, wanted.concerns(stage=Stage.CLOSED, closed=days), Concern.closed_at)
    return ConcernFigures(
        open=is_open,
        late=late,
        opened=opened or 0,
        outcomes=Counter(outcome for _start, _end, outcome in resolutions if outcome),
        answered=len(responses),
        days_to_response=_median(responses, actor.land),
        days_to_resolution=_median(resolutions, actor.land),
    )


def _open(actor: Actor, wanted: FigureFilter) -> tuple[Mapping[Flag, int], Mapping[Flag, int]]:
    is_late = sa.case((next_due_on < today(), 1), else_=0)
    rows = db.session.execute(
        selected(actor, wanted.concerns())
        # Says the same as the stage, and can use the index of closed ones
        .where(Concern.closed_at.is_(None))
        .with_only_columns(Concern.flag, sa.func.count(), sa.func.sum(is_late))
        .group_by(Concern.flag)
    ).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _spans(
    actor: Actor, wanted: ConcernFilter, end: InstrumentedAttribute[datetime | None]
) -> Sequence[_Span]:
    rows = db.session.execute(
        selected(actor, wanted).with_only_columns(Concern.opened_at, end, Concern.outcome)
    )
    return [_Span(start, at, outcome) for start, at, outcome in rows if at]


def _median(spans: Sequence[_Span], land: str) -> float | None:
    """Return the median of the working days that they lasted; None for none."""
    days = [working_days_between(_day(span.start), _day(span.end), land) for span in spans]
    return float(median(days)) if days else None


def _day(at: datetime) -> date:
    return at.astimezone(BERLIN).date()
