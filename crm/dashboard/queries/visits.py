"""Figures of visits and the other conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.organisations.grouping import industry_group, size_group
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.visits.listing import Counted, is_counted, selected
from crm.visits.models import VISIT_MODES, Visit

_MONTH_LETTERS = 7
ANY_DAY: Mapping[str, Any] = {"since": None, "until": None}


@unique
class Dimension(StrEnum):
    """By what visits are parted."""

    TEAM = "team"
    MUNICIPALITY = "municipality"
    INDUSTRY = "industry"
    SIZE = "size"


_COLUMNS: Mapping[Dimension, Any] = {
    Dimension.TEAM: Visit.team_id,
    Dimension.MUNICIPALITY: Organisation.municipality,
    Dimension.INDUSTRY: industry_group,
    Dimension.SIZE: size_group,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFigures:
    """Conversations that took place, by first day of the month, team and what figures call them.

    before  those of the year before, under their own months; empty where nobody asked
    """

    numbers: Mapping[tuple[date, UUID, Counted], int]
    before: Mapping[tuple[date, UUID, Counted], int]

    def number(
        self, counted: Counted, *, month: date | None = None, team_id: UUID | None = None
    ) -> int:
        """Return how many there are, of a month or of a team where one is given."""
        return _sum(self.numbers, counted, month, team_id)

    def number_before(
        self, counted: Counted, *, month: date | None = None, team_id: UUID | None = None
    ) -> int:
        """Return how many there were in the year before; `month` is one of that year."""
        return _sum(self.before, counted, month, team_id)

    @property
    def team_ids(self) -> frozenset[UUID]:
        """Return the teams that had any, now or before."""
        return frozenset(key[1] for key in (*self.numbers, *self.before))


def _sum(
    numbers: Mapping[tuple[date, UUID, Counted], int],
    counted: Counted,
    month: date | None,
    team_id: UUID | None,
) -> int:
    return sum(
        number
        for (its_month, its_team_id, its_kind), number in numbers.items()
        if its_kind is counted and month in {None, its_month} and team_id in {None, its_team_id}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table.

    key            what it is about: the key of a team or topic, a name, a `SizeGroup`
    number         visits, or conversations
    before         the same in the same days of the year before; None where nobody asked
    organisations  how many different ones that number is about: small groups stay hidden;
                   `organisations_before` those of the year before
    """

    key: Any
    number: int
    organisations: int
    before: int | None = None
    organisations_before: int = 0


def month_of(column: Any) -> sa.ColumnElement[str]:
    """Return the month of a date as 2026-11, alike on both databases."""
    return sa.func.substr(sa.cast(column, sa.Text), 1, _MONTH_LETTERS)


def both_years(wanted: FigureFilter) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[int]]:
    """Return the condition of the period and of the year before, and which of them it is."""
    period, before = wanted.period, wanted.period.a_year_before
    # One range and a gap in it: SQLite takes two ranges for two walks and remembers every row
    a_day = timedelta(days=1)
    days = sa.and_(
        Visit.visited_on.between(before.since, period.until),
        ~Visit.visited_on.between(before.until + a_day, period.since - a_day),
    )
    return days, sa.case((Visit.visited_on >= period.since, 1), else_=0)


def visits_held(
    actor: Actor, wanted: FigureFilter, *, compared: bool = False
) -> ConversationFigures:
    """Return the conversations of the period by month, team and kind.

    compared  also those of the same days of the year before; for periods of a year at most
    """
    kind = sa.case(
        (is_counted(Counted.PARTNERS), Counted.PARTNERS.value),
        (Visit.mode.in_(VISIT_MODES), Counted.VISITS.value),
        else_=Counted.OTHER.value,
    )
    days, is_now = both_years(wanted)
    filtered = wanted.visits(actor, **(ANY_DAY if compared else {}))
    statement = selected(actor, filtered, whole=True)
    if compared:
        statement = statement.where(days)
    grouped = statement.with_only_columns(
        (is_now if compared else sa.literal(1)).label("figure_now"),
        month_of(Visit.visited_on).label("figure_month"),
        Visit.team_id.label("figure_team"),
        kind.label("figure_kind"),
        sa.func.count().label("number"),
    ).group_by("figure_now", "figure_month", "figure_team", "figure_kind")
    found: tuple[dict[Any, int], dict[Any, int]] = ({}, {})
    for now, month, team_id, its_kind, number in db.session.execute(grouped):
        key = (date.fromisoformat(f"{month}-01"), team_id, Counted(its_kind))
        found[now][key] = number
    return ConversationFigures(numbers=found[1], before=found[0])


def visits_by(actor: Actor, wanted: FigureFilter, dimension: Dimension) -> Sequence[Row]:
    """Return the visits of the period by team, municipality, industry or size, most first."""
    statement = (
        selected(actor, wanted.visits(actor, counted=Counted.VISITS), whole=True)
        .join(Organisation, Organisation.id == Visit.organisation_id)
        .with_only_columns(
            _COLUMNS[dimension].label("figure_key"),
            sa.func.count().label("number"),
            sa.func.count(sa.distinct(Visit.organisation_id)).label("organisations"),
        )
        .group_by("figure_key")
    )
    found = [
        Row(key=key, number=number, organisations=organisations)
        for key, number, organisations in db.session.execute(statement)
    ]
    return sorted(found, key=lambda row: (-row.number, str(row.key)))
