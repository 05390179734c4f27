"""Refer a concern to a partner, and change what was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from crm import audit
from crm.clock import now, today
from crm.concerns import services as concerns
from crm.concerns.models import Concern, Stage
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.contacts.services import ContactDraft, add_contact
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, Stale
from crm.partners import queries as partners
from crm.policy import Actor
from crm.referrals.models import Referral
from crm.referrals.services.rows import changeable
from crm.types import new_id

_EDITED = ("contact_id", "agreed_by", "agreed_on", "passed_on", "named_contact_id", "answer_due_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDraft:
    """What a person fills in about a referral; the contact is a known or a new one."""

    contact_id: UUID | None
    new_contact: ContactDraft | None = None
    agreed_by: str
    agreed_on: date | None
    passed_on: str
    named_contact_id: UUID | None = None
    answer_due_on: date


class Referred(NamedTuple):
    """A new referral, its concern as it stands now, and the stage it stood on before."""

    referral: Referral
    concern: Concern
    stage_before: Stage


def refer(
    actor: Actor,
    concern_id: UUID,
    partner_id: UUID,
    draft: ReferralDraft,
    *,
    key: UUID | None = None,
) -> Referred:
    """Introduce a concern to a partner and a person there; the concern stands with the partner.

    key     the key it is to have; the actor's one of that key is returned as it is, so that a
            second click makes no second one

    Raises `NotFound`, `NotAllowed`, or `Conflict` with field `agreed_by`, `agreed_on`,
    `passed_on`, `contact`, `named_contact` or `answer_due_on`, or with none for a closed concern.
    """
    return unless_at_once(lambda: _refer(actor, concern_id, partner_id, draft, key), "pk_referral")


def _refer(
    actor: Actor, concern_id: UUID, partner_id: UUID, draft: ReferralDraft, key: UUID | None
) -> Referred:
    with transaction() as session:
        # Locked before anything else of it is loaded: PostgreSQL makes a second change wait
        concern = concerns.take(actor, concern_id)
        known = session.get(Referral, key) if key else None
        if known is not None and _says(known, actor, concern_id, partner_id, draft):
            return Referred(known, concern, concern.stage)
        if not concern.is_open:
            raise Conflict("concern_closed")
        _check(actor, draft, concern.organisation_id)
        if draft.answer_due_on < today():
            raise Conflict("answer_day_past", field="answer_due_on")
        partner = partners.get(actor, partner_id)
        contact_id = _contact(actor, partner_id, draft, kept=None)
        moment, stage_before = now(), concern.stage
        referral = Referral(
            id=key if key and known is None else new_id(),
            body_id=concern.body_id,
            concern_id=concern_id,
            partner_id=partner_id,
            contact_id=contact_id,
            agreed_by=draft.agreed_by,
            agreed_on=draft.agreed_on,
            passed_on=draft.passed_on,
            named_contact_id=draft.named_contact_id,
            answer_due_on=draft.answer_due_on,
            referred_by_id=actor.id,
            created_at=moment,
            updated_at=moment,
        )
        session.add(referral)
        session.flush()
        audit.record(
            actor.id, "added", referral, {"answer_due_on": [None, draft.answer_due_on.isoformat()]}
        )
        audit.record(actor.id, "referred", concern, {"partner": partner.name})
        if stage_before is not Stage.WITH_PARTNER:
            concern = concerns.move_concern(
                actor, concern_id, version=concern.version, stage=Stage.WITH_PARTNER
            )
            # The version that a step back has to name
            session.flush()
    return Referred(referral, concern, stage_before)


def edit(actor: Actor, referral_id: UUID, draft: ReferralDraft, *, version: int) -> Referral:
    """Change an open referral that the actor has seen in this version; its partner stays.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` as `refer` does.
    """
    with transaction() as session:
        referral = changeable(actor, referral_id)
        if not referral.is_open:
            raise Conflict("referral_closed")
        if referral.version != version:
            raise Stale
        named = referral.named_contact_id
        _check(actor, draft, referral.concern.organisation_id, kept=named)
        due_before = referral.answer_due_on
        if draft.answer_due_on != due_before and draft.answer_due_on < today():
            raise Conflict("answer_day_past", field="answer_due_on")
        contact_id = _contact(actor, referral.partner_id, draft, kept=referral.contact_id)
        wanted = {name: getattr(draft, name) for name in _EDITED} | {"contact_id": contact_id}
        # Names of fields only: what stood in them is about a company and its people
        changed = [name for name, value in wanted.items() if getattr(referral, name) != value]
        if changed:
            for name in changed:
                setattr(referral, name, wanted[name])
            referral.updated_at = now()
            session.flush()
            audit.record(actor.id, "edited", referral, {"fields": changed})
    return referral


def _check(
    actor: Actor, draft: ReferralDraft, organisation_id: UUID, *, kept: UUID | None = None
) -> None:
    """Refuse what the company has not agreed to; `kept` is the person who was named before."""
    if not draft.agreed_by.strip():
        raise Conflict("agreement_missing", field="agreed_by")
    if draft.agreed_on is None or draft.agreed_on > today():
        raise Conflict("agreement_day_missing", field="agreed_on")
    if not draft.passed_on.strip():
        raise Conflict("passed_on_missing", field="passed_on")
    named = draft.named_contact_id
    if named not in {None, kept} and named not in _ids_at(actor, organisation_id):
        raise Conflict("contact_unknown", field="named_contact")


def _contact(actor: Actor, partner_id: UUID, draft: ReferralDraft, *, kept: UUID | None) -> UUID:
    """Return who is asked at the partner, added if new; `kept` is who was asked before."""
    if draft.new_contact is not None:
        return add_contact(actor, draft.new_contact, [partner_id]).id
    if draft.contact_id is None:
        raise Conflict("referral_contact_missing", field="contact")
    if draft.contact_id != kept and draft.contact_id not in _ids_at(actor, partner_id):
        raise Conflict("contact_unknown", field="contact")
    return draft.contact_id


def _ids_at(actor: Actor, organisation_id: UUID) -> set[UUID]:
    found: list[Contact] = list(
        contacts.of_organisations(actor, [organisation_id], with_places=False)
    )
    return {contact.id for contact in found}


def _says(
    known: Referral, actor: Actor, concern_id: UUID, partner_id: UUID, draft: ReferralDraft
) -> bool:
    """Tell whether `known` is what the actor has just referred."""
    return known.taken_back_at is None and (
        known.referred_by_id,
        known.concern_id,
        known.partner_id,
        known.passed_on,
    ) == (actor.id, concern_id, partner_id, draft.passed_on)
