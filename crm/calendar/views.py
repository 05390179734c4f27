"""The calendar itself, and its address on the page of one's account."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.calendar import queries, services
from crm.calendar.documents import calendar_file, last_change
from crm.errors import NotFound
from crm.follow_ups.models import FollowUp
from crm.policy import Permission
from crm.visits.models import Visit
from crm.web.access import current_actor, public, requires
from crm.web.notices import notify

bp = Blueprint("calendar", __name__)

_SHOWN_ONCE = "calendar_token"


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """Hand out the calendar whose address this is; all others answer alike.

    A client that names what it has is told when nothing is new. Its mere date is no answer to
    that: a visit that was cancelled leaves, and takes its date with it.
    """
    person = queries.find_reader(token)
    if person is None:
        raise NotFound("calendar")
    agenda = queries.agenda(person.actor)
    with force_locale(person.language):
        content = calendar_file(agenda, link=_address_of)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="augenhoehe.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    response.last_modified = last_change(agenda)
    return response


def _address_of(record: Visit | FollowUp) -> str:
    if isinstance(record, Visit):
        return url_for("visits.show", visit_id=record.id, _external=True)
    return url_for("follow_ups.show", follow_up_id=record.id, _external=True)


@bp.post("/account/calendar")
@requires(Permission.CALENDAR_SUBSCRIBE)
def renew() -> ResponseReturnValue:
    """Make the address of one's calendar, or another in its place; the next page shows it."""
    session[_SHOWN_ONCE] = services.renew_feed(current_actor())
    return redirect(url_for("accounts.show", _anchor="calendar"), code=303)


@bp.post("/account/calendar/revoke")
@requires(Permission.CALENDAR_SUBSCRIBE)
def revoke() -> ResponseReturnValue:
    """End one's calendar."""
    services.revoke_feed(current_actor())
    session.pop(_SHOWN_ONCE, None)
    notify(_("Ihre Kalenderadresse gilt nicht mehr."))
    return redirect(url_for("accounts.show", _anchor="calendar"), code=303)


def address_to_show() -> str:
    """Return the address that was just made, this once; otherwise an empty text."""
    token = session.pop(_SHOWN_ONCE, "")
    return url_for("calendar.feed", token=token, _external=True) if token else ""
