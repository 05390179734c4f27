"""Pages."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from crm.policy import Permission
from crm.web.access import requires

bp = Blueprint("contacts", __name__)


@bp.get("/contacts")
@requires(Permission.CONTACT_READ)
def index() -> ResponseReturnValue:
    """List."""
    return "stub"
