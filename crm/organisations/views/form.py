"""The forms on which an organisation is added and edited."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.errors import Conflict, Stale
from crm.organisations import queries, services
from crm.organisations.forms import OrganisationForm, values_of
from crm.organisations.models import Organisation
from crm.organisations.queries import Duplicate
from crm.organisations.views.blueprint import bp
from crm.organisations.wording import reason_of
from crm.policy import Permission, authorize
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.listing import text_arg
from crm.web.notices import notify, shortened


@bp.route("/organisations/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def new() -> ResponseReturnValue:
    """Add an organisation; likely duplicates are shown once before."""
    actor = current_actor()
    form = OrganisationForm(
        data=None
        if request.method == "POST"
        else {"team_id": str(actor.team_id), "name": text_arg("name")}
    )
    form.offer(accounts.teams_to_choose(actor))
    duplicates: list[Duplicate] = []
    if form.validate_on_submit():
        # A second click would find its own first one
        is_new = services.already_added(actor, form.draft(), key=form.new_key) is None
        duplicates = list(queries.likely_duplicates(actor, form.traits())) if is_new else []
        if duplicates and not form.confirm_new.data:
            form.confirm_new.errors = [_("Bitte prüfen Sie, ob es diese Organisation schon gibt.")]
            return _page("organisations/new.html", form, duplicates=duplicates, status=422)
        try:
            organisation = services.add_organisation(actor, form.draft(), key=form.new_key)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(name)s“ ist angelegt.", name=shortened(organisation.name)))
            return redirect(
                url_for("organisations.show", organisation_id=organisation.id), code=303
            )
    return _page("organisations/new.html", form, status=422 if form.errors else 200)


@bp.route("/organisations/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def edit(organisation_id: UUID) -> ResponseReturnValue:
    """Edit an organisation; whoever saves second sees both versions."""
    actor = current_actor()
    organisation = queries.get(actor, organisation_id)
    authorize(actor, Permission.ORGANISATION_EDIT, organisation)
    form = OrganisationForm(data=values_of(organisation))
    form.offer(accounts.teams_to_choose(actor, organisation.team_id))
    if form.validate_on_submit():
        try:
            services.edit_organisation(
                actor, organisation_id, form.draft(), version=form.seen_version
            )
        except Stale:
            return _conflict_page(form, organisation_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("Die Änderungen sind gesichert."))
            return redirect(
                url_for("organisations.show", organisation_id=organisation_id), code=303
            )
    status = 422 if form.errors else 200
    return _page("organisations/edit.html", form, organisation=organisation, status=status)


def _conflict_page(form: OrganisationForm, organisation_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = queries.get(current_actor(), organisation_id)
    theirs = OrganisationForm(formdata=None, data=values_of(stored))
    theirs.offer(accounts.teams_to_choose(current_actor(), stored.team_id))
    rows = differences(form, theirs, without={"confirm_new"})
    form.version.data = str(stored.version)
    return _page("organisations/edit.html", form, organisation=stored, rows=rows, status=409)


def _page(
    template: str,
    form: OrganisationForm,
    *,
    status: int,
    organisation: Organisation | None = None,
    duplicates: list[Duplicate] | None = None,
    rows: list[Difference] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        template,
        form=form,
        organisation=organisation,
        duplicates=[(found.organisation, reason_of(found)) for found in duplicates or []],
        rows=rows,
    )
    return page, status
