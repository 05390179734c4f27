"""The page that says which roles have to have a second factor."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import listing, queries, services
from crm.administration.forms import DutyForm
from crm.administration.views.blueprint import bp
from crm.errors import Conflict, Stale
from crm.policy import Permission
from crm.web.access import current_actor, proved, requires
from crm.web.errors import put_on_form
from crm.web.notices import notify


@bp.route("/admin/second-factor", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@proved("POST")
def second_factor() -> ResponseReturnValue:
    """Show who has a second factor, and choose who has to."""
    obliged = queries.obliged_roles()
    form = DutyForm()
    if request.method != "POST":
        form.show(obliged)
    if form.validate_on_submit():
        try:
            changed = services.oblige(current_actor(), form.chosen, seen=form.seen_roles)
        except Conflict as conflict:
            put_on_form(conflict, form)
            if isinstance(conflict, Stale):
                # The page shows what is stored; sent again, it was seen
                form.show(queries.obliged_roles())
        else:
            if changed:
                notify(
                    _(
                        "Gesichert. Wen es betrifft, den fordert Augenhöhe beim nächsten Schritt"
                        " dazu auf."
                    )
                )
            else:
                notify(_("Es hat sich nichts geändert."), kind="info")
            return redirect(url_for("administration.second_factor"), code=303)
    page = render_template(
        "administration/second_factor.html", form=form, counts=listing.factor_counts()
    )
    return page, 422 if form.errors else 200
