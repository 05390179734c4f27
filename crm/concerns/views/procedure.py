"""The form of an official procedure that is accompanied with a concern."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.concerns import queries, services
from crm.concerns.forms import ProcedureForm
from crm.concerns.models import Concern, Procedure
from crm.concerns.views.blueprint import bp
from crm.errors import Conflict, NotFound, Stale
from crm.policy import Permission, authorize
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.notices import Undo, notify, shortened


@bp.route("/concerns/<uuid:concern_id>/procedures/new", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def new_procedure(concern_id: UUID) -> ResponseReturnValue:
    """Enter a procedure."""
    actor, concern = current_actor(), _changeable(concern_id)
    form = ProcedureForm()
    if form.validate_on_submit():
        try:
            made = services.add_procedure(actor, concern_id, form.draft(), key=form.new_key)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(title)s“ ist eingetragen.", title=shortened(made.title)))
            return _back(concern_id)
    return _page(form, concern)


@bp.route("/concerns/<uuid:concern_id>/procedures/<uuid:procedure_id>", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def edit_procedure(concern_id: UUID, procedure_id: UUID) -> ResponseReturnValue:
    """Change what a procedure says; with the day of its decision it is over."""
    actor, concern = current_actor(), _changeable(concern_id)
    procedure = _procedure(concern, procedure_id)
    form = ProcedureForm(obj=procedure if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            services.edit_procedure(
                actor, concern_id, procedure_id, form.draft(), version=form.seen_version
            )
        except Stale:
            stored = _procedure(concern, procedure_id)
            rows = differences(form, ProcedureForm(formdata=None, obj=stored))
            form.version.data = str(stored.version)
            return _page(form, concern, stored, rows=rows)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("Die Änderungen sind gesichert."))
            return _back(concern_id)
    return _page(form, concern, procedure)


@bp.post("/concerns/<uuid:concern_id>/procedures/<uuid:procedure_id>/remove")
@requires(Permission.CONCERN_MOVE)
def remove_procedure(concern_id: UUID, procedure_id: UUID) -> ResponseReturnValue:
    """Remove a procedure that was entered by mistake."""
    said = services.remove_procedure(current_actor(), concern_id, procedure_id)
    if said is not None:
        fields = {
            "key": str(procedure_id),
            "office": said.office,
            "title": said.title,
            "begun_on": said.begun_on.isoformat(),
            "decided_on": said.decided_on.isoformat() if said.decided_on else "",
        }
        undo = Undo(url=url_for("concerns.new_procedure", concern_id=concern_id), fields=fields)
        notify(_("„%(title)s“ ist entfernt.", title=shortened(said.title)), undo=undo)
    return _back(concern_id)


def _changeable(concern_id: UUID) -> Concern:
    concern = queries.get(current_actor(), concern_id)
    authorize(current_actor(), Permission.CONCERN_MOVE, concern)
    return concern


def _procedure(concern: Concern, procedure_id: UUID) -> Procedure:
    procedure = queries.find_procedure(concern, procedure_id)
    if procedure is None:
        raise NotFound(procedure_id)
    return procedure


def _back(concern_id: UUID) -> ResponseReturnValue:
    url = url_for("concerns.show", concern_id=concern_id, _anchor="procedures")
    return redirect(url, code=303)


def _page(
    form: ProcedureForm,
    concern: Concern,
    procedure: Procedure | None = None,
    *,
    rows: list[Difference] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "concerns/edit_procedure.html" if procedure else "concerns/new_procedure.html",
        form=form,
        concern=concern,
        procedure=procedure,
        offices=queries.offices(current_actor()),
        rows=rows,
    )
    return page, 409 if rows is not None else 422 if form.errors else 200
