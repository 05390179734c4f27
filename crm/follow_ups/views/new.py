"""A new follow-up."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.errors import Conflict
from crm.follow_ups import services
from crm.follow_ups.desk import origin_from_address, quick_days
from crm.follow_ups.forms import FollowUpForm
from crm.follow_ups.views.blueprint import bp, go_back, kept_back, with_reason
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.listing import text_arg
from crm.web.notices import notify, shortened
from crm.web.rendering import weekday


@bp.route("/follow-ups/new", methods=["GET", "POST"])
@requires(Permission.FOLLOW_UP_CHANGE)
def new() -> ResponseReturnValue:
    """Set something to be done: for an organisation, a visit, a concern, or on its own."""
    actor = current_actor()
    origin = origin_from_address(actor)
    form = FollowUpForm()
    form.offer(accounts.colleagues(actor), me=actor.id, circles=origin.circles)
    if not form.is_submitted():
        # Another page may propose what to do: /follow-ups/new?concern=…&title=…&promised=1
        form.title.data = text_arg("title")
        form.promised.data = text_arg("promised") == "1"
    if form.validate_on_submit():
        draft, moved = form.draft(working_days_of=actor.land)
        try:
            follow_up = services.add_follow_up(
                actor,
                draft,
                visibility=form.circle,
                team_id=origin.team_id,
                organisation_id=origin.organisation_id,
                contact_id=origin.contact_id,
                visit_id=origin.visit_id,
                topic_id=origin.topic_id,
                concern_id=origin.concern_id,
                key=form.new_key,
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            text = _(
                "„%(title)s“ ist vorgemerkt bis %(day)s.",
                title=shortened(draft.title),
                day=weekday(draft.due_on),
            )
            notify(with_reason(text, moved))
            return go_back(follow_up.id)
    page = render_template(
        "follow_ups/new.html",
        form=form,
        origin=origin,
        back=kept_back(),
        quick_days=quick_days(actor.land),
    )
    return page, 422 if form.errors else 200
