"""Pages."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from crm.policy import Permission
from crm.web.access import requires

bp = Blueprint("visits", __name__)


@bp.get("/visits")
@requires(Permission.VISIT_READ)
def index() -> ResponseReturnValue:
    """List."""
    return "stub"
