"""The page of the works agreement that allows figures by person."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from crm.accounts.queries import names
from crm.agency import queries, services
from crm.agency.forms import AgreementForm
from crm.agency.models import Agency
from crm.agency.views.blueprint import bp
from crm.agency.views.saving import saved, tell
from crm.errors import Conflict
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.forms import VersionedForm


@bp.route("/admin/works-agreement", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
def agreement() -> ResponseReturnValue:
    """Enter the works agreement that allows figures by person, and say who has."""
    stored = queries.current()
    form = AgreementForm(
        data={
            "version": str(stored.version),
            "reference": stored.agreement_reference,
            "agreed_on": stored.agreement_on,
        }
    )
    if form.validate_on_submit():
        assert form.agreed_on.data is not None
        try:
            changed = services.enter_agreement(
                current_actor(),
                reference=form.reference.data or "",
                agreed_on=form.agreed_on.data,
                version=form.seen_version,
            )
        except Conflict as conflict:
            stored = tell(conflict, form)
        else:
            return saved("agency.agreement", changed=changed)
    page = render_template(
        "agency/agreement.html", stored=stored, form=form, entered_by=_entered_by(stored)
    )
    return page, 422 if form.errors else 200


@bp.post("/admin/works-agreement/withdraw")
@requires(Permission.SETTINGS_MANAGE)
def withdraw_agreement() -> ResponseReturnValue:
    """Say that figures by person are not allowed any more."""
    form = VersionedForm()
    if not form.validate_on_submit():
        abort(400)
    changed = services.withdraw_agreement(current_actor(), version=form.seen_version)
    return saved("agency.agreement", changed=changed)


def _entered_by(stored: Agency) -> str:
    key = stored.agreement_by_id
    return names([key]).get(key, "") if key else ""
