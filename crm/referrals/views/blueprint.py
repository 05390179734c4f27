"""The blueprint of this package and the filters of its templates."""

from __future__ import annotations

from flask import Blueprint

from crm.referrals.wording import state_kind, state_of

bp = Blueprint("referrals", __name__)
bp.add_app_template_filter(state_of, "referral_state")
bp.add_app_template_filter(state_kind, "referral_state_kind")
