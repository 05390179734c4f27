"""Find topics."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from crm.db import db
from crm.topics.models import Topic


def topics(*, with_retired: bool = False) -> Sequence[Topic]:
    """Return the topics of the catalogue in its order; retired ones only when asked for."""
    statement = sa.select(Topic).order_by(Topic.position, Topic.id)
    if not with_retired:
        statement = statement.where(Topic.retired_at.is_(None))
    return db.session.scalars(statement).all()
