"""Pages of signing in and out and of one's own account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh

from crm.accounts import queries, services
from crm.accounts.forms import PasswordForm, SignInForm
from crm.calendar import queries as calendar
from crm.calendar.views import address_to_show
from crm.errors import Conflict
from crm.policy import Permission, may
from crm.web import sessions
from crm.web.access import current_actor, current_person, public, requires
from crm.web.errors import explain, put_on_form
from crm.web.resume import is_own_path, kept_input

bp = Blueprint("accounts", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in by e-mail and password."""
    form = SignInForm()
    kept = kept_input()
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
        if current_person():
            return redirect(_start(form.next.data or ""), code=303)
    status = 200
    if form.validate_on_submit():
        try:
            person = services.sign_in(
                form.email.data or "", form.password.data or "", address=_address()
            )
        except services.TooManyAttempts as failure:
            form.form_errors.append(explain(failure))
            status = 429
        except Conflict as failure:
            form.form_errors.append(explain(failure))
        else:
            sessions.begin(person)
            if kept:
                return render_template("accounts/resume.html", path=kept[0], fields=kept[1])
            return redirect(_start(form.next.data or ""), code=303)
    if form.errors and status == 200:  # noqa: PLR2004
        status = 422
    return render_template("accounts/sign_in.html", form=form, kept=kept), status


def _start(wanted: str) -> str:
    """Return where a person goes after signing in: the wanted page of ours, or their first one."""
    if is_own_path(wanted):
        return wanted
    person = current_person()
    reads = person is not None and may(person.actor, Permission.VISIT_READ)
    return url_for("my_day.index" if reads else "accounts.show")


@bp.post("/sign-out")
@requires(Permission.ACCOUNT_USE)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    sessions.end(request)
    return redirect(url_for("accounts.sign_in"), code=303)


@bp.get("/account")
@requires(Permission.ACCOUNT_USE)
def show() -> ResponseReturnValue:
    """Show one's own account."""
    return render_template(
        "accounts/show.html",
        person=current_person(),
        languages=services.LANGUAGES,
        feed=calendar.find_of(current_actor().id),
        calendar_address=address_to_show(),
    )


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = PasswordForm()
    if form.validate_on_submit():
        actor = current_actor()
        try:
            services.change_password(
                actor,
                current=form.current_password.data or "",
                new=form.new_password.data or "",
                address=_address(),
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
def language() -> ResponseReturnValue:
    """Choose the language of one's own pages."""
    services.change_language(current_actor(), request.form.get("language", ""))
    refresh()
    back = request.form.get("back", "")
    return redirect(back if is_own_path(back) else url_for("accounts.show"), code=303)


def _address() -> str:
    return request.remote_addr or ""
