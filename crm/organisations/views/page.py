"""The page of one organisation, and archiving it."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm import audit
from crm.concerns import queries as concerns
from crm.contacts import queries as contacts
from crm.errors import Conflict
from crm.follow_ups import queries as follow_ups
from crm.organisations import listing, queries, services
from crm.organisations.models import OrganisationKind
from crm.organisations.next_visit import proposed_day
from crm.organisations.views.blueprint import bp
from crm.organisations.wording import happened
from crm.partners import queries as partners
from crm.policy import Permission, authorize
from crm.referrals import queries as referrals
from crm.visits import queries as visits
from crm.visits.models import VisitStatus
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.forms import ArchiveForm
from crm.web.notices import Undo, notify, shortened


@bp.get("/organisations/<uuid:organisation_id>")
@requires(Permission.ORGANISATION_READ)
def show(organisation_id: UUID) -> ResponseReturnValue:
    """Show one organisation: the open things on top, people, head data, visits."""
    actor = current_actor()
    organisation = queries.get(actor, organisation_id)
    talks = visits.of_organisation(actor, organisation_id)
    last_visit_on = listing.last_visit(actor, organisation_id)
    is_partner = organisation.kind is OrganisationKind.PARTNER
    return render_template(
        "organisations/show.html",
        organisation=organisation,
        contacts=contacts.of_organisations(actor, [organisation_id]),
        concerns=concerns.open_of(actor, organisation_id),
        follow_ups=follow_ups.open_of(actor, organisation_id),
        planned=[visit for visit in reversed(talks) if visit.status is VisitStatus.PLANNED],
        timeline=[visit for visit in talks if visit.status is not VisitStatus.PLANNED],
        last_visit_on=last_visit_on,
        due_on=(due_on := listing.next_due(organisation, last_visit_on)),
        proposed_day=proposed_day(due_on, actor.land),
        offers=partners.of_partner(actor, organisation_id) if is_partner else (),
        referred=referrals.summary_of(actor, organisation_id) if is_partner else None,
        history=[(e.at, e.actor_name, happened(e)) for e in audit.history(organisation_id)],
    )


@bp.route("/organisations/<uuid:organisation_id>/archive", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def archive(organisation_id: UUID) -> ResponseReturnValue:
    """Take an organisation out of the lists, with a reason."""
    actor = current_actor()
    organisation = queries.get(actor, organisation_id)
    authorize(actor, Permission.ORGANISATION_EDIT, organisation)
    form = ArchiveForm()
    if form.validate_on_submit():
        try:
            services.archive(actor, organisation_id, reason=form.reason.data or "")
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(
                _("„%(name)s“ ist archiviert.", name=shortened(organisation.name)),
                undo=Undo(url=url_for("organisations.restore", organisation_id=organisation_id)),
            )
            return redirect(
                url_for("organisations.show", organisation_id=organisation_id), code=303
            )
    page = render_template("organisations/archive.html", form=form, organisation=organisation)
    return page, 422 if form.errors else 200


@bp.post("/organisations/<uuid:organisation_id>/restore")
@requires(Permission.ORGANISATION_EDIT)
def restore(organisation_id: UUID) -> ResponseReturnValue:
    """Put an archived organisation back into the lists."""
    services.restore(current_actor(), organisation_id)
    notify(_("Die Organisation ist wiederhergestellt."))
    return redirect(url_for("organisations.show", organisation_id=organisation_id), code=303)
