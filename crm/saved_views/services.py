"""Save, rename, delete and bring back a view."""

from __future__ import annotations

from uuid import UUID

from crm import audit
from crm.clock import now
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor, Permission, authorize
from crm.saved_views.models import Place, SavedView
from crm.saved_views.queries import KEPT_AT_MOST, get, saved_views
from crm.text import sort_key


def save_view(actor: Actor, key: UUID, place: Place, *, name: str, query: str) -> SavedView:
    """Keep the filters of a page under a name.

    The same `key` again changes nothing. Raises `Conflict` when another view of that page has the
    name, or when there are too many.
    """
    with transaction() as session:
        known = session.get(SavedView, key)
        if known is not None:
            if known.owner_id != actor.id:
                raise NotFound(key)
            return known
        kept = saved_views(actor, place)
        if any(view.sort_key == sort_key(name) for view in kept):
            raise Conflict("name_taken", field="name")
        if len(kept) >= KEPT_AT_MOST:
            raise Conflict("too_many_views", field="name", values={"most": KEPT_AT_MOST})
        view = SavedView(
            id=key,
            owner_id=actor.id,
            place=place,
            name=name,
            sort_key=sort_key(name),
            query=query,
            created_at=now(),
        )
        authorize(actor, Permission.VIEW_EDIT, view)
        session.add(view)
        session.flush()
        audit.record(actor.id, "view_saved", view)
        return view


def rename_view(actor: Actor, view_id: UUID, name: str) -> SavedView:
    """Give a view another name. Raises `Conflict` when another one of that page has it."""
    with transaction():
        view = get(actor, view_id)
        authorize(actor, Permission.VIEW_EDIT, view)
        others = [v for v in saved_views(actor, view.place) if v.id != view_id]
        if any(other.sort_key == sort_key(name) for other in others):
            raise Conflict("name_taken", field="name")
        view.name, view.sort_key = name, sort_key(name)
        audit.record(actor.id, "view_renamed", view)
        return view


def delete_view(actor: Actor, view_id: UUID) -> SavedView:
    """Take a view out of the menus; `restore_view` brings it back."""
    with transaction():
        view = get(actor, view_id)
        authorize(actor, Permission.VIEW_EDIT, view)
        if view.archived_at is None:
            view.archive(actor.id, reason="")
            audit.record(actor.id, "view_deleted", view)
        return view


def restore_view(actor: Actor, view_id: UUID) -> SavedView:
    """Bring a deleted view back."""
    with transaction():
        view = get(actor, view_id)
        authorize(actor, Permission.VIEW_EDIT, view)
        if view.archived_at is not None:
            view.restore()
            audit.record(actor.id, "view_restored", view)
        return view
