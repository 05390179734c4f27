"""Figures of target companies: which of them are out of sight."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.organisations.listing import months_ago, not_visited_since, selected
from crm.organisations.models import Organisation
from crm.policy import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFigures:
    """Target companies as they stand now.

    not_visited  for so many months as was asked, those never visited among them
    no_cadence   nobody has said how often they are to be visited
    """

    number: int
    not_visited: int
    never_visited: int
    no_cadence: int


def target_companies(actor: Actor, wanted: FigureFilter, *, months: int) -> TargetFigures:
    """Return how many target companies there are, and how many nobody has visited for `months`."""
    row = db.session.execute(
        selected(actor, wanted.targets()).with_only_columns(
            sa.func.count(),
            _how_many(not_visited_since(actor, months_ago(months))),
            _how_many(not_visited_since(actor, None)),
            _how_many(Organisation.cadence_months.is_(None)),
        )
    ).one()
    return TargetFigures(
        number=row[0],
        not_visited=row[1] or 0,
        never_visited=row[2] or 0,
        no_cadence=row[3] or 0,
    )


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
