"""Load a referral to change it, and note what happened to it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from crm import audit
from crm.concerns.models import Concern
from crm.db import db
from crm.errors import NotFound
from crm.partners import queries as partners
from crm.policy import Actor, Permission, authorize
from crm.referrals.models import Referral
from crm.visibility import visible


def record_both(
    actor: Actor, action: str, referral: Referral, changes: dict[str, str] | None = None
) -> None:
    """Write an audit line about the referral, and one that names the partner about its concern."""
    audit.record(actor.id, action, referral, changes)
    partner = partners.name_of(referral.partner_id)
    about = {"partner": partner, **(changes or {})}
    audit.record(actor.id, f"referral_{action}", referral.concern, about)


def changeable(actor: Actor, referral_id: UUID, *, with_taken_back: bool = False) -> Referral:
    """Load a referral and its concern to change them, both locked, the concern first."""
    concern_id = db.session.scalar(sa.select(Referral.concern_id).where(Referral.id == referral_id))
    # In the same order as `refer`, so that two at once wait for each other and never both
    db.session.scalar(sa.select(Concern).where(Concern.id == concern_id).with_for_update())
    referral = db.session.scalar(
        sa.select(Referral)
        .join(Referral.concern)
        .where(
            visible(Concern, actor),
            Referral.id == referral_id,
            sa.true() if with_taken_back else Referral.taken_back_at.is_(None),
        )
        .options(contains_eager(Referral.concern).selectinload(Concern.collaborators))
        .with_for_update()
    )
    if referral is None:
        raise NotFound(referral_id)
    authorize(actor, Permission.CONCERN_MOVE, referral.concern)
    return referral
