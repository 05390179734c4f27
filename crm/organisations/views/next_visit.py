"""Put the next visit of an organisation off, and take that back."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.clock import next_working_day
from crm.organisations import listing, queries, services
from crm.organisations.forms import NextVisitForm
from crm.organisations.models import Organisation
from crm.organisations.next_visit import later_visits
from crm.organisations.views.blueprint import bp
from crm.policy import Permission, authorize
from crm.web.access import current_actor, requires
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import day, weekday
from crm.web.resume import is_own_path


@bp.route("/organisations/<uuid:organisation_id>/next-visit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def next_visit(organisation_id: UUID) -> ResponseReturnValue:
    """Say when the next visit is due: typed, or one of the quick choices, on a working day."""
    actor = current_actor()
    organisation = queries.get(actor, organisation_id)
    authorize(actor, Permission.ORGANISATION_EDIT, organisation)
    sent = MultiDict(request.form)
    if quick := sent.get("quick"):
        sent["due_on"] = quick
    form = NextVisitForm(sent if request.method == "POST" else None)
    if sent.get("exact"):
        return _as_before(organisation, form)
    if form.validate_on_submit():
        due_on = next_working_day(form.day, actor.land)
        before = organisation.next_visit_due_on
        services.set_next_visit(actor, organisation_id, due_on)
        text = _(
            "Der nächste Besuch bei „%(name)s“ ist fällig am %(day)s.",
            name=shortened(organisation.name),
            day=weekday(due_on),
        )
        if form.day != due_on:
            reason = _("Der %(day)s ist kein Arbeitstag; es gilt der nächste.", day=day(form.day))
            text = f"{text} {reason}"
        fields = {"due_on": before.isoformat() if before else "", "exact": "1", "back": _back()}
        url = url_for("organisations.next_visit", organisation_id=organisation_id)
        notify(text, undo=Undo(url=url, fields=fields))
        return redirect(_back_to(organisation_id), code=303)
    page = render_template(
        "organisations/next_visit.html",
        form=form,
        organisation=organisation,
        due_on=listing.next_due(organisation, listing.last_visit(actor, organisation_id)),
        later_days=later_visits(actor.land),
        back=_back(),
    )
    return page, 422 if form.errors else 200


def _as_before(organisation: Organisation, form: NextVisitForm) -> ResponseReturnValue:
    """Set the very date back, none too; it has been read from our own notice."""
    form.validate_on_submit()
    services.set_next_visit(current_actor(), organisation.id, form.due_on.data)
    name = shortened(organisation.name)
    notify(_("Der nächste Besuch bei „%(name)s“ ist wieder wie vorher.", name=name))
    return redirect(_back_to(organisation.id), code=303)


def _back() -> str:
    back = request.values.get("back", "")
    return back if is_own_path(back) else ""


def _back_to(organisation_id: UUID) -> str:
    return _back() or url_for("organisations.show", organisation_id=organisation_id)
