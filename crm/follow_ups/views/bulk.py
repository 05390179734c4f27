"""Several follow-ups at once: complete, move or reassign what was ticked, and undo it as one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from crm.accounts import queries as accounts
from crm.clock import next_working_day
from crm.errors import Conflict, NotFound
from crm.follow_ups import services
from crm.follow_ups.forms import MoveForm, ReassignForm
from crm.follow_ups.services import Bulk
from crm.follow_ups.views.blueprint import bp, kept_back, with_reason
from crm.follow_ups.views.index import list_page
from crm.policy import Actor, Permission
from crm.web.access import current_actor, requires
from crm.web.errors import explain, put_on_form
from crm.web.forms import key_of, keys_of
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import number, weekday

# Names of what was left, in one notice: it rides in a cookie
_NAMED = 5


@bp.post("/follow-ups/bulk")
@requires(Permission.FOLLOW_UP_CHANGE)
def bulk() -> ResponseReturnValue:
    """Do one step with every follow-up that was ticked."""
    actor = current_actor()
    sent = MultiDict(request.form)
    if quick := sent.get("quick"):
        sent["step"], sent["due_on"] = "move", quick
    chosen = keys_of(sent.getlist("shown" if sent.get("page") else "follow_up"))
    match sent.get("step"):
        case "move":
            return _move(actor, chosen, sent)
        case "reassign":
            return _reassign(actor, chosen, sent)
    try:
        done = services.complete_many(actor, chosen)
    except Conflict as conflict:
        return list_page(sentence=explain(conflict)), 422
    if done.changed:
        text = ngettext(
            "%(count)s Wiedervorlage ist erledigt.",
            "%(count)s Wiedervorlagen sind erledigt.",
            len(done.changed),
            count=number(len(done.changed)),
        )
        if done.made:
            more = ngettext(
                "%(num)s nächste ihrer Serie ist angelegt.",
                "%(num)s nächste ihrer Serien sind angelegt.",
                done.made,
            )
            text = f"{text} {more}"
        notify(text, undo=_undo(done))
    return _back_from(done, _("Schon erledigt"))


def _move(actor: Actor, chosen: list[UUID], sent: MultiDict[str, str]) -> ResponseReturnValue:
    form = MoveForm(sent)
    if not form.validate():
        return list_page(refused=form), 422
    due_on = next_working_day(form.day, actor.land)
    try:
        moved = services.move_many(actor, chosen, due_on=due_on)
    except Conflict as conflict:
        return list_page(sentence=explain(conflict)), 422
    if moved.changed:
        text = ngettext(
            "%(count)s Wiedervorlage ist verschoben auf %(day)s.",
            "%(count)s Wiedervorlagen sind verschoben auf %(day)s.",
            len(moved.changed),
            count=number(len(moved.changed)),
            day=weekday(due_on),
        )
        notify(with_reason(text, form.day if form.day != due_on else None), undo=_undo(moved))
    return _back_from(moved, _("Schon an diesem Tag oder erledigt"))


def _reassign(actor: Actor, chosen: list[UUID], sent: MultiDict[str, str]) -> ResponseReturnValue:
    form = ReassignForm(sent)
    form.offer(accounts.colleagues(actor), me=actor.id)
    if not form.validate():
        return list_page(refused=form), 422
    try:
        given = services.reassign_many(actor, chosen, assignee_ids=keys_of(form.assignee.data))
    except Conflict as conflict:
        put_on_form(conflict, form)
        return list_page(refused=form), 422
    if given.changed:
        text = ngettext(
            "%(count)s Wiedervorlage liegt jetzt bei: %(names)s.",
            "%(count)s Wiedervorlagen liegen jetzt bei: %(names)s.",
            len(given.changed),
            count=number(len(given.changed)),
            names=shortened(form.names),
        )
        notify(text, undo=_undo(given))
    return _back_from(given, _("Schon dort oder erledigt"))


@bp.post("/follow-ups/bulk/undo")
@requires(Permission.FOLLOW_UP_CHANGE)
def undo_bulk() -> ResponseReturnValue:
    """Undo one's own last step with several, but for what was changed since."""
    key = key_of(request.form.get("bulk"))
    if key is None:
        raise NotFound(key)
    undone = services.undo_many(current_actor(), key)
    text = ngettext(
        "%(count)s Wiedervorlage ist wieder wie vorher.",
        "%(count)s Wiedervorlagen sind wieder wie vorher.",
        len(undone.changed),
        count=number(len(undone.changed)),
    )
    if undone.changed:
        notify(text)
    if undone.refused:
        text = _(
            "Inzwischen geändert und darum geblieben: %(names)s.", names=_named(undone.refused)
        )
        notify(text, kind="warning")
    return _back()


def _undo(step: Bulk) -> Undo:
    fields = {"bulk": str(step.key), "back": kept_back()}
    return Undo(url=url_for("follow_ups.undo_bulk"), fields=fields)


def _back_from(step: Bulk, idle: str) -> Response:
    """Name what was left, and why; go back to the list."""
    if step.idle:
        notify(f"{idle}: {_named(step.idle)}.", kind="info")
    if step.refused:
        text = _(
            "Nicht geändert, weil sie weder bei Ihnen noch bei Ihrem Team liegen: %(names)s.",
            names=_named(step.refused),
        )
        notify(text, kind="warning")
    if not (step.changed or step.idle or step.refused):
        notify(_("Davon gibt es nichts mehr zu ändern."), kind="info")
    return _back()


def _named(titles: Sequence[str]) -> str:
    names = [f"„{shortened(title)}“" for title in titles[:_NAMED]]
    if (more := len(titles) - _NAMED) > 0:
        names.append(ngettext("%(num)s weitere", "%(num)s weitere", more))
    return ", ".join(names)


def _back() -> Response:
    return redirect(kept_back() or url_for("follow_ups.index"), code=303)
