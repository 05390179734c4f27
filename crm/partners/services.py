"""Say what a partner helps with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.clock import now
from crm.contacts import queries as contacts
from crm.db import transaction
from crm.errors import Conflict, NotFound, Stale
from crm.organisations.models import Organisation
from crm.partners.models import Offer
from crm.partners.queries import visible_partners
from crm.policy import Actor, Permission, authorize


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDraft:
    """What a person fills in about one topic with which a partner helps."""

    topic_id: UUID
    contact_id: UUID | None = None
    text: str = ""


def set_offers(
    actor: Actor, partner_id: UUID, drafts: Sequence[OfferDraft], *, version: int
) -> None:
    """Replace what a partner helps with, one draft a topic; saving the same changes nothing.

    version  of the partner as the actor has seen it: its offers are part of it

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` for a contact who is not there.
    """
    with transaction() as session:
        partner = session.scalar(
            sa.select(Organisation)
            .where(visible_partners(actor), Organisation.id == partner_id)
            .with_for_update()
        )
        if partner is None:
            raise NotFound(partner_id)
        authorize(actor, Permission.ORGANISATION_EDIT, partner)
        known = {
            offer.topic_id: offer
            for offer in session.scalars(sa.select(Offer).where(Offer.partner_id == partner_id))
        }
        wanted = {draft.topic_id: draft for draft in drafts}
        changed = [
            key
            for key in known.keys() | wanted.keys()
            if key not in known or key not in wanted or not _says(known[key], wanted[key])
        ]
        if not changed:
            return
        if partner.version != version:
            raise Stale
        there = {c.id for c in contacts.of_organisations(actor, [partner_id], with_places=False)}
        for key in changed:
            draft, offer = wanted.get(key), known.get(key)
            if draft is None:
                session.delete(offer)
                continue
            kept = {None, offer.contact_id} if offer else {None}
            if draft.contact_id not in there | kept:
                raise Conflict("contact_unknown")
            if offer is None:
                offer = Offer(partner_id=partner_id, topic_id=key)
                session.add(offer)
            offer.contact_id, offer.text = draft.contact_id, draft.text
        partner.updated_at = now()
        session.flush()
        audit.record(actor.id, "offers_set", partner, {"count": len(wanted)})


def _says(offer: Offer, draft: OfferDraft) -> bool:
    return (offer.contact_id, offer.text) == (draft.contact_id, draft.text)
