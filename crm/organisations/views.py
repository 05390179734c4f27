"""Pages."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from crm.policy import Permission
from crm.web.access import requires

bp = Blueprint("organisations", __name__)


@bp.get("/organisations")
@requires(Permission.ORGANISATION_READ)
def index() -> ResponseReturnValue:
    """List."""
    return "stub"
