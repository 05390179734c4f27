"""Pages of signing in and out and of one's own account."""

from __future__ import annotations

from uuid import UUID

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, refresh

from crm.accounts import queries, services
from crm.accounts.documents import lasts
from crm.accounts.forms import ChosenForm, ForgottenForm, PasswordForm, SignInForm
from crm.accounts.models import PersonState
from crm.calendar import queries as calendar
from crm.calendar.views import address_to_show
from crm.errors import Conflict, NotFound
from crm.policy import Permission, may
from crm.web import sessions
from crm.web.access import current_actor, current_person, public, requires
from crm.web.errors import explain, put_on_form
from crm.web.notices import notify
from crm.web.resume import is_own_path, kept_input
from crm.workflows import services as workflows

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
    assert person is not None
    if may(person.actor, Permission.VISIT_READ):
        return url_for("my_day.index")
    runs_it = may(person.actor, Permission.SETTINGS_MANAGE)
    return url_for("administration.index" if runs_it else "accounts.show")


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
    person = current_person()
    assert person is not None
    return render_template(
        "accounts/show.html",
        person=person,
        devices=sessions.of_the_person(person),
        this_device=sessions.current_key(),
        feed=calendar.find_of(person.id),
        calendar_address=address_to_show(),
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


@bp.route("/forgot-password", methods=["GET", "POST"])
@public
def forgot_password() -> ResponseReturnValue:
    """Ask for a mail with a link; the answer is the same whoever's address it is."""
    form = ForgottenForm()
    sends_mails = current_app.config["CRM"].sends_mails
    status = 200
    if sends_mails and form.validate_on_submit():
        try:
            workflows.ask_for_password(form.email.data or "", address=_address())
        except services.TooManyAttempts as failure:
            form.form_errors.append(explain(failure))
            status = 429
        else:
            notify(
                _("Wenn zu dieser Adresse ein Konto gehört, kommt gleich eine Mail dorthin.")
                + " "
                + lasts(PersonState.ACTIVE)
            )
            return redirect(url_for("accounts.sign_in"), code=303)
    if form.errors and status == 200:  # noqa: PLR2004
        status = 422
    page = render_template("accounts/forgot_password.html", form=form, sends_mails=sends_mails)
    return page, status


@bp.route("/choose-password", methods=["GET", "POST"])
@public
def choose_password() -> ResponseReturnValue:
    """Choose a password by a link; whatever is wrong with the link, the answer is the same.

    The token stands in the query: paths are noted in the audit log.
    """
    token = request.args.get("token", "")
    form = ChosenForm()
    try:
        person = services.get_by_link(token, address=_address())
        if form.validate_on_submit():
            services.choose_password(token, form.new_password.data or "")
            notify(_("Ihr Passwort gilt jetzt. Bitte melden Sie sich damit an."))
            return redirect(url_for("accounts.sign_in"), code=303)
    except services.TooManyAttempts:
        abort(429)
    except NotFound:
        return render_template("errors/link.html"), 404
    except Conflict as failure:
        put_on_form(failure, form)
    page = render_template("accounts/choose_password.html", form=form, person=person, token=token)
    return page, 422 if form.errors else 200


def _address() -> str:
    return request.remote_addr or ""
