"""The blueprint of this package, and where its pages lead back to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crm.follow_ups.wording import recurs
from crm.web.rendering import day
from crm.web.resume import is_own_path

bp = Blueprint("follow_ups", __name__)
bp.add_app_template_filter(recurs, "recurs")

# Notices carry it several times, and they ride in a cookie
_LONGEST_BACK = 300


def kept_back() -> str:
    """Return the page that the person came from, for the next step; empty for none of ours."""
    back = request.values.get("back", "")
    return back if len(back) <= _LONGEST_BACK and is_own_path(back) else ""


def go_back(follow_up_id: UUID) -> Response:
    """Go back to where the person came from, or to the follow-up's page."""
    back = kept_back() or url_for("follow_ups.show", follow_up_id=follow_up_id)
    return redirect(back, code=303)


def with_reason(text: str, moved_from: date | None) -> str:
    """Add why another day than the one that was typed holds."""
    if moved_from is None:
        return text
    reason = _("Der %(day)s ist kein Arbeitstag; es gilt der nächste.", day=day(moved_from))
    return f"{text} {reason}"
