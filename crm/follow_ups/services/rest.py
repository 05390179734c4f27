"""Let a follow-up rest until a day: out of sight, its due date unchanged."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from crm import audit
from crm.clock import now, today
from crm.db import transaction
from crm.errors import Conflict
from crm.follow_ups.models import FollowUp
from crm.follow_ups.services.loading import load_open
from crm.policy import Actor


def snooze(actor: Actor, follow_up_id: UUID, *, until: date) -> FollowUp:
    """Put it off until a day to come. Raises `Conflict` when it is done, or with field `until`."""
    if until <= today():
        raise Conflict("snooze_past", field="until")
    return _rest(actor, follow_up_id, until)


def wake(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Bring it back at once. Raises `Conflict` when it is done."""
    return _rest(actor, follow_up_id, None)


def _rest(actor: Actor, follow_up_id: UUID, until: date | None) -> FollowUp:
    with transaction():
        follow_up = load_open(actor, follow_up_id)
        before = follow_up.snoozed_until
        if before != until:
            changes = {"until": [day.isoformat() if day else "" for day in (before, until)]}
            follow_up.snoozed_until = until
            follow_up.updated_at = now()
            audit.record(actor.id, "snoozed" if until else "woken", follow_up, changes)
    return follow_up
