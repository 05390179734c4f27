"""Pages of one's own account: who one is, password, language, devices."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, refresh

from crm.accounts import queries, services
from crm.accounts.forms import PasswordForm
from crm.accounts.views.blueprint import address, bp
from crm.calendar import queries as calendar
from crm.calendar.views import address_to_show
from crm.errors import Conflict
from crm.policy import Permission
from crm.web import sessions
from crm.web.access import current_actor, current_person, early, requires
from crm.web.errors import put_on_form
from crm.web.notices import notify
from crm.web.resume import is_own_path


@bp.get("/account")
@requires(Permission.ACCOUNT_USE)
def show() -> ResponseReturnValue:
    """Show one's own account."""
    person = current_person()
    assert person is not None
    return render_template(
        "accounts/show.html",
        person=person,
        devices=sessions.of_the_person(person),
        this_device=sessions.current_key(),
        feed=calendar.find_of(person.id),
        calendar_address=address_to_show(),
        second_factor=queries.find_second_factor(person.id),
    )


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends, and the calendar."""
    form = PasswordForm()
    if form.validate_on_submit():
        actor = current_actor()
        try:
            services.change_password(
                actor,
                current=form.current_password.data or "",
                new=form.new_password.data or "",
                address=address(),
            )
        except Conflict as failure:
            put_on_form(failure, form)
        else:
            person = queries.find_person(actor.id)
            if person is not None:
                sessions.begin(person)
            flash(_("Ihr Passwort ist geändert. Andere Geräte sind abgemeldet."), "success")
            return redirect(url_for("accounts.show"), code=303)
    return render_template("accounts/password.html", form=form), 422 if form.errors else 200


@bp.post("/account/language")
@requires(Permission.ACCOUNT_USE)
@early
def language() -> ResponseReturnValue:
    """Choose the language of one's own pages."""
    services.change_language(current_actor(), request.form.get("language", ""))
    refresh()
    back = request.form.get("back", "")
    return redirect(back if is_own_path(back) else url_for("accounts.show"), code=303)


@bp.post("/account/devices/<uuid:sign_in_id>/sign-out")
@requires(Permission.ACCOUNT_USE)
def sign_out_device(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign another browser of one's own out."""
    services.end_device(current_actor(), sign_in_id)
    notify(_("Das Gerät ist abgemeldet."))
    return redirect(url_for("accounts.show", _anchor="devices"), code=303)


@bp.post("/account/devices/sign-out")
@requires(Permission.ACCOUNT_USE)
def sign_out_others() -> ResponseReturnValue:
    """Sign all other browsers of one's own out."""
    count = services.end_other_devices(current_actor(), but=sessions.current_key())
    notify(ngettext("%(num)s Gerät ist abgemeldet.", "%(num)s Geräte sind abgemeldet.", count))
    return redirect(url_for("accounts.show", _anchor="devices"), code=303)
