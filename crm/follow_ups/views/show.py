"""One follow-up: completed, reopened, moved, reassigned."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm import audit
from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.clock import next_working_day
from crm.errors import Conflict, Stale
from crm.follow_ups import queries, services
from crm.follow_ups.desk import later_days, openable, quick_days
from crm.follow_ups.forms import MoveForm, ReassignForm, RepeatForm, ResultForm, SnoozeForm
from crm.follow_ups.models import FollowUp
from crm.follow_ups.recurrence import parse
from crm.follow_ups.views.blueprint import bp, go_back, kept_back, with_reason
from crm.follow_ups.views.series import tell_of_next
from crm.follow_ups.wording import happened, people_named
from crm.policy import Actor, Permission, authorize
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.forms import Form, VersionedForm, keys_of
from crm.web.notices import Ask, Undo, notify, shortened
from crm.web.rendering import weekday


@bp.get("/follow-ups/<uuid:follow_up_id>")
@requires(Permission.FOLLOW_UP_READ)
def show(follow_up_id: UUID) -> ResponseReturnValue:
    """Show one follow-up with its history."""
    return page_with(follow_up_id)


@bp.post("/follow-ups/<uuid:follow_up_id>/complete")
@requires(Permission.FOLLOW_UP_CHANGE)
def complete(follow_up_id: UUID) -> ResponseReturnValue:
    """Complete it in one action, or add the result to what was completed."""
    form = ResultForm()
    if form.validate_on_submit():
        result = form.result.data if "result" in request.form else None
        try:
            follow_up = services.complete(current_actor(), follow_up_id, result=result)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            _tell_of_completion(follow_up)
            tell_of_next(current_actor(), follow_up)
            if request.form.get("then") == "next":
                return redirect(_next_after(follow_up), code=303)
            return go_back(follow_up_id)
    return page_with(follow_up_id, result_form=form)


def _tell_of_completion(follow_up: FollowUp) -> None:
    fields = {"back": kept_back()}
    ask = Ask(
        url=url_for("follow_ups.complete", follow_up_id=follow_up.id),
        name="result",
        label=_("Ergebnis"),
        button=_("Festhalten"),
        fields=fields,
    )
    notify(
        _("„%(title)s“ ist erledigt.", title=shortened(follow_up.title)),
        undo=Undo(url=url_for("follow_ups.reopen", follow_up_id=follow_up.id), fields=fields),
        ask=None if follow_up.result else ask,
        links=[(_("Nächste Wiedervorlage"), _next_after(follow_up))],
    )


def _next_after(follow_up: FollowUp) -> str:
    return url_for("follow_ups.new", after=follow_up.id, back=kept_back() or None)


@bp.post("/follow-ups/<uuid:follow_up_id>/reopen")
@requires(Permission.FOLLOW_UP_CHANGE)
def reopen(follow_up_id: UUID) -> ResponseReturnValue:
    """Undo the completion."""
    actor = current_actor()
    follow_up = services.reopen(actor, follow_up_id)
    text = _("„%(title)s“ ist wieder offen.", title=shortened(follow_up.title))
    _before, following = queries.series_of(actor, follow_up)
    if following is not None:
        text = f"{text} {_('Die nächste der Serie bleibt: Sie wurde schon geändert.')}"
    notify(text)
    return go_back(follow_up_id)


@bp.post("/follow-ups/<uuid:follow_up_id>/move")
@requires(Permission.FOLLOW_UP_CHANGE)
def move(follow_up_id: UUID) -> ResponseReturnValue:
    """Set another date: typed, or one of the quick choices; a working day unless it is undone."""
    actor = current_actor()
    sent = MultiDict(request.form)
    if quick := sent.get("quick"):
        sent["due_on"] = quick
    form = MoveForm(sent)
    if form.validate_on_submit():
        before = queries.get(actor, follow_up_id).due_on
        typed = form.day
        due_on = typed if sent.get("exact") else next_working_day(typed, actor.land)
        try:
            follow_up = services.move(actor, follow_up_id, due_on=due_on, version=form.seen_version)
        except Stale as stale:
            return _changed_meanwhile(stale, follow_up_id, form, move_form=form)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            text = _(
                "„%(title)s“ ist verschoben auf %(day)s.",
                title=shortened(follow_up.title),
                day=weekday(due_on),
            )
            undo = Undo(
                url=url_for("follow_ups.move", follow_up_id=follow_up_id),
                fields={
                    "due_on": before.isoformat(),
                    "exact": "1",
                    "version": str(follow_up.version),
                    "back": kept_back(),
                },
            )
            notify(with_reason(text, typed if typed != due_on else None), undo=undo)
            return go_back(follow_up_id)
    return page_with(follow_up_id, move_form=form)


@bp.post("/follow-ups/<uuid:follow_up_id>/reassign")
@requires(Permission.FOLLOW_UP_CHANGE)
def reassign(follow_up_id: UUID) -> ResponseReturnValue:
    """Give it to colleagues."""
    actor = current_actor()
    before = queries.get(actor, follow_up_id)
    form = ReassignForm()
    form.offer(_people(actor, before), me=actor.id)
    if form.validate_on_submit():
        had = [str(key) for key in sorted(before.assignee_ids)]
        try:
            follow_up = services.reassign(
                actor,
                follow_up_id,
                assignee_ids=keys_of(form.assignee.data),
                version=form.seen_version,
            )
        except Stale as stale:
            return _changed_meanwhile(stale, follow_up_id, form, reassign_form=form)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            undo = Undo(
                url=url_for("follow_ups.reassign", follow_up_id=follow_up_id),
                fields={
                    "assignee": had,
                    "version": str(follow_up.version),
                    "back": kept_back(),
                },
            )
            text = _(
                "„%(title)s“ liegt jetzt bei: %(names)s.",
                title=shortened(follow_up.title),
                names=shortened(form.names),
            )
            notify(text, undo=undo)
            return go_back(follow_up_id)
    return page_with(follow_up_id, reassign_form=form)


def _changed_meanwhile(
    stale: Stale, follow_up_id: UUID, form: VersionedForm, **forms: Form
) -> ResponseReturnValue:
    """Show what holds now beside what was typed; sending it again takes its place."""
    put_on_form(stale, form)
    form.version.data = str(queries.get(current_actor(), follow_up_id).version)
    return page_with(follow_up_id, status=409, **forms)


def page_with(  # noqa: PLR0913 - by name, one per form
    follow_up_id: UUID,
    *,
    status: int = 422,
    result_form: Form | None = None,
    move_form: Form | None = None,
    reassign_form: Form | None = None,
    snooze_form: Form | None = None,
    repeat_form: Form | None = None,
) -> ResponseReturnValue:
    """Show one follow-up; a form is given when it was refused, with the status of that."""
    actor = current_actor()
    follow_up = queries.get(actor, follow_up_id)
    refused = result_form or move_form or reassign_form or snooze_form or repeat_form
    if refused:
        authorize(actor, Permission.FOLLOW_UP_CHANGE, follow_up)
    people = _people(actor, follow_up)
    if reassign_form is None:
        reassign_form = ReassignForm(
            None,
            assignee=[str(key) for key in follow_up.assignee_ids],
            version=str(follow_up.version),
        )
        reassign_form.offer(people, me=actor.id)
    history = audit.history(follow_up_id)
    names = accounts.names(people_named(history))
    before, following = queries.series_of(actor, follow_up)
    page = render_template(
        "follow_ups/show.html",
        follow_up=follow_up,
        openable=openable(actor, [follow_up]),
        result_form=result_form or ResultForm(None, result=follow_up.result),
        move_form=move_form or MoveForm(None, version=str(follow_up.version)),
        reassign_form=reassign_form,
        snooze_form=snooze_form or SnoozeForm(None),
        repeat_form=repeat_form or _repeat_form(follow_up),
        before=before,
        following=following,
        refused=refused,
        quick_days=quick_days(actor.land),
        later_days=later_days(actor.land),
        history=[(e.at, e.actor_name, happened(e, names)) for e in history],
        actor=actor,
    )
    return page, status if refused else 200


def _repeat_form(follow_up: FollowUp) -> RepeatForm:
    form = RepeatForm(None)
    if follow_up.recurrence and follow_up.recurs_from:
        form.preset(parse(follow_up.recurrence), follow_up.recurs_from)
    return form


def _people(actor: Actor, follow_up: FollowUp) -> list[Person]:
    """Return who can be chosen: the colleagues, and who has it without being one any more."""
    colleagues = accounts.colleagues(actor)
    known = {person.id for person in colleagues}
    had = [a.person for a in follow_up.assignees if a.person_id not in known]
    return [*colleagues, *had]
