"""The page of one visit, its reports, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clock import today
from crm.errors import Conflict
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.desk import openable
from crm.policy import Permission, authorize
from crm.visits import documents, queries, services
from crm.visits.forms import PostponeForm, ReasonForm
from crm.visits.history import history_of
from crm.visits.models import Visit, VisitStatus
from crm.visits.views.blueprint import bp
from crm.web.access import current_actor, requires
from crm.web.agency import agency_name
from crm.web.errors import put_on_form
from crm.web.forms import ArchiveForm, Form
from crm.web.listing import text_arg
from crm.web.notices import Undo, notify
from crm.web.rendering import language, weekday

_CHANGES: Mapping[str, type[Form]] = {
    "cancel": ReasonForm,
    "postpone": PostponeForm,
    "archive": ArchiveForm,
}


@bp.get("/visits/<uuid:visit_id>")
@requires(Permission.VISIT_READ)
def show(visit_id: UUID) -> ResponseReturnValue:
    """Show one visit with its follow-ups and its history."""
    return _page(visit_id)


def _page(visit_id: UUID, refused: Form | None = None, action: str = "") -> ResponseReturnValue:
    """Show the visit; with the form of an action that was refused, if one was."""
    actor = current_actor()
    visit = queries.get(actor, visit_id)
    if refused is not None:
        authorize(actor, Permission.VISIT_EDIT, visit)
    if visit.status is VisitStatus.DRAFT:
        return redirect(url_for("visits.edit", visit_id=visit_id), code=303)
    came_of_it = follow_ups.of_visit(actor, visit_id)
    page = render_template(
        "visits/show.html",
        visit=visit,
        follow_ups=came_of_it,
        openable=openable(actor, came_of_it),
        history=history_of(actor, visit),
        changes=_changes(action, refused),
    )
    return page, 422 if refused else 200


def _changes(action: str, refused: Form | None) -> dict[str, Form]:
    """Return the forms of what can be done, each with ids of its own; one may be refused."""
    forms: dict[str, Form] = {name: kind(None) for name, kind in _CHANGES.items()}
    if refused is not None:
        forms[action] = refused
    for name, form in forms.items():
        for field in form:
            field.id = f"{name}-{field.name}"
    return forms


@bp.get("/visits/<uuid:visit_id>.pdf")
@requires(Permission.VISIT_READ)
def report(visit_id: UUID) -> ResponseReturnValue:
    """Hand out the visit report: for the file, or with `?for=company` for the company."""
    actor = current_actor()
    visit = queries.get(actor, visit_id)
    for_company = text_arg("for") == "company"
    # What has not taken place is no report to hand out; a draft is none at all
    if visit.status is VisitStatus.DRAFT or (
        for_company and visit.status is not VisitStatus.COMPLETED
    ):
        abort(404)
    pdf = documents.visit_report(
        visit,
        for_company=for_company,
        follow_ups=follow_ups.of_visit(actor, visit_id),
        agency_name=agency_name(visit.team.body.name),
        language=_language_of(visit) if for_company else language(),
    )
    name = _("Bericht") if not for_company else _("Bericht-Unternehmen")
    response = Response(pdf, content_type="application/pdf")
    filename = f"{name}-{visit.reference}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _language_of(visit: Visit) -> str:
    """Return the language of the company's report: English where all who were there prefer it."""
    preferred = {a.contact.language for a in visit.attendances if a.contact}
    return "en" if preferred == {"en"} else "de"


@bp.route("/visits/<uuid:visit_id>/cancel", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def cancel(visit_id: UUID) -> ResponseReturnValue:
    """Say that a planned visit will not take place."""
    form = ReasonForm()
    if not form.validate():
        return _page(visit_id, form, "cancel")
    services.cancel_visit(current_actor(), visit_id, reason=form.reason.data or "")
    return _changed(visit_id, _("Der Besuch ist abgesagt."), undo="visits.plan_again")


@bp.route("/visits/<uuid:visit_id>/postpone", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def postpone(visit_id: UUID) -> ResponseReturnValue:
    """Say that a planned visit will take place another day."""
    form = PostponeForm()
    if not form.validate():
        return _page(visit_id, form, "postpone")
    actor, to = current_actor(), form.visited_on.data
    before = queries.get(actor, visit_id).visited_on
    try:
        services.postpone_visit(actor, visit_id, reason=form.reason.data or "", to=to)
    except Conflict as conflict:
        if conflict.field not in form:
            raise
        put_on_form(conflict, form)
        return _page(visit_id, form, "postpone")
    if to is None:
        return _changed(visit_id, _("Der Besuch ist verschoben."), undo="visits.plan_again")
    is_undone = before is None or before < today()
    undo = (
        None
        if is_undone
        else Undo(
            url=url_for("visits.postpone", visit_id=visit_id), fields={"visited_on": str(before)}
        )
    )
    notify(_("Der Besuch ist verschoben auf %(day)s.", day=weekday(to)), undo=undo)
    return redirect(url_for("visits.show", visit_id=visit_id), code=303)


@bp.route("/visits/<uuid:visit_id>/offers/<uuid:offer_id>", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def mark_offer(visit_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Say that the company has used an offer of ours, or undo that."""
    is_used = request.form.get("used") != "0"
    services.mark_offer(current_actor(), visit_id, offer_id, is_used=is_used)
    if is_used:
        undo = Undo(
            url=url_for("visits.mark_offer", visit_id=visit_id, offer_id=offer_id),
            fields={"used": "0"},
        )
        notify(_("Das Angebot ist als in Anspruch genommen vermerkt."), undo=undo)
    else:
        notify(_("Das Angebot ist wieder nur als erwähnt vermerkt."))
    return redirect(url_for("visits.show", visit_id=visit_id), code=303)


@bp.route("/visits/<uuid:visit_id>/plan", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def plan_again(visit_id: UUID) -> ResponseReturnValue:
    """Undo cancelling or postponing."""
    services.plan_again(current_actor(), visit_id)
    return _changed(visit_id, _("Der Besuch ist wieder geplant."))


@bp.route("/visits/<uuid:visit_id>/archive", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def archive(visit_id: UUID) -> ResponseReturnValue:
    """Take a visit out of the lists."""
    form = ArchiveForm()
    if not form.validate():
        return _page(visit_id, form, "archive")
    services.archive_visit(current_actor(), visit_id, reason=form.reason.data or "")
    return _changed(visit_id, _("Der Besuch ist archiviert."), undo="visits.restore")


@bp.route("/visits/<uuid:visit_id>/restore", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def restore(visit_id: UUID) -> ResponseReturnValue:
    """Put a visit back into the lists, or a discarded draft back on the desk."""
    services.restore_visit(current_actor(), visit_id)
    return _changed(visit_id, _("Der Besuch ist wiederhergestellt."))


@bp.route("/visits/<uuid:visit_id>/discard", methods=["POST"])
@requires(Permission.VISIT_EDIT)
def discard(visit_id: UUID) -> ResponseReturnValue:
    """Put one's own draft away."""
    services.discard_draft(current_actor(), visit_id)
    undo = Undo(url=url_for("visits.restore", visit_id=visit_id))
    notify(_("Der Entwurf ist verworfen."), undo=undo)
    return redirect(url_for("my_day.index"), code=303)


def _changed(visit_id: UUID, sentence: str, *, undo: str | None = None) -> ResponseReturnValue:
    notify(sentence, undo=Undo(url=url_for(undo, visit_id=visit_id)) if undo else None)
    return redirect(url_for("visits.show", visit_id=visit_id), code=303)
