"""Mail the sheet to the person at the partner."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from crm.clock import now
from crm.contacts.models import Contact
from crm.db import transaction
from crm.errors import Conflict, Stale
from crm.mail import queries as mails
from crm.mail.models import Reason
from crm.mail.services import queue_mail
from crm.policy import Actor
from crm.referrals.models import Referral
from crm.referrals.services.rows import changeable, record_both


class Letter(NamedTuple):
    """What is mailed to a partner."""

    subject: str
    text: str
    pdf: bytes
    file_name: str


def send(
    actor: Actor,
    referral_id: UUID,
    *,
    version: int,
    letter: Letter,
    reply_to: str,
) -> Referral:
    """Let the sheet wait to be mailed to the person at the partner; a second click sends none.

    version  of the referral that `letter` was made of

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` for a person who cannot be mailed.
    """
    with transaction() as session:
        referral = changeable(actor, referral_id)
        key = f"{referral_id}:{version}"
        if referral.version != version:
            if mails.find(Reason.REFERRAL, key) is not None:
                return referral
            raise Stale
        if not referral.is_open:
            raise Conflict("referral_closed")
        contact = session.get_one(Contact, referral.contact_id)
        if not contact.email:
            raise Conflict("contact_without_email")
        if contact.no_email:
            raise Conflict("contact_wants_no_email")
        queue_mail(
            to=contact.email,
            reason=Reason.REFERRAL,
            key=key,
            subject=letter.subject,
            text=letter.text,
            reply_to=reply_to,
            attachment=letter.pdf,
            attachment_name=letter.file_name,
        )
        referral.sent_at, referral.sent_version = now(), version
        record_both(actor, "mailed", referral)
    return referral
