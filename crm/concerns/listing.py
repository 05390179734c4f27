"""The board: some cards of each stage, by what is due next, and how many there are.

Each column is read from its own range of one index: what it costs grows with the cards it shows,
not with the concerns that are open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, load_only, selectinload

from crm.accounts.models import Person
from crm.clock import now
from crm.concerns.models import Concern, Stage
from crm.concerns.queries import ConcernFilter, order_of, referral_rows, selected
from crm.db import db
from crm.organisations.models import Organisation
from crm.paging import Count, Cursor, Order, Page, cut, window_of
from crm.policy import Actor
from crm.visibility import visible

COLUMN_SIZE = 15
CLOSED_SINCE = timedelta(days=30)
# A head says "mehr als 1.000" beyond: nobody counts on, and the page stays quick
COUNTED_AT_MOST = 1_000

# What a card shows, and what the rule of moving it asks for
_ON_A_CARD = (
    Concern.body_id,
    Concern.closed_at,
    Concern.first_responded_at,
    Concern.first_response_due_on,
    Concern.flag,
    Concern.jobs_created,
    Concern.jobs_secured,
    Concern.next_due_on,
    Concern.outcome,
    Concern.owner_id,
    Concern.resolution_due_on,
    Concern.stage,
    Concern.stage_since,
    Concern.team_id,
    Concern.title,
    Concern.topic_id,
    Concern.version,
)


class Card(NamedTuple):
    """A concern, loaded as far as a card shows it, with what it needs besides.

    partner, answer_due_on  whose answer is awaited next, and until when
    """

    concern: Concern
    organisation: str
    owner: str
    partner: str | None
    answer_due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stage of the board."""

    stage: Stage
    count: Count
    cards: Page[Card]


def columns(
    actor: Actor,
    wanted: ConcernFilter,
    *,
    stages: Sequence[Stage] = tuple(Stage),
    turned: Stage | None = None,
    cursor: Cursor | None = None,
) -> Sequence[Column]:
    """Return the columns of these stages with their first cards.

    turned  the column that begins at `cursor` instead
    """
    of_stage = {stage: _of_stage(actor, wanted, stage) for stage in stages}
    at = {stage: cursor if stage is turned else None for stage in stages}
    cards = _cards(of_stage, at)
    counts = _counts(of_stage)
    return [Column(stage=stage, count=counts[stage], cards=cards[stage]) for stage in stages]


def _of_stage(actor: Actor, wanted: ConcernFilter, stage: Stage) -> sa.Select[Concern]:
    statement = selected(actor, replace(wanted, stage=stage))
    if stage is Stage.CLOSED:
        return statement.where(Concern.closed_at >= now() - CLOSED_SINCE)
    return statement


def order_of_column(stage: Stage) -> Order[Card]:
    """Return the order of a column: what is due first, or what was closed last."""
    order = order_of(ConcernFilter(stage=stage))
    return Order(
        columns=order.columns,
        values=lambda card: order.values(card.concern),
        descending=order.descending,
    )


_partner = aliased(Organisation)


def _awaited(column: sa.SQLColumnExpression[Any]) -> sa.ScalarSelect[Any]:
    """Select this of the open referral that is to be answered first."""
    return (
        sa.select(column)
        .select_from(referral_rows)
        .join(_partner, _partner.id == referral_rows.c.partner_id)
        .where(
            referral_rows.c.concern_id == Concern.id,
            referral_rows.c.closed_at.is_(None),
            referral_rows.c.taken_back_at.is_(None),
        )
        .order_by(referral_rows.c.answer_due_on, _partner.sort_key)
        .limit(1)
        .correlate(Concern)
        .scalar_subquery()
    )


# Names alone, for a hundred cards have many
_SHOWN = (
    Concern,
    Organisation.name,
    Person.name,
    _awaited(_partner.name),
    _awaited(referral_rows.c.answer_due_on),
)
_LOADED = (load_only(*_ON_A_CARD), selectinload(Concern.collaborators))


def _as_cards(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Load of these concerns what cards show."""
    return (
        statement.with_only_columns(*_SHOWN)
        .join(Organisation, Organisation.id == Concern.organisation_id)
        .join(Person, Person.id == Concern.owner_id)
        .options(*_LOADED)
        .execution_options(populate_existing=True)
    )


def _cards(
    of_stage: Mapping[Stage, sa.Select[Concern]], at: Mapping[Stage, Cursor | None]
) -> dict[Stage, Page[Card]]:
    parts = (
        window_of(
            of_stage[stage].with_only_columns(Concern.id),
            order_of_column(stage),
            cursor,
            size=COLUMN_SIZE,
        ).subquery()
        for stage, cursor in at.items()
    )
    shown = sa.union_all(*(sa.select(part.c.id) for part in parts))
    found: dict[Stage, list[Card]] = defaultdict(list)
    for row in db.session.execute(_as_cards(sa.select(Concern).where(Concern.id.in_(shown)))):
        found[row[0].stage].append(Card(*row))
    pages = {}
    for stage, cursor in at.items():
        order = order_of_column(stage)
        cards = sorted(found[stage], key=order.values, reverse=order.descending)
        pages[stage] = cut(cards, order, cursor, size=COLUMN_SIZE)
    return pages


def _counts(of_stage: Mapping[Stage, sa.Select[Concern]]) -> dict[Stage, Count]:
    parts = (
        sa.select(sa.literal(stage.value), sa.func.count()).select_from(
            statement.with_only_columns(sa.literal(1)).limit(COUNTED_AT_MOST + 1).subquery()
        )
        for stage, statement in of_stage.items()
    )
    numbers = db.session.execute(sa.union_all(*parts)).all()
    return {
        Stage(stage): Count(number=min(number, COUNTED_AT_MOST), is_more=number > COUNTED_AT_MOST)
        for stage, number in numbers
    }


def card(actor: Actor, concern_id: UUID) -> Card | None:
    """Return one concern as its card shows it, or None when `actor` may not see it."""
    one = sa.select(Concern).where(visible(Concern, actor), Concern.id == concern_id)
    row = db.session.execute(_as_cards(one)).one_or_none()
    return Card(*row) if row else None
