"""Close a referral with its result, reopen it, take it back."""

from __future__ import annotations

from uuid import UUID

from crm.clock import now
from crm.concerns import services as concerns
from crm.concerns.models import Stage
from crm.db import transaction
from crm.errors import Conflict, Stale
from crm.notifications import services as notifications
from crm.notifications.models import Kind
from crm.policy import Actor
from crm.referrals.models import Referral, ReferralResult
from crm.referrals.services.rows import changeable, record_both


def close(
    actor: Actor, referral_id: UUID, *, version: int, result: ReferralResult | None, note: str
) -> Referral:
    """Close a referral with what came of it; a second click changes nothing.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` with field `result` or `result_note`.
    """
    with transaction():
        referral = changeable(actor, referral_id)
        if result is None:
            raise Conflict("referral_result_missing", field="result")
        if not note.strip():
            raise Conflict("referral_note_missing", field="result_note")
        if (referral.result, referral.result_note) == (result, note):
            return referral
        if referral.version != version:
            raise Stale
        referral.result, referral.result_note = result, note
        referral.closed_at = referral.closed_at or now()
        referral.updated_at = now()
        record_both(actor, "closed", referral, {"result": result.value})
        if result is not ReferralResult.NO_ANSWER:
            notifications.tell(
                [referral.concern.owner_id, referral.referred_by_id],
                kind=Kind.ANSWER,
                by_id=actor.id,
                concern_id=referral.concern_id,
                step=str(referral.id),
            )
    return referral


def reopen(actor: Actor, referral_id: UUID) -> Referral:
    """Await the partner's answer again; what was noted stays for the next closing.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        referral = changeable(actor, referral_id)
        if not referral.is_open:
            referral.closed_at = referral.result = None
            notifications.take_back(
                kind=Kind.ANSWER, concern_id=referral.concern_id, step=str(referral.id)
            )
            referral.updated_at = now()
            record_both(actor, "reopened", referral)
    return referral


def take_back(
    actor: Actor, referral_id: UUID, *, stage: Stage | None = None, version: int = 0
) -> bool:
    """Take back a referral that was made by mistake: it is in no list any more.

    stage, version  move the concern back to this stage, if nobody changed it since that version

    Return whether the concern stands on `stage`. Raises `NotFound`, `NotAllowed`, or `Conflict`
    for one that was mailed to the partner or has a result: it cannot be taken back.
    """
    with transaction():
        referral = changeable(actor, referral_id)
        if referral.sent_at is not None or not referral.is_open:
            raise Conflict("referral_out")
        referral.taken_back_at = referral.updated_at = now()
        record_both(actor, "taken_back", referral)
        concern = referral.concern
        if stage in {None, Stage.CLOSED} or concern.version != version:
            return concern.stage is stage
        concerns.move_concern(actor, concern.id, version=version, stage=Stage(stage))
    return True


def put_back(actor: Actor, referral_id: UUID) -> Referral:
    """Undo `take_back`: an open concern stands with the partner again; a second click does nothing.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        referral = changeable(actor, referral_id, with_taken_back=True)
        if referral.taken_back_at is not None:
            referral.taken_back_at, referral.updated_at = None, now()
            record_both(actor, "put_back", referral)
            concern = referral.concern
            if concern.is_open:
                with_partner = Stage.WITH_PARTNER
                concerns.move_concern(
                    actor, concern.id, version=concern.version, stage=with_partner
                )
    return referral
