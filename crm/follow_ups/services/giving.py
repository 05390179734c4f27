"""Give a follow-up to other people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm import audit
from crm.clock import now
from crm.db import transaction
from crm.follow_ups.models import Assignee, FollowUp
from crm.follow_ups.services.loading import colleagues, expect, load_open
from crm.notifications import services as notifications
from crm.notifications.models import Kind
from crm.policy import Actor


def reassign(
    actor: Actor, follow_up_id: UUID, *, assignee_ids: Iterable[UUID], version: int | None = None
) -> FollowUp:
    """Give to colleagues what the actor has seen in this version; a second click changes nothing.

    Raises `Stale`, or `Conflict` when it is done, or with field `assignee` unless they are
    colleagues.
    """
    with transaction():
        follow_up = load_open(actor, follow_up_id)
        wanted = colleagues(actor, assignee_ids, already=follow_up.assignee_ids)
        if follow_up.assignee_ids != frozenset(wanted):
            expect(follow_up, version)
        _give(actor.id, follow_up, wanted)
    return follow_up


def hand_over(
    by: UUID | None,
    follow_up_id: UUID,
    assignee_ids: Iterable[UUID],
    *,
    version: int | None = None,
) -> FollowUp | None:
    """Give an open one to exactly these people, for a use case that has checked who may.

    version     the one that is still to be found
    Return None, and change nothing, when it is done, gone or another version.
    """
    with transaction() as session:
        follow_up = session.scalar(
            sa.select(FollowUp)
            .where(FollowUp.id == follow_up_id)
            .options(selectinload(FollowUp.assignees))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if follow_up is None or not follow_up.is_open or version not in {None, follow_up.version}:
            return None
        _give(by, follow_up, list(dict.fromkeys(assignee_ids)))
        session.flush()
    return follow_up


def _give(by: UUID | None, follow_up: FollowUp, wanted: Sequence[UUID]) -> None:
    if follow_up.assignee_ids == frozenset(wanted):
        return
    changes = {
        "assignees": [
            sorted(str(key) for key in follow_up.assignee_ids),
            sorted(str(key) for key in wanted),
        ]
    }
    kept = {assignee.person_id: assignee for assignee in follow_up.assignees}
    follow_up.assignees = [kept.get(key) or Assignee(person_id=key) for key in wanted]
    follow_up.updated_at = now()
    notifications.take_back(
        kind=Kind.GIVEN, follow_up_id=follow_up.id, person_ids=kept.keys() - set(wanted)
    )
    notifications.tell(
        set(wanted) - kept.keys(), kind=Kind.GIVEN, by_id=by, follow_up_id=follow_up.id
    )
    audit.record(by, "reassigned", follow_up, changes)
