"""Figures of visits and the other conversations, and of what was talked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.organisations.grouping import industry_group, size_group
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Actor
from crm.visibility import visible
from crm.visits.listing import Counted, selected
from crm.visits.models import VISIT_MODES, TopicNote, Visit

_MONTH_LETTERS = 7


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
    """Conversations that took place, by first day of the month, team and what figures call them."""

    numbers: Mapping[tuple[date, UUID, Counted], int]

    def number(
        self, counted: Counted, *, month: date | None = None, team_id: UUID | None = None
    ) -> int:
        """Return how many there are, of a month or of a team where one is given."""
        return sum(
            number
            for (its_month, its_team_id, its_kind), number in self.numbers.items()
            if its_kind is counted and month in {None, its_month} and team_id in {None, its_team_id}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table.

    key            what it is about: the key of a team or topic, a name, a `SizeGroup`
    number         visits, or conversations
    before         the same in the same days of the year before; None where nobody asked
    organisations  how many different ones that number is about: small groups stay hidden
    """

    key: Any
    number: int
    organisations: int
    before: int | None = None


def month_of(column: Any) -> sa.ColumnElement[str]:
    """Return the month of a date as 2026-11, alike on both databases."""
    return sa.func.substr(sa.cast(column, sa.Text), 1, _MONTH_LETTERS)


def visits_held(actor: Actor, wanted: FigureFilter) -> ConversationFigures:
    """Return the conversations of the period by month, team and kind."""
    kind = sa.case(
        (Organisation.kind == OrganisationKind.PARTNER, Counted.PARTNERS.value),
        (Visit.mode.in_(VISIT_MODES), Counted.VISITS.value),
        else_=Counted.OTHER.value,
    )
    statement = (
        selected(actor, wanted.visits(actor), whole=True)
        .join(Organisation, Organisation.id == Visit.organisation_id)
        .with_only_columns(
            month_of(Visit.visited_on).label("figure_month"),
            Visit.team_id.label("figure_team"),
            kind.label("figure_kind"),
            sa.func.count().label("number"),
        )
        .group_by("figure_month", "figure_team", "figure_kind")
    )
    return ConversationFigures(
        numbers={
            (date.fromisoformat(f"{month}-01"), team_id, Counted(kind)): number
            for month, team_id, kind, number in db.session.execute(statement)
        }
    )


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


def conversations_by_topic(actor: Actor, wanted: FigureFilter) -> Sequence[Row]:
    """Return in how many conversations of the period each topic came up, and a year before.

    Several notes on one topic in one conversation count once, as in the list.
    """
    before = {key: number for key, number, _organisations in _told(actor, wanted.a_year_before)}
    told = {key: (number, firms) for key, number, firms in _told(actor, wanted)}
    found = [
        Row(
            key=key,
            number=told.get(key, (0, 0))[0],
            organisations=told.get(key, (0, 0))[1],
            before=before.get(key, 0),
        )
        for key in told.keys() | before.keys()
    ]
    return sorted(found, key=lambda row: (-row.number, str(row.key)))


def _told(actor: Actor, wanted: FigureFilter) -> Sequence[Any]:
    notes = visible(TopicNote, actor)
    if wanted.topic_id:
        notes = sa.and_(notes, TopicNote.topic_id == wanted.topic_id)
    statement = (
        selected(actor, wanted.visits(actor, topic_id=None), whole=True)
        .join(TopicNote, TopicNote.visit_id == Visit.id)
        .where(notes)
        .with_only_columns(
            TopicNote.topic_id,
            sa.func.count(sa.distinct(Visit.id)),
            sa.func.count(sa.distinct(Visit.organisation_id)),
        )
        .group_by(TopicNote.topic_id)
    )
    return db.session.execute(statement).all()
