"""Load follow-ups to change them: visible to the actor, and theirs to change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.accounts import queries as accounts
from crm.db import db
from crm.errors import Conflict, NotFound, Stale
from crm.follow_ups.models import FollowUp
from crm.follow_ups.queries import visible_follow_ups
from crm.policy import Actor, Permission, authorize


def load(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Load a follow-up to change it; PostgreSQL makes a second change wait for the first."""
    found = load_many(actor, [follow_up_id])
    if not found:
        raise NotFound(follow_up_id)
    authorize(actor, Permission.FOLLOW_UP_CHANGE, found[0])
    return found[0]


def load_open(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Load one that is still to be done; raise `Conflict` when it is done."""
    follow_up = load(actor, follow_up_id)
    if not follow_up.is_open:
        raise Conflict("follow_up_done")
    return follow_up


def expect(follow_up: FollowUp, version: int | None) -> None:
    """Raise `Stale` unless it has this version; None is whatever it has."""
    if version is not None and follow_up.version != version:
        raise Stale


def load_many(actor: Actor, follow_up_ids: Iterable[UUID]) -> Sequence[FollowUp]:
    """Load those of several that the actor sees, in the order in which all lock them."""
    return db.session.scalars(
        sa.select(FollowUp)
        .where(visible_follow_ups(actor), FollowUp.id.in_(list(follow_up_ids)))
        .options(selectinload(FollowUp.assignees))
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()


def colleagues(
    actor: Actor, person_ids: Iterable[UUID], *, already: Iterable[UUID] = ()
) -> list[UUID]:
    """Return the keys of the people, each once; who has left may keep what they have.

    Raises `Conflict` with field `assignee` unless all of them are colleagues.
    """
    wanted = list(dict.fromkeys(person_ids))
    known = accounts.colleague_ids(actor) | set(already)
    if not wanted or not known.issuperset(wanted):
        raise Conflict("assignee_missing", field="assignee")
    return wanted
