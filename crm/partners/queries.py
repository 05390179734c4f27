"""Find partners, and what they help with; contacts only of the reader's body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from crm.contacts.models import Contact
from crm.contacts.queries import visible_contacts
from crm.db import db
from crm.errors import NotFound
from crm.organisations.models import Organisation, OrganisationKind
from crm.organisations.queries import matches, visible_organisations
from crm.paging import Count, Cursor, Order, Page, batches_of, count_of, page_of
from crm.partners.models import Offer
from crm.policy import Actor
from crm.topics.models import Topic

LISTED_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """What the map shows.

    by_partner  in the order of the partners' names instead of the catalogue's topics
    """

    q: str = ""
    topic_id: UUID | None = None
    by_partner: bool = False


_BY_TOPIC: Order[Offer] = Order(
    columns=(Topic.position, Organisation.sort_key, Offer.id),
    values=lambda offer: (offer.topic.position, offer.partner.sort_key, offer.id),
)
_BY_PARTNER: Order[Offer] = Order(
    columns=(Organisation.sort_key, Organisation.id, Topic.position, Offer.id),
    values=lambda offer: (
        offer.partner.sort_key,
        offer.partner.id,
        offer.topic.position,
        offer.id,
    ),
)


def visible_partners(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit organisations to the partners that `actor` may see and that are not archived."""
    return sa.and_(
        visible_organisations(actor),
        Organisation.kind == OrganisationKind.PARTNER,
        Organisation.archived_at.is_(None),
    )


def get(actor: Actor, partner_id: UUID) -> Organisation:
    """Return a partner, or raise `NotFound`; other organisations are none."""
    partner = db.session.scalar(
        sa.select(Organisation).where(visible_partners(actor), Organisation.id == partner_id)
    )
    if partner is None:
        raise NotFound(partner_id)
    return partner


def name_of(partner_id: UUID) -> str:
    """Return a partner's name for the history of what was referred to it."""
    statement = sa.select(Organisation.name).where(Organisation.id == partner_id)
    return db.session.scalar(statement) or ""


def partners(
    actor: Actor, text: str = "", *, limit: int = LISTED_AT_MOST
) -> Sequence[Organisation]:
    """Return partners whose names hold every word of `text`, by name."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(visible_partners(actor), *matches(text))
        .order_by(Organisation.sort_key, Organisation.id)
        .limit(limit)
    ).all()


def _shown(actor: Actor) -> tuple[ORMOption, ...]:
    """Load what the map shows of an offer; a contact of another body stays None."""
    asked = sa.and_(visible_contacts(actor), Contact.archived_at.is_(None))
    return (
        contains_eager(Offer.partner),
        contains_eager(Offer.topic),
        joinedload(Offer.contact),
        with_loader_criteria(Contact, asked),
    )


def _statement(actor: Actor) -> sa.Select[Offer]:
    return (
        sa.select(Offer)
        .join(Offer.partner)
        .join(Offer.topic)
        .where(visible_partners(actor), Topic.retired_at.is_(None))
    )


def _filtered(actor: Actor, wanted: OfferFilter) -> sa.Select[Offer]:
    statement = _statement(actor)
    if wanted.topic_id is not None:
        statement = statement.where(Offer.topic_id == wanted.topic_id)
    if wanted.q:
        named = sa.and_(*matches(wanted.q) or [sa.false()])
        statement = statement.where(sa.or_(named, Offer.text.icontains(wanted.q, autoescape=True)))
    return statement


def order_of(wanted: OfferFilter) -> Order[Any]:
    """Return the order of the map."""
    return _BY_PARTNER if wanted.by_partner else _BY_TOPIC


def page(actor: Actor, wanted: OfferFilter, cursor: Cursor | None = None) -> Page[Offer]:
    """Return one page of the map, with partner, topic and contact."""
    return page_of(_filtered(actor, wanted).options(*_shown(actor)), order_of(wanted), cursor)


def count(actor: Actor, wanted: OfferFilter) -> Count:
    """Count the offers of the map."""
    return count_of(_filtered(actor, wanted))


def rows(actor: Actor, wanted: OfferFilter) -> Iterator[Offer]:
    """Yield the whole map, for a file of it."""
    statement = _filtered(actor, wanted).options(*_shown(actor))
    for batch in batches_of(statement, order_of(wanted)):
        yield from (offer for (offer,) in batch)


def of_partner(actor: Actor, partner_id: UUID) -> Sequence[Offer]:
    """Return what a partner helps with, in the order of the catalogue."""
    return db.session.scalars(
        _statement(actor)
        .where(Offer.partner_id == partner_id)
        .options(*_shown(actor))
        .order_by(*_BY_TOPIC.directed())
    ).all()


def for_topic(actor: Actor, topic_id: UUID, *, limit: int = LISTED_AT_MOST) -> Sequence[Offer]:
    """Return who helps with a topic, by the partners' names."""
    return db.session.scalars(
        _statement(actor)
        .where(Offer.topic_id == topic_id)
        .options(*_shown(actor))
        .order_by(*_BY_TOPIC.directed())
        .limit(limit)
    ).all()


def topics_without(actor: Actor) -> Sequence[Topic]:
    """Return the topics with which no partner helps yet, in the order of the catalogue."""
    helped = _statement(actor).with_only_columns(Offer.topic_id)
    return db.session.scalars(
        sa.select(Topic)
        .where(Topic.retired_at.is_(None), Topic.id.not_in(helped))
        .order_by(Topic.position, Topic.id)
    ).all()
