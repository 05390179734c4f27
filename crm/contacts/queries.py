"""Find contacts: those of the actor's own body, also at organisations that others share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from crm.contacts.models import Contact, ContactPlace
from crm.db import db
from crm.errors import NotFound
from crm.finding import has_words
from crm.organisations.models import Organisation
from crm.organisations.queries import visible_organisations
from crm.paging import Count, Cursor, Order, Page, count_of, page_of
from crm.policy import Actor, Role
from crm.text import sort_key

_NAMESAKES = 5

ORDER: Order[Contact] = Order(
    columns=(Contact.sort_key, Contact.id), values=lambda contact: (contact.sort_key, contact.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """What the list shows; without anything: every contact that is not archived."""

    text: str = ""
    organisation_id: UUID | None = None
    archived: bool = False


def visible_contacts(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit contacts to those of the actor's body: persons are never shared."""
    if actor.role is Role.NONE or actor.body_id is None:
        return sa.false()
    return Contact.body_id == actor.body_id


def may_see_contact(actor: Actor, contact: Contact) -> bool:
    """Tell whether `actor` may see `contact`; the same rule as `visible_contacts`."""
    return actor.role is not Role.NONE and contact.body_id == actor.body_id


def _with_places(actor: Actor) -> tuple[ORMOption, ...]:
    """Load the organisations of contacts; one that is not shared any more stays None."""
    return (
        selectinload(Contact.places).joinedload(ContactPlace.organisation),
        with_loader_criteria(Organisation, visible_organisations(actor)),
    )


def find(actor: Actor, contact_id: UUID) -> Contact | None:
    """Return one contact with its visible organisations, or None."""
    return db.session.scalar(
        sa.select(Contact)
        .where(visible_contacts(actor), Contact.id == contact_id)
        .options(*_with_places(actor))
    )


def get(actor: Actor, contact_id: UUID) -> Contact:
    """Return one contact with its visible organisations, or raise `NotFound`."""
    return _known(find(actor, contact_id), contact_id)


def get_to_change(actor: Actor, contact_id: UUID) -> Contact:
    """Return one contact as `get` does; on PostgreSQL a second change waits for the first."""
    statement = (
        sa.select(Contact)
        .where(visible_contacts(actor), Contact.id == contact_id)
        .options(*_with_places(actor))
        # What only refers to the row need not wait
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return _known(db.session.scalar(statement), contact_id)


def _known(contact: Contact | None, contact_id: UUID) -> Contact:
    if contact is None:
        raise NotFound(contact_id)
    return contact


def by_ids(actor: Actor, contact_ids: Iterable[UUID]) -> Sequence[Contact]:
    """Return those of these contacts that `actor` may see, by name."""
    return db.session.scalars(
        sa.select(Contact)
        .where(visible_contacts(actor), Contact.id.in_(list(contact_ids)))
        .options(*_with_places(actor))
        .order_by(Contact.sort_key, Contact.id)
    ).all()


def of_organisations(
    actor: Actor, organisation_ids: Iterable[UUID], *, with_places: bool = True
) -> Sequence[Contact]:
    """Return the contacts at these organisations that are not archived, primary ones first.

    with_places  load all places of each of them too
    """
    at_these = ContactPlace.organisation_id.in_(list(organisation_ids))
    is_primary = sa.func.max(sa.case((ContactPlace.is_primary, 1), else_=0))
    places = (
        sa.select(ContactPlace.contact_id, is_primary.label("is_primary"))
        .where(at_these)
        .group_by(ContactPlace.contact_id)
        .subquery()
    )
    return db.session.scalars(
        sa.select(Contact)
        .join(places, places.c.contact_id == Contact.id)
        .where(visible_contacts(actor), Contact.archived_at.is_(None))
        .options(*_with_places(actor) if with_places else ())
        .order_by(places.c.is_primary.desc(), Contact.sort_key, Contact.id)
    ).all()


def namesakes(
    actor: Actor, family_name: str, given_name: str, *, without: UUID | None
) -> Sequence[Contact]:
    """Return who is called the same, or by the family name alone: perhaps the same person."""
    return db.session.scalars(
        sa.select(Contact)
        .where(
            visible_contacts(actor),
            Contact.sort_key.in_({sort_key(f"{family_name} {given_name}"), sort_key(family_name)}),
            Contact.id != without if without else sa.true(),
        )
        .options(*_with_places(actor))
        .order_by(Contact.sort_key, Contact.id)
        .limit(_NAMESAKES)
    ).all()


def _statement(actor: Actor, wanted: ContactFilter) -> sa.Select[Contact]:
    statement = sa.select(Contact).where(
        visible_contacts(actor),
        Contact.archived_at.is_not(None) if wanted.archived else Contact.archived_at.is_(None),
        *has_words(Contact.search_text, wanted.text),
    )
    if wanted.organisation_id:
        there: sa.Select[Any] = sa.select(ContactPlace.contact_id).where(
            ContactPlace.organisation_id == wanted.organisation_id
        )
        statement = statement.where(Contact.id.in_(there))
    return statement


def page(actor: Actor, wanted: ContactFilter, cursor: Cursor | None) -> Page[Contact]:
    """Return one page of the list by name, with the visible organisations."""
    return page_of(_statement(actor, wanted).options(*_with_places(actor)), ORDER, cursor)


def count(actor: Actor, wanted: ContactFilter) -> Count:
    """Count the list, at most 10,000."""
    return count_of(_statement(actor, wanted))
