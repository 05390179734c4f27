"""What the people of the demo were told lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.accounts.models import Person
from crm.clock import now
from crm.demo.batch import Batch
from crm.follow_ups.models import Assignee, FollowUp
from crm.notifications.models import Kind, Notification

_LATELY = timedelta(days=45)
# What is older was read
_NEW = timedelta(days=6)


def add_notifications(session: Session, rng: Random) -> None:
    """Tell whoever was given a follow-up by a colleague, or had one completed."""
    batch = Batch(rng)
    for columns in (*_given(session), *_completed(session)):
        at: datetime = columns["at"]
        is_new = at > now() - _NEW
        batch.add(
            Notification,
            at,
            key=f"{columns['kind']}:{columns['follow_up_id']}",
            in_app=True,
            read_at=None if is_new else at + timedelta(hours=2),
            step="",
            **columns,
        )
    batch.save(session)


def _given(session: Session) -> Iterator[dict[str, Any]]:
    found = session.execute(
        sa.select(FollowUp.id, FollowUp.owner_id, FollowUp.created_at, Assignee.person_id)
        .join(Assignee, Assignee.follow_up_id == FollowUp.id)
        .join(Person, Person.id == Assignee.person_id)
        .where(
            Assignee.person_id != FollowUp.owner_id,
            FollowUp.created_at.between(now() - _LATELY, now()),
            Person.deactivated_at.is_(None),
        )
        .order_by(FollowUp.created_at, FollowUp.id, Assignee.person_id)
    )
    for key, owner_id, at, person_id in found:
        yield _columns(Kind.GIVEN, key, at, person_id=person_id, by_id=owner_id)


def _completed(session: Session) -> Iterator[dict[str, Any]]:
    found = session.execute(
        sa.select(FollowUp.id, FollowUp.owner_id, FollowUp.done_at, FollowUp.done_by_id)
        .join(Person, Person.id == FollowUp.owner_id)
        .where(
            FollowUp.done_by_id != FollowUp.owner_id,
            FollowUp.done_at.between(now() - _LATELY, now()),
            Person.deactivated_at.is_(None),
        )
        .order_by(FollowUp.done_at, FollowUp.id)
    )
    for key, owner_id, at, done_by_id in found:
        yield _columns(Kind.COMPLETED, key, at, person_id=owner_id, by_id=done_by_id)


def _columns(kind: Kind, follow_up_id: Any, at: Any, **people: Any) -> dict[str, Any]:
    return {"kind": kind, "follow_up_id": follow_up_id, "at": at, **people}
