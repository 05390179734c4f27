"""What recurs: the next one after a completion, the rule, the end of the series."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from crm.follow_ups import queries
from crm.follow_ups.models import FollowUp
from crm.follow_ups.services import next_day
from crm.follow_ups.views.blueprint import with_reason
from crm.policy import Actor
from crm.web.notices import notify
from crm.web.rendering import weekday


def tell_of_next(actor: Actor, completed: FollowUp) -> None:
    """Say when one that recurs comes next, or that it was the last one."""
    if completed.recurs_from is None:
        return
    _before, following = queries.series_of(actor, completed)
    if following is None:
        notify(_("Das war die letzte der Serie."), kind="info")
        return
    day = next_day(completed)
    text = _("Die nächste der Serie ist am %(day)s.", day=weekday(following.due_on))
    link = url_for("follow_ups.show", follow_up_id=following.id)
    notify(
        with_reason(text, day if day != following.due_on else None),
        kind="info",
        links=[(_("Nächste ansehen"), link)],
    )
