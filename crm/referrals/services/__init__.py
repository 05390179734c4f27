"""Refer a concern to a partner, edit, mail, close and reopen a referral, take it back."""

from crm.referrals.services.course import close, put_back, reopen, take_back
from crm.referrals.services.refer import ReferralDraft, Referred, edit, refer
from crm.referrals.services.sending import Letter, send

__all__ = [
    "Letter",
    "ReferralDraft",
    "Referred",
    "close",
    "edit",
    "put_back",
    "refer",
    "reopen",
    "send",
    "take_back",
]
