"""Later, and again: let one rest until a day, say when it comes again, end its series."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.clock import next_working_day
from crm.errors import Conflict
from crm.follow_ups import queries, services
from crm.follow_ups.forms import RepeatForm, SnoozeForm
from crm.follow_ups.models import FollowUp
from crm.follow_ups.repeating import Repeat
from crm.follow_ups.views.blueprint import bp, go_back, kept_back, with_reason
from crm.follow_ups.views.show import page_with
from crm.follow_ups.wording import recurs
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import weekday


@bp.post("/follow-ups/<uuid:follow_up_id>/snooze")
@requires(Permission.FOLLOW_UP_CHANGE)
def snooze(follow_up_id: UUID) -> ResponseReturnValue:
    """Let it rest until a working day: typed, or one of the quick choices."""
    actor = current_actor()
    sent = MultiDict(request.form)
    if quick := sent.get("quick"):
        sent["until"] = quick
    form = SnoozeForm(sent)
    if form.validate_on_submit():
        before = queries.get(actor, follow_up_id)
        until = form.day if sent.get("exact") else next_working_day(form.day, actor.land)
        try:
            follow_up = services.snooze(actor, follow_up_id, until=until)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            text = _(
                "„%(title)s“ ruht bis %(day)s.",
                title=shortened(follow_up.title),
                day=weekday(until),
            )
            moved = form.day if form.day != until else None
            notify(with_reason(text, moved), undo=_sleep_as_before(before))
            return go_back(follow_up_id)
    return page_with(follow_up_id, snooze_form=form)


@bp.post("/follow-ups/<uuid:follow_up_id>/wake")
@requires(Permission.FOLLOW_UP_CHANGE)
def wake(follow_up_id: UUID) -> ResponseReturnValue:
    """Bring it back into the lists at once."""
    actor = current_actor()
    before = queries.get(actor, follow_up_id)
    follow_up = services.wake(actor, follow_up_id)
    undo = _sleep_as_before(before) if before.snoozed_until else None
    notify(_("„%(title)s“ ruht nicht mehr.", title=shortened(follow_up.title)), undo=undo)
    return go_back(follow_up_id)


def _sleep_as_before(before: FollowUp) -> Undo:
    if before.snoozed_until is None:
        url = url_for("follow_ups.wake", follow_up_id=before.id)
        return Undo(url=url, fields={"back": kept_back()})
    return Undo(
        url=url_for("follow_ups.snooze", follow_up_id=before.id),
        fields={"until": before.snoozed_until.isoformat(), "exact": "1", "back": kept_back()},
    )


@bp.post("/follow-ups/<uuid:follow_up_id>/repeat")
@requires(Permission.FOLLOW_UP_CHANGE)
def repeat(follow_up_id: UUID) -> ResponseReturnValue:
    """Say when it comes again; "nicht" ends its series."""
    actor = current_actor()
    before = queries.get(actor, follow_up_id)
    form = RepeatForm()
    form.due_on = before.due_on
    if form.validate_on_submit():
        try:
            if form.rule is None or form.start is None:
                follow_up = services.end_series(actor, follow_up_id)
            else:
                follow_up = services.repeat(
                    actor, follow_up_id, rule=str(form.rule), start=form.start
                )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_repeats(follow_up), undo=_repeat_as_before(before))
            return go_back(follow_up_id)
    return page_with(follow_up_id, repeat_form=form)


def _repeats(follow_up: FollowUp) -> str:
    title = shortened(follow_up.title)
    if follow_up.recurrence:
        rule = recurs(follow_up)
        return _("„%(title)s“ kommt wieder: %(rule)s.", title=title, rule=rule)
    return _("„%(title)s“ kommt nicht mehr wieder.", title=title)


def _repeat_as_before(before: FollowUp) -> Undo:
    fields = {"repeat": Repeat.NEVER.value, "back": kept_back()}
    if before.recurs_from is not None:
        fields |= {
            "repeat": Repeat.OWN.value,
            "own_rule": before.recurrence,
            "repeat_from": before.recurs_from.isoformat(),
        }
    return Undo(url=url_for("follow_ups.repeat", follow_up_id=before.id), fields=fields)
