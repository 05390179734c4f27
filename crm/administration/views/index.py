"""The start page of administration."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.administration.areas import areas
from crm.administration.views.blueprint import bp
from crm.policy import Permission
from crm.web.access import requires


@bp.get("/admin")
@requires(Permission.SETTINGS_MANAGE)
def index() -> ResponseReturnValue:
    """Show what there is to administer, and how it stands."""
    return render_template("administration/index.html", areas=areas())
