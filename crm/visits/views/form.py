"""The page on which a visit is logged, planned, drafted and edited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.clock import next_working_day, now
from crm.errors import Conflict, Stale
from crm.follow_ups.desk import quick_days
from crm.policy import Permission, authorize
from crm.types import new_id
from crm.visits import desk, queries, services
from crm.visits.comparison import compare
from crm.visits.forms import VisitForm
from crm.visits.models import Visit, VisitStatus
from crm.visits.views.blueprint import bp
from crm.web.access import current_actor, requires
from crm.web.errors import explain, put_on_form
from crm.web.forms import key_of
from crm.web.listing import day_arg, key_arg
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import day
from crm.web.resume import typed_fields

# What a button says to do with what was typed over a visit
_KEPT_EDIT = {"discard": services.discard_edit, "take back": services.take_edit_back}
_STATUS = {"complete": VisitStatus.COMPLETED, "plan": VisitStatus.PLANNED}


@bp.route("/visits/new", methods=["GET", "POST"])
@requires(Permission.VISIT_LOG)
def new() -> ResponseReturnValue:
    """Log or plan a visit, or keep it as a draft."""
    actor = current_actor()
    if request.method != "POST":
        data = desk.blank_data(actor, key_arg("organisation"))
        if planned_on := day_arg("planned_on"):
            data["visited_on"] = next_working_day(planned_on, actor.land)
        form = desk.form_from(actor, None, data=data)
        return _form_page(form, visit=None)
    form = desk.form_from(actor, request.form)
    visit_id = key_of(form.visit_id.data)
    if visit_id is None:
        abort(400)
    intent = request.form.get("intent", "complete")
    if intent == "draft":
        return _keep_draft(form, visit_id)
    if intent not in _STATUS:
        return _refreshed(form, intent, visit=None)
    return _log(form, visit_id, intent)


def _log(form: VisitForm, visit_id: UUID, intent: str) -> ResponseReturnValue:
    actor = current_actor()
    sent = desk.sent_form(form, visit_id=visit_id, editing=False)
    if queries.was_saved(actor, sent):
        # What it names may have changed since, by this very form: it is not asked again
        return _saved(form, visit_id, intent)
    if form.check(status=intent):
        try:
            services.log_visit(actor, form.draft(actor), sent, status=_STATUS[intent])
        except Stale:
            return _conflict_page(form, visit_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            return _saved(form, visit_id, intent)
    return _form_page(form, visit=None, status=422)


@bp.route("/visits/<uuid:visit_id>/edit", methods=["GET", "POST"])
@requires(Permission.VISIT_EDIT)
def edit(visit_id: UUID) -> ResponseReturnValue:
    """Edit a visit, go on with a draft, or complete a planned visit that has taken place."""
    actor = current_actor()
    visit = queries.get(actor, visit_id)
    authorize(actor, Permission.VISIT_EDIT, visit)
    if visit.status is VisitStatus.DRAFT:
        return _draft_page(visit)
    if request.method != "POST":
        return _edit_page(visit)
    intent = request.form.get("intent", "save")
    if intent in _KEPT_EDIT:
        return _put_away_or_back(visit, intent)
    form = desk.form_from(actor, request.form, visit=visit)
    if intent == "draft":
        services.keep_edit(actor, desk.sent_form(form, visit_id=visit_id, editing=True))
        return {"version": form.seen_version, "saved_at": now().isoformat()}
    if intent not in {"complete", "plan", "save"}:
        return _refreshed(form, intent, visit=visit)
    return _change(form, visit, intent)


def _edit_page(visit: Visit) -> ResponseReturnValue:
    """Show the form of a visit: as it is stored, or as the person was changing it."""
    actor = current_actor()
    kept = queries.kept_edit(actor, visit.id)
    if kept is None:
        return _form_page(
            desk.form_from(actor, None, data=desk.data_of(actor, visit), visit=visit), visit
        )
    typed = MultiDict((name, value) for name, value in kept.form)
    # Of the version it was typed over: what somebody saved since is shown before it is replaced
    typed["version"] = str(kept.version)
    return _form_page(desk.form_from(actor, typed, visit=visit), visit, kept_at=kept.kept_at)


def _put_away_or_back(visit: Visit, intent: str) -> ResponseReturnValue:
    _KEPT_EDIT[intent](current_actor(), visit.id)
    here = url_for("visits.edit", visit_id=visit.id)
    if intent == "discard":
        undo = Undo(url=here, fields={"intent": "take back"})
        notify(_("Ihre nicht gesicherten Eingaben sind verworfen."), undo=undo)
    return redirect(here, code=303)


def _change(form: VisitForm, visit: Visit, intent: str) -> ResponseReturnValue:
    actor = current_actor()
    sent = desk.sent_form(form, visit_id=visit.id, editing=True)
    if queries.was_saved(actor, sent):
        return _saved(form, visit.id, "save")
    rules = intent if visit.status is not VisitStatus.COMPLETED else "complete"
    if form.check(status=rules):
        try:
            services.edit_visit(actor, form.draft(actor), sent, complete=rules == "complete")
        except Stale:
            return _conflict_page(form, visit.id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            is_done = visit.status is VisitStatus.COMPLETED
            return _saved(form, visit.id, "save" if is_done else intent)
    return _form_page(form, visit, status=422)


def _form_page(
    form: VisitForm, visit: Visit | None, *, status: int = 200, kept_at: datetime | None = None
) -> ResponseReturnValue:
    visit_id = visit.id if visit else key_of(form.visit_id.data)
    around = desk.surroundings(current_actor(), form, visit_id)
    page = render_template(
        "visits/edit.html" if visit else "visits/new.html",
        form=form,
        visit=visit,
        around=around,
        follow_ups=around["follow_ups"] if visit else [],
        quick_days=quick_days(current_actor().land),
        kept_at=kept_at,
    )
    return page, status


def _draft_page(visit: Visit) -> ResponseReturnValue:
    kept = MultiDict((name, value) for name, value in visit.draft_form or [])
    form = desk.form_from(current_actor(), kept)
    form.visit_id.data, form.version.data = str(visit.id), str(visit.version)
    return _form_page(form, visit=None)


def _refreshed(form: VisitForm, intent: str, *, visit: Visit | None) -> ResponseReturnValue:
    """Show the form again with what a button without JavaScript asked for."""
    match intent.partition(":"):
        case ("follow-up", _, topic_id):
            lines = next(
                (panel.follow_ups for panel in form.panels if panel.topic_id.data == topic_id),
                form.follow_ups,
            )
            lines.append_entry()
        case ("contact", _, _):
            form.new_contacts.append_entry()
    form.offer_people()
    return _form_page(form, visit)


def _saved(form: VisitForm, visit_id: UUID, intent: str) -> ResponseReturnValue:
    done = {
        "complete": _("Der Besuch ist abgeschlossen."),
        "plan": _("Der Besuch ist geplant."),
        "save": _("Die Änderungen sind gesichert."),
    }
    notify(done[intent])
    for title, due_on in form.moved_dates(current_actor().land):
        moved = _(
            "„%(title)s“ liegt nun am nächsten Arbeitstag, %(day)s.",
            title=shortened(title),
            day=day(due_on),
        )
        notify(moved, kind="info")
    return redirect(url_for("visits.show", visit_id=visit_id), code=303)


def _keep_draft(form: VisitForm, visit_id: UUID) -> ResponseReturnValue:
    sent = desk.sent_form(form, visit_id=visit_id, editing=False)
    wants_json = request.accept_mimetypes.best == "application/json"
    try:
        version = services.save_draft(
            current_actor(),
            sent,
            organisation_id=key_of(form.organisation_id.data),
            visited_on=form.visited_on.data,
            summary=form.summary.data or "",
        )
    except Stale as stale:
        if wants_json:
            return {"error": explain(stale)}, 409
        return _conflict_page(form, visit_id)
    here = url_for("visits.edit", visit_id=visit_id)
    if wants_json:
        return {"version": version, "saved_at": now().isoformat(), "url": here}
    notify(_("Der Entwurf ist gesichert."))
    return redirect(here, code=303)


def _conflict_page(form: VisitForm, visit_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; either can be kept."""
    stored = queries.get(current_actor(), visit_id)
    is_new = request.endpoint == "visits.new"
    return (
        render_template(
            "visits/conflict.html",
            visit=stored,
            rows=compare(current_actor(), form, stored),
            action=url_for("visits.new")
            if stored.status is VisitStatus.DRAFT
            else url_for("visits.edit", visit_id=visit_id),
            fields=_typed({"version": str(stored.version)}),
            copy=_typed({"version": "0", "visit_id": str(new_id())}) if is_new else None,
        ),
        409,
    )


def _typed(changed: dict[str, str]) -> list[tuple[str, str]]:
    """Return what was typed as hidden fields, with some of them `changed`."""
    return [*(pair for pair in typed_fields() if pair[0] not in changed), *changed.items()]


@bp.get("/visits/context")
@requires(Permission.VISIT_LOG)
def context() -> ResponseReturnValue:
    """Answer with what belongs to a picked organisation: contacts, open concerns, the column."""
    actor = current_actor()
    data = desk.blank_data(actor, key_arg("organisation"))
    data["visited_on"] = day_arg("visited_on")
    data["further"] = request.args.getlist("further")
    data["contacts"] = request.args.getlist("contacts")
    form = desk.form_from(actor, None, data=data)
    around = desk.surroundings(actor, form, key_arg("visit"))
    return render_template("visits/context.html", form=form, around=around)
