"""Pages."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from crm.policy import Permission
from crm.web.access import requires

bp = Blueprint("follow_ups", __name__)


@bp.get("/follow-ups")
@requires(Permission.FOLLOW_UP_READ)
def index() -> ResponseReturnValue:
    """List."""
    return "stub"
