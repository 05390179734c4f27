"""Find a person's saved views."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from crm.db import db
from crm.errors import NotFound
from crm.policy import Actor
from crm.saved_views.models import Place, SavedView

# More would be no menu any more
KEPT_AT_MOST = 50


def saved_views(actor: Actor, place: Place | None = None) -> Sequence[SavedView]:
    """Return the actor's views (of a page), by name."""
    statement = sa.select(SavedView).where(
        SavedView.owner_id == actor.id, SavedView.archived_at.is_(None)
    )
    if place:
        statement = statement.where(SavedView.place == place)
    return db.session.scalars(
        statement.order_by(SavedView.place, SavedView.sort_key, SavedView.id)
    ).all()


def get(actor: Actor, view_id: UUID) -> SavedView:
    """Return a view of the actor's, a deleted one too; raise `NotFound`."""
    view = db.session.scalar(
        sa.select(SavedView).where(SavedView.owner_id == actor.id, SavedView.id == view_id)
    )
    if view is None:
        raise NotFound(view_id)
    return view
