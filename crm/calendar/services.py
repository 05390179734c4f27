"""Give a calendar an address, replace it, take it away."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from crm import audit
from crm.accounts import services as accounts
from crm.accounts.models import CalendarFeed, Person
from crm.accounts.queries import hash_of
from crm.clock import now
from crm.db import db, transaction, unless_at_once
from crm.policy import Actor, Permission, authorize


def renew_feed(actor: Actor) -> str:
    """Give the actor's calendar a new address, the former one ends; return its token.

    The token is kept nowhere.
    """
    authorize(actor, Permission.CALENDAR_SUBSCRIBE)
    token = secrets.token_urlsafe(32)
    unless_at_once(lambda: _renew(actor, token), "uq_calendar_feed_person_id")
    return token


def _renew(actor: Actor, token: str) -> None:
    with transaction() as session:
        person = session.get_one(Person, actor.id)
        feed = db.session.scalar(
            sa.select(CalendarFeed).where(CalendarFeed.person_id == actor.id).with_for_update()
        )
        feed = feed or CalendarFeed(person_id=actor.id)
        feed.token_hash, feed.created_at = hash_of(token), now()
        session.add(feed)
        session.flush()
        audit.record(actor.id, "calendar_renewed", person)


def revoke_feed(actor: Actor) -> None:
    """End the actor's calendar; without one nothing happens."""
    authorize(actor, Permission.CALENDAR_SUBSCRIBE)
    accounts.end_feed(actor.id, by=actor.id)
