"""Our offers in a visit: which of them were mentioned, and which the company has used since."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from crm import audit
from crm.clock import now
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.offers import queries as offers
from crm.policy import Actor, Permission, authorize
from crm.visits import queries
from crm.visits.models import Visit, VisitOffer, VisitStatus


def mark_offer(actor: Actor, visit_id: UUID, offer_id: UUID, *, is_used: bool) -> None:
    """Say whether the company has used an offer that was mentioned; a second click changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` for a visit that has not taken place.
    """
    with transaction():
        visit = queries.find(visit_id)
        if visit is None or not queries.may_see_visit(actor, visit):
            raise NotFound(visit_id)
        authorize(actor, Permission.VISIT_EDIT, visit)
        if visit.status is not VisitStatus.COMPLETED or visit.archived_at is not None:
            raise Conflict("visit_status")
        mentioned = next((m for m in visit.offers if m.offer_id == offer_id), None)
        if mentioned is None:
            raise NotFound(offer_id)
        if mentioned.is_used is is_used:
            return
        before = in_history(mentioned_in(visit))
        mentioned.is_used = is_used
        # Whoever edits the visit at this moment meets a conflict, and does not undo this by saving
        visit.updated_at = now()
        after = in_history(mentioned_in(visit))
        audit.record(actor.id, "edited", visit, {"offers": [before, after]})


def write_offers(visit: Visit, wanted: Mapping[UUID, bool]) -> None:
    """Bring the offers of a visit to what its form says; inside `transaction()`."""
    known = {mentioned.offer_id: mentioned for mentioned in visit.offers}
    if wanted.keys() - known.keys() - {offer.id for offer in offers.offers(with_retired=True)}:
        raise Conflict("choice_unknown", field="offers")
    visit.offers[:] = [known.get(key) or VisitOffer(offer_id=key) for key in wanted]
    for mentioned in visit.offers:
        mentioned.is_used = wanted[mentioned.offer_id]


def mentioned_in(visit: Visit) -> Mapping[UUID, bool]:
    """Return the offers of a visit, and whether they are used; `offers` are loaded."""
    return {mentioned.offer_id: mentioned.is_used for mentioned in visit.offers}


def in_history(mentioned: Mapping[UUID, bool]) -> str:
    """Return offers as an audit line keeps them."""
    return ", ".join(sorted(f"{key}{' used' if used else ''}" for key, used in mentioned.items()))
