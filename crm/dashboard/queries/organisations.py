"""Figures of target companies: which of them are out of sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.organisations.listing import (
    NEVER,
    has_owner,
    last_visit_on,
    months_ago,
    selected,
    selected_municipalities,
)
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.text import sort_key


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFigures:
    """Target companies as they stand now.

    not_visited     for so many months as was asked, those never visited among them
    no_owner        of a team in which nobody works
    no_cadence      nobody has said how often they are to be visited
    municipalities  in which any organisation is, by name
    """

    number: int
    not_visited: int
    never_visited: int
    no_owner: int
    no_cadence: int
    municipalities: Sequence[str]


def target_companies(actor: Actor, wanted: FigureFilter, *, months: int) -> TargetFigures:
    """Return how many target companies there are, and how many nobody has visited for `months`."""
    # The last visit says what the list asks as whether there is a later one: a list wants 50, here
    # all are read. Materialized, for SQLite would look for it as often as it is named below
    companies = (
        selected(actor, wanted.targets())
        .with_only_columns(
            last_visit_on(actor).label("last_visit_on"),
            sa.case((has_owner(), 0), else_=1).label("no_owner"),
            sa.case((Organisation.cadence_months.is_(None), 1), else_=0).label("no_cadence"),
        )
        .cte("companies")
        .prefix_with("MATERIALIZED")
    )
    last = companies.c.last_visit_on
    counted = sa.select(
        sa.cast(sa.null(), sa.String()).label("name"),
        sa.func.count().label("number"),
        _how_many(last < months_ago(months)),
        _how_many(last == NEVER),
        sa.func.sum(companies.c.no_owner),
        sa.func.sum(companies.c.no_cadence),
    )
    # In one query with what the form offers: the page asks few
    named = selected_municipalities(actor).add_columns(*[sa.literal(0)] * 5)
    found = db.session.execute(sa.union_all(counted, named)).all()
    _none, number, not_visited, never, no_owner, no_cadence = next(
        row for row in found if row[0] is None
    )
    return TargetFigures(
        number=number,
        not_visited=not_visited or 0,
        never_visited=never or 0,
        no_owner=no_owner or 0,
        no_cadence=no_cadence or 0,
        municipalities=sorted((row[0] for row in found if row[0] is not None), key=sort_key),
    )


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
