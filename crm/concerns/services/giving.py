"""Give a concern to other people."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm import audit
from crm.clock import now
from crm.concerns.models import Collaborator, Concern
from crm.db import transaction
from crm.notifications import services as notifications
from crm.notifications.models import Kind


def hand_over(
    by: UUID | None,
    concern_id: UUID,
    *,
    owner_id: UUID,
    collaborator_ids: Collection[UUID],
    version: int | None = None,
) -> Concern | None:
    """Let an open one be another person's, and let these work on it besides.

    For a use case that has checked who may. Its team and circle stay: whom the company trusted
    with it is not widened on the way.

    version     the one that is still to be found
    Return None, and change nothing, when it is closed, gone or another version.
    """
    with transaction() as session:
        concern = session.scalar(
            sa.select(Concern)
            .where(Concern.id == concern_id)
            .options(selectinload(Concern.collaborators))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if concern is None or not concern.is_open or version not in {None, concern.version}:
            return None
        wanted = frozenset(collaborator_ids) - {owner_id}
        changes = {}
        if concern.owner_id != owner_id:
            changes["owner"] = [str(concern.owner_id), str(owner_id)]
        if concern.collaborator_ids != wanted:
            changes["collaborators"] = []
        if changes:
            had = people_of(concern)
            concern.owner_id = owner_id
            set_collaborators(concern, wanted)
            concern.updated_at = now()
            audit.record(by, "handed_over", concern, changes)
            tell(by, concern, had=had)
            session.flush()
    return concern


def people_of(concern: Concern) -> frozenset[UUID]:
    """Return the keys of its owner and of those who work on it besides."""
    return concern.collaborator_ids | {concern.owner_id}


def set_collaborators(concern: Concern, wanted: Collection[UUID]) -> None:
    """Let exactly these work on it besides its owner."""
    kept = {collaborator.person_id: collaborator for collaborator in concern.collaborators}
    concern.collaborators = [kept.get(key) or Collaborator(person_id=key) for key in sorted(wanted)]


def tell(by: UUID | None, concern: Concern, *, had: frozenset[UUID]) -> None:
    """Tell whom the concern was given to, and forget it of those who no longer have it."""
    has = people_of(concern)
    notifications.take_back(kind=Kind.GIVEN, concern_id=concern.id, person_ids=had - has)
    notifications.tell(has - had, kind=Kind.GIVEN, by_id=by, concern_id=concern.id)
