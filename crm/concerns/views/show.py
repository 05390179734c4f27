"""One concern with its notes, follow-ups and history, and what can be done to it."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm import audit
from crm.concerns import queries, services
from crm.concerns.course import spells
from crm.concerns.desk import Desk
from crm.concerns.forms import NoteForm, StageForm
from crm.concerns.listing import card
from crm.concerns.models import Concern, Stage
from crm.concerns.views.blueprint import bp, kept_back
from crm.concerns.wording import happened
from crm.errors import Conflict, Stale
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.desk import openable
from crm.organisations import queries as organisations
from crm.policy import Permission, authorize, may
from crm.referrals import queries as referrals
from crm.visibility import Visibility
from crm.visits import queries as visits
from crm.visits import services as visit_services
from crm.web.access import current_actor, requires
from crm.web.errors import explain, put_on_form
from crm.web.notices import Undo, notify, shortened
from crm.web.words import word


@bp.get("/concerns/<uuid:concern_id>")
@requires(Permission.CONCERN_READ)
def show(concern_id: UUID) -> ResponseReturnValue:
    """Show one concern; `?stage=closed` asks at once how it ended."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    form = StageForm(None)
    form.offer(concern)
    if request.args.get("stage") == Stage.CLOSED:
        form.stage.data = Stage.CLOSED.value
    return _page(concern, form)


@bp.post("/concerns/<uuid:concern_id>/stage")
@requires(Permission.CONCERN_MOVE)
def move(concern_id: UUID) -> ResponseReturnValue:
    """Change the stage; closing takes an outcome and a reason."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    authorize(actor, Permission.CONCERN_MOVE, concern)
    sent = MultiDict(request.form)
    if "outcome" not in sent and sent.get("stage") == Stage.CLOSED and concern.is_open:
        # From a card: how it ended is asked before anything moves
        url = url_for(
            "concerns.show",
            concern_id=concern_id,
            stage=Stage.CLOSED.value,
            back=kept_back() or None,
            _anchor="move",
        )
        return redirect(url, code=303)
    keeps_figures = bool(sent.get("keep_reason"))
    if keeps_figures:
        sent["reason"] = concern.outcome_reason
    # An undo and a card send no outcome where there is none
    sent.setdefault("outcome", "")
    form = StageForm(sent)
    form.offer(concern)
    status = 422
    if form.validate_on_submit():
        before = concern.stage
        outcome_before = concern.outcome.value if concern.outcome else ""
        try:
            concern = services.move_concern(
                actor,
                concern_id,
                version=form.seen_version,
                stage=form.wanted_stage,
                outcome=form.wanted_outcome,
                reason=form.reason.data or "",
                figures=None if keeps_figures else form.figures,
            )
        except Stale:
            concern = queries.get(actor, concern_id)
            told = _who_was_faster(concern)
            if _is_from_a_card():
                notify(told, kind="danger")
                return _card(concern_id, 409)
            status = 409
            form.form_errors.append(told)
            # The next attempt is meant for the version that the page now shows
            form.version.data = str(concern.version)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            _tell_of_move(concern, before, outcome_before)
            if _is_from_a_card():
                return _card(concern_id, 200)
            back = kept_back() or url_for("concerns.show", concern_id=concern_id)
            return redirect(back, code=303)
    return _page(concern, form, status=status)


def _is_from_a_card() -> bool:
    """Tell whether the board's script asks: it wants the moved card, not a page."""
    return request.headers.get("X-Requested-With") == "fetch"


def _card(concern_id: UUID, status: int) -> ResponseReturnValue:
    actor = current_actor()
    desk, found = Desk(actor), card(actor, concern_id)
    fragment = render_template(
        "concerns/_moved.html",
        card=desk.card(found) if found else None,
        stages=desk.stages,
        back=kept_back(),
    )
    return fragment, status


def _who_was_faster(concern: Concern) -> str:
    """Say who has changed the concern meanwhile, and where it stands now."""
    moved = next(iter(audit.history(concern.id)), None)
    if moved is not None and moved.action == "moved" and moved.actor_name:
        return _(
            "%(name)s hat „%(title)s“ inzwischen auf „%(stage)s“ verschoben.",
            name=moved.actor_name,
            title=shortened(concern.title),
            stage=word(concern.stage),
        )
    return explain(Stale())


