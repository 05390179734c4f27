"""Find how people want to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.db import db
from crm.notifications.models import Kind, NotificationChoice


class Choice(NamedTuple):
    """How somebody is told: in the product, by mail, both, or not at all."""

    in_app: bool
    by_mail: bool


USUAL: Mapping[Kind, Choice] = {
    Kind.GIVEN: Choice(in_app=True, by_mail=False),
    Kind.COMPLETED: Choice(in_app=True, by_mail=False),
    Kind.CLOCK: Choice(in_app=True, by_mail=False),
    Kind.ESCALATION: Choice(in_app=True, by_mail=True),
    Kind.ANSWER: Choice(in_app=True, by_mail=False),
    Kind.DIGEST: Choice(in_app=False, by_mail=True),
}


def choices(person_id: UUID) -> Mapping[Kind, Choice]:
    """Return how a person wants to be told of each kind."""
    found = db.session.scalars(
        sa.select(NotificationChoice).where(NotificationChoice.person_id == person_id)
    )
    return {**USUAL, **{row.kind: Choice(row.in_app, row.by_mail) for row in found}}


def choices_of_kind(person_ids: Collection[UUID], kind: Kind) -> Mapping[UUID, Choice]:
    """Return how each of these people wants to be told of a kind."""
    found = db.session.scalars(
        sa.select(NotificationChoice).where(
            NotificationChoice.person_id.in_(person_ids), NotificationChoice.kind == kind
        )
    )
    own = {row.person_id: Choice(row.in_app, row.by_mail) for row in found}
    return {key: own.get(key, USUAL[kind]) for key in person_ids}
