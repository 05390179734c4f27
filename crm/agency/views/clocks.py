"""The page of the clocks of concerns."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.agency import queries, services
from crm.agency.forms import ClocksForm
from crm.agency.views.blueprint import bp
from crm.agency.views.saving import saved, tell
from crm.errors import Conflict
from crm.policy import Permission
from crm.web.access import current_actor, requires


@bp.route("/admin/clocks", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
def clocks() -> ResponseReturnValue:
    """Set within how many working days concerns are answered and resolved."""
    stored = queries.current()
    form = ClocksForm(data={"version": str(stored.version), **stored.clocks._asdict()})
    if form.validate_on_submit():
        try:
            changed = services.set_clocks(current_actor(), form.clocks, version=form.seen_version)
        except Conflict as conflict:
            tell(conflict, form)
        else:
            return saved("agency.clocks", changed=changed)
    page = render_template("agency/clocks.html", form=form)
    return page, 422 if form.errors else 200
