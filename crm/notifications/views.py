"""The page of notifications, the number in the top bar, and the choices on one's account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.notifications import listing, queries, services
from crm.notifications.models import Kind
from crm.notifications.queries import Choice
from crm.notifications.wording import address, said
from crm.policy import Actor, Permission, may
from crm.web.access import current_actor, requires
from crm.web.forms import key_of
from crm.web.listing import cursor_arg
from crm.web.notices import Undo, notify

bp = Blueprint("notifications", __name__)


def _unread() -> int:
    """Return the number in the top bar, asked for once a page."""
    if "unread_notifications" not in g:
        g.unread_notifications = listing.unread(current_actor())
    return int(g.unread_notifications)


def _choices() -> Mapping[Kind, Choice]:
    """Return how the reader is told of each kind that can concern them."""
    actor = current_actor()
    found = queries.choices(actor.id)
    return {kind: choice for kind, choice in found.items() if _concerns(actor, kind)}


def _concerns(actor: Actor, kind: Kind) -> bool:
    if kind is Kind.ESCALATION:
        return bool(actor.led_team_ids)
    # Who only reads has nothing to do, and so nothing that is given or runs out
    return may(actor, Permission.FOLLOW_UP_CHANGE)


bp.add_app_template_global(_unread, "unread_notifications")
bp.add_app_template_global(_choices, "notification_choices")
bp.add_app_template_global(said, "notification_said")
bp.add_app_template_global(address, "notification_address")


@bp.get("/notifications")
@requires(Permission.NOTIFICATION_READ)
def index() -> ResponseReturnValue:
    """List what the reader was told, the latest first."""
    actor = current_actor()
    page = listing.page(actor, cursor_arg(listing.ORDER))
    return render_template(
        "notifications/index.html",
        page=page,
        items=listing.items(page.items),
        unread=_unread(),
    )


@bp.post("/notifications/read")
@requires(Permission.NOTIFICATION_READ)
def read() -> ResponseReturnValue:
    """Mark the named notifications as read; without a name all of them."""
    actor = current_actor()
    named = request.form.getlist("notification")
    keys = [key for key in map(key_of, named) if key]
    moment = services.mark_read(actor, keys if named else None)
    if not named:
        notify(
            _("Alle Meldungen sind gelesen."),
            undo=Undo(url=url_for("notifications.unread"), fields={"at": moment.isoformat()}),
        )
    return redirect(url_for("notifications.index"), code=303)


@bp.post("/notifications/unread")
@requires(Permission.NOTIFICATION_READ)
def unread() -> ResponseReturnValue:
    """Take back that everything was marked as read."""
    if moment := _moment(request.form.get("at", "")):
        services.mark_unread(current_actor(), moment)
    return redirect(url_for("notifications.index"), code=303)


@bp.post("/notifications/choices")
@requires(Permission.NOTIFICATION_READ)
def choose() -> ResponseReturnValue:
    """Keep how the reader wants to be told."""
    actor = current_actor()
    in_app, by_mail = (set(request.form.getlist(name)) for name in ("in_app", "by_mail"))
    wanted = {
        kind: Choice(in_app=kind in in_app, by_mail=kind in by_mail)
        if _concerns(actor, kind)
        else choice
        for kind, choice in queries.choices(actor.id).items()
    }
    services.choose(actor, wanted)
    notify(_("Gespeichert: So werden Sie benachrichtigt."))
    return redirect(url_for("accounts.show", _anchor="notifications"), code=303)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