def _tell_of_move(concern: Concern, before: Stage, outcome_before: str) -> None:
    text = _(
        "„%(title)s“ steht jetzt auf „%(stage)s“.",
        title=shortened(concern.title),
        stage=word(concern.stage),
    )
    fields = {"stage": before.value, "version": str(concern.version), "back": kept_back()}
    if before is Stage.CLOSED:
        # The reason is too long for a cookie; the record still has it, and the figures
        fields |= {"outcome": outcome_before, "keep_reason": "1"}
    undo = Undo(url=url_for("concerns.move", concern_id=concern.id), fields=fields)
    notify(text, undo=undo if before is not concern.stage else None)


@bp.post("/concerns/<uuid:concern_id>/attach")
@requires(Permission.CONCERN_MOVE)
def attach(concern_id: UUID) -> ResponseReturnValue:
    """Let a note of another visit of the same organisation join."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    authorize(actor, Permission.CONCERN_MOVE, concern)
    circle = concern.visibility
    form = NoteForm()
    try:
        concern = visit_services.attach_note(actor, concern_id, form.note_id)
    except Conflict as conflict:
        put_on_form(conflict, form)
        return _page(queries.get(actor, concern_id), note_form=form, status=422)
    fields = {"note": str(form.note_id), "circle": circle.value}
    text = _("Der Gesprächspunkt gehört jetzt zu diesem Anliegen.")
    if concern.visibility is not circle:
        text += " " + _("Sichtbar für: %(circle)s.", circle=word(concern.visibility))
    undo = Undo(url=url_for("concerns.detach", concern_id=concern_id), fields=fields)
    notify(text, undo=undo)
    return redirect(url_for("concerns.show", concern_id=concern_id), code=303)


@bp.post("/concerns/<uuid:concern_id>/detach")
@requires(Permission.CONCERN_MOVE)
def detach(concern_id: UUID) -> ResponseReturnValue:
    """Take a note out of the concern; it stays in its visit."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    authorize(actor, Permission.CONCERN_MOVE, concern)
    form = NoteForm()
    try:
        visit_services.detach_note(actor, concern_id, form.note_id, circle=_circle())
    except Conflict as conflict:
        put_on_form(conflict, form)
        return _page(queries.get(actor, concern_id), note_form=form, status=422)
    undo = None
    if concern.is_open:
        undo = Undo(
            url=url_for("concerns.attach", concern_id=concern_id),
            fields={"note": str(form.note_id)},
        )
    notify(_("Der Gesprächspunkt gehört nicht mehr zu diesem Anliegen."), undo=undo)
    return redirect(url_for("concerns.show", concern_id=concern_id), code=303)


def _circle() -> Visibility | None:
    try:
        return Visibility(request.form.get("circle", ""))
    except ValueError:
        return None


def _page(
    concern: Concern,
    form: StageForm | None = None,
    *,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Show one concern; the form that was refused is given."""
    actor = current_actor()
    if form is None:
        form = StageForm(None)
        form.offer(concern)
    open_things = follow_ups.of_concern(actor, concern.id)
    events = audit.history(concern.id)
    free = []
    if concern.is_open and may(actor, Permission.CONCERN_MOVE, concern):
        free = list(visits.notes_without_concern(actor, concern.organisation_id))
    page = render_template(
        "concerns/show.html",
        concern=concern,
        form=form,
        note_form=note_form,
        notes=visits.notes_of_concern(actor, concern.id),
        free_notes=free,
        follow_ups=open_things,
        referrals=referrals.of_concern(actor, concern.id),
        procedures=queries.procedures_of(concern),
        openable=openable(actor, open_things),
        organisation_opens=organisations.may_see_organisation(actor, concern.organisation),
        spells=spells(concern, events),
        history=[(e.at, e.actor_name, happened(e)) for e in events],
        back=kept_back(),
        actor=actor,
    )
    return page, status
