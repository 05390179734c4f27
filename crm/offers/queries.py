"""Find the agency's offers."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from crm.db import db
from crm.offers.models import AgencyOffer
from crm.topics.models import Topic


def offers(*, with_retired: bool = False) -> Sequence[AgencyOffer]:
    """Return the offers of the catalogue in its order; retired ones only when asked for."""
    statement = sa.select(AgencyOffer).order_by(AgencyOffer.position, AgencyOffer.id)
    if not with_retired:
        statement = statement.where(AgencyOffer.retired_at.is_(None))
    return db.session.scalars(statement).all()


def topics_and_offers() -> tuple[Sequence[Topic], Sequence[AgencyOffer]]:
    """Return both catalogues with their retired entries, in one query: pages ask few."""
    # No topic has the key of an offer, so each row holds one of the two
    both = sa.select(Topic, AgencyOffer).join(AgencyOffer, AgencyOffer.id == Topic.id, full=True)
    rows: Sequence[tuple[Topic | None, AgencyOffer | None]] = db.session.execute(
        both.order_by(Topic.position, Topic.id, AgencyOffer.position, AgencyOffer.id)
    ).all()
    return (
        [topic for topic, _offer in rows if topic is not None],
        [offer for _topic, offer in rows if offer is not None],
    )
