"""What a notification says, and where it leads."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from crm.clock import BERLIN
from crm.concerns.deadlines import Step
from crm.notifications.listing import Item
from crm.notifications.models import Kind, Notification
from crm.web.rendering import day


def said(item: Item) -> str:
    """Return what happened, without the name of the thing."""
    notification = item.notification
    match notification.kind:
        case Kind.GIVEN if item.concern:
            return _("%(name)s hat Ihnen ein Anliegen gegeben", name=item.by)
        case Kind.GIVEN:
            return _("%(name)s hat Ihnen eine Wiedervorlage gegeben", name=item.by)
        case Kind.COMPLETED:
            return _("%(name)s hat Ihre Wiedervorlage erledigt", name=item.by)
        case Kind.ANSWER:
            return _("Ein Partner hat geantwortet")
    return _clock(notification)


def _clock(notification: Notification) -> str:
    due_on, told_on = notification.due_on, notification.at.astimezone(BERLIN).date()
    values = {"step": _step(notification.step), "day": day(due_on)}
    if notification.kind is Kind.ESCALATION:
        return _("Dringend: Die Frist für %(step)s ist am %(day)s abgelaufen", **values)
    if due_on and due_on < told_on:
        return _("Die Frist für %(step)s ist am %(day)s abgelaufen", **values)
    return _("Die Frist für %(step)s endet am %(day)s", **values)


def _step(step: str) -> str:
    if step == Step.FIRST_RESPONSE:
        return pgettext("clock", "die erste Rückmeldung")
    return pgettext("clock", "die Lösung")


def address(item: Item, *, whole: bool = False) -> str:
    """Return where the thing is found; the whole address for a mail."""
    notification = item.notification
    if notification.concern_id:
        return url_for("concerns.show", concern_id=notification.concern_id, _external=whole)
    return url_for("follow_ups.show", follow_up_id=notification.follow_up_id, _external=whole)
