"""Pages of one's own second factor."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import one_time, queries, services
from crm.accounts.forms import SetUpForm, TurnOffForm
from crm.accounts.views.blueprint import address, bp, safe
from crm.errors import Conflict, NotFound
from crm.policy import Permission
from crm.web import sessions
from crm.web.access import current_actor, current_person, early, proved, requires
from crm.web.errors import put_on_form
from crm.web.notices import notify
from crm.web.resume import is_own_path

_SHOWN_ONCE = "recovery_codes"


@bp.get("/account/second-factor")
@requires(Permission.ACCOUNT_USE)
@early
def second_factor() -> ResponseReturnValue:
    """Show one's second factor; right after they were made, its recovery codes."""
    actor = current_actor()
    codes, wanted = session.pop(_SHOWN_ONCE, ((), ""))
    return render_template(
        "accounts/second_factor.html",
        factor=queries.find_second_factor(actor.id),
        left=queries.recovery_codes_left(actor.id),
        made=one_time.RECOVERY_CODES,
        codes=codes,
        wanted=wanted,
        is_owed=sessions.owes_second_factor(),
    )


@bp.route("/account/second-factor/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@early
@proved("GET", "POST")
def set_up_second_factor() -> ResponseReturnValue:
    """Set up an app, or another in its place; a code shows that it works."""
    actor, person = current_actor(), current_person()
    assert person is not None
    form = SetUpForm()
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
    if form.validate_on_submit():
        try:
            codes = services.set_up(
                actor, form.sealed.data or "", form.code.data or "", safe=safe()
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            if not codes:
                return _show()
            sessions.begin(person)
            notify(_("Der zweite Faktor ist eingerichtet. Andere Geräte sind abgemeldet."))
            return _show(codes, form.next.data or "")
    offered = services.offer(actor, safe(), form.sealed.data or "")
    form.sealed.data = offered.sealed
    page = render_template(
        "accounts/set_up_second_factor.html",
        form=form,
        key=one_time.in_groups(offered.secret),
        picture=one_time.picture(offered.secret, person.email),
        factor=queries.find_second_factor(actor.id),
        is_owed=sessions.owes_second_factor(),
    )
    return page, 422 if form.errors else 200


@bp.post("/account/second-factor/codes")
@requires(Permission.ACCOUNT_USE)
@proved("POST")
def renew_recovery_codes() -> ResponseReturnValue:
    """Make other recovery codes; the next page shows them."""
    codes = services.renew_codes(current_actor())
    notify(_("Die bisherigen Ersatzcodes gelten nicht mehr."))
    return _show(codes)


def _show(codes: Sequence[str] = (), wanted: str = "") -> ResponseReturnValue:
    if codes:
        session[_SHOWN_ONCE] = [list(codes), wanted if is_own_path(wanted) else ""]
    return redirect(url_for("accounts.second_factor"), code=303)


@bp.route("/account/second-factor/off", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def turn_off_second_factor() -> ResponseReturnValue:
    """Remove one's second factor, by password and code."""
    actor, person = current_actor(), current_person()
    assert person is not None
    if queries.find_second_factor(actor.id) is None:
        raise NotFound("second factor")
    form = TurnOffForm()
    if form.validate_on_submit():
        try:
            services.turn_off(
                actor,
                password=form.current_password.data or "",
                code=form.code.data or "",
                safe=safe(),
                address=address(),
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            sessions.begin(person)
            notify(_("Der zweite Faktor ist entfernt. Andere Geräte sind abgemeldet."))
            return redirect(url_for("accounts.second_factor"), code=303)
    page = render_template("accounts/turn_off_second_factor.html", form=form)
    return page, 422 if form.errors else 200
