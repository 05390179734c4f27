"""Pages."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from crm.policy import Permission
from crm.web.access import requires

bp = Blueprint("concerns", __name__)


@bp.get("/concerns")
@requires(Permission.CONCERN_READ)
def index() -> ResponseReturnValue:
    """List."""
    return "stub"
