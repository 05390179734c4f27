"""Figures of what was talked about, and of what we offered there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.dashboard.queries.visits import ANY_DAY, Row, both_years
from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.offers.models import AgencyOffer
from crm.policy import Actor
from crm.topics.models import Topic
from crm.visibility import visible
from crm.visits.listing import selected
from crm.visits.models import TopicNote, Visit, VisitOffer

# What a row of the one query is about
_TOPIC, _OFFER = 1, 2


class OfferRow(NamedTuple):
    """In how many conversations with how many organisations an offer was mentioned, and used.

    What is used has been mentioned.
    """

    mentioned: int = 0
    organisations: int = 0
    used: int = 0
    organisations_using: int = 0


Topics = Sequence[tuple[Topic, Row]]
Offers = Sequence[tuple[AgencyOffer, OfferRow]]


def conversations_by_topic(actor: Actor, wanted: FigureFilter) -> Sequence[Row]:
    """Return in how many conversations of the period each topic came up, and a year before.

    Several notes on one topic in one conversation count once, as in the list. For periods of a
    year at most.
    """
    topics, _offers = topics_and_offers(actor, wanted, compared=True)
    return [row for _topic, row in topics if row.number or row.before]


def topics_and_offers(
    actor: Actor, wanted: FigureFilter, *, compared: bool
) -> tuple[Topics, Offers]:
    """Return every topic with its conversations, and every offer of ours, most first."""
    # In one query: the page asks few
    both = sa.union_all(_told(actor, wanted, compared=compared), _offered(actor, wanted)).order_by(
        "kind", "position", "id"
    )
    topics: list[Any] = []
    offers = []
    for kind, _position, key, name_de, name_en, now, *numbers in db.session.execute(both):
        # Of no session: figures are kept longer than a request
        if kind == _TOPIC:
            topics.append((Topic(id=key, name_de=name_de, name_en=name_en), now, *numbers[:2]))
        else:
            offer = AgencyOffer(id=key, name_de=name_de, name_en=name_en)
            offers.append((offer, OfferRow(*(number or 0 for number in numbers))))
    return _by_topic(topics), sorted(offers, key=lambda pair: -pair[1].mentioned)


def _offered(actor: Actor, wanted: FigureFilter) -> sa.Select[Any]:
    offered = (
        selected(actor, wanted.visits(actor), whole=True)
        .join(VisitOffer, VisitOffer.visit_id == Visit.id)
        .with_only_columns(
            VisitOffer.offer_id.label("offer_id"),
            sa.func.count().label("mentioned"),
            sa.func.count(sa.distinct(Visit.organisation_id)).label("organisations"),
            sa.func.sum(sa.case((VisitOffer.is_used, 1), else_=0)).label("used"),
            sa.func.count(sa.distinct(sa.case((VisitOffer.is_used, Visit.organisation_id)))).label(
                "using"
            ),
        )
        .group_by(VisitOffer.offer_id)
        .subquery()
    )
    return sa.select(
        sa.literal(_OFFER).label("kind"),
        AgencyOffer.position.label("position"),
        AgencyOffer.id.label("id"),
        AgencyOffer.name_de,
        AgencyOffer.name_en,
        sa.literal(1),
        offered.c.mentioned,
        offered.c.organisations,
        offered.c.used,
        offered.c.using,
    ).outerjoin(offered, offered.c.offer_id == AgencyOffer.id)


def _told(actor: Actor, wanted: FigureFilter, *, compared: bool) -> sa.Select[Any]:
    days, is_now = both_years(wanted)
    notes = visible(TopicNote, actor)
    if wanted.topic_id:
        notes = sa.and_(notes, TopicNote.topic_id == wanted.topic_id)
    filtered = wanted.visits(actor, topic_id=None, **(ANY_DAY if compared else {}))
    statement = selected(actor, filtered, whole=True)
    if compared:
        statement = statement.where(days)
    told = (
        statement.join(TopicNote, TopicNote.visit_id == Visit.id)
        .where(notes)
        .with_only_columns(
            TopicNote.topic_id.label("topic_id"),
            (is_now if compared else sa.literal(1)).label("figure_now"),
            sa.func.count(sa.distinct(Visit.id)).label("number"),
            sa.func.count(sa.distinct(Visit.organisation_id)).label("organisations"),
        )
        .group_by("topic_id", "figure_now")
        .subquery()
    )
    return sa.select(
        sa.literal(_TOPIC).label("kind"),
        Topic.position.label("position"),
        Topic.id.label("id"),
        Topic.name_de,
        Topic.name_en,
        told.c.figure_now,
        told.c.number,
        told.c.organisations,
        sa.literal(0),
        sa.literal(0),
    ).outerjoin(told, told.c.topic_id == Topic.id)


def _by_topic(rows: Sequence[tuple[Topic, int | None, int | None, int | None]]) -> Topics:
    named: dict[UUID, Topic] = {}
    found: dict[UUID, Row] = {}
    for topic, now, number, firms in rows:
        key = topic.id
        named[key] = topic
        row = found.get(key, Row(key=key, number=0, organisations=0, before=0))
        if now:
            row = replace(row, number=number or 0, organisations=firms or 0)
        else:
            row = replace(row, before=number or 0, organisations_before=firms or 0)
        found[key] = row
    return sorted(
        ((named[key], row) for key, row in found.items()), key=lambda pair: -pair[1].number
    )
