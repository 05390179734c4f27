"""Find topics."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from crm.db import db
from crm.topics.models import Topic


def find(topic_id: UUID) -> Topic | None:
    """Return the topic with this key, also a retired one; or None."""
    return db.session.get(Topic, topic_id)


def topics(*, with_retired: bool = False) -> Sequence[Topic]:
    """Return the topics of the catalogue in its order; retired ones only when asked for."""
    statement = sa.select(Topic).order_by(Topic.position, Topic.id)
    if not with_retired:
        statement = statement.where(Topic.retired_at.is_(None))
    return db.session.scalars(statement).all()
