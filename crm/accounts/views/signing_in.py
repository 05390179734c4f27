"""Pages of signing in and out: password, code of the second factor, a forgotten password."""

from __future__ import annotations

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries, services
from crm.accounts.documents import lasts
from crm.accounts.forms import ChosenForm, CodeForm, ForgottenForm, SignInForm
from crm.accounts.models import Person, PersonState
from crm.accounts.views.blueprint import address, bp, safe
from crm.errors import Conflict, NotFound
from crm.policy import Permission, may
from crm.web import sessions
from crm.web.access import current_person, early, public, requires
from crm.web.errors import explain, put_on_form
from crm.web.notices import notify
from crm.web.resume import is_own_path, kept_input
from crm.workflows import services as workflows


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
            person, half = services.sign_in(
                form.email.data or "", form.password.data or "", address=address()
            )
        except services.TooManyAttempts as failure:
            form.form_errors.append(explain(failure))
            status = 429
        except Conflict as failure:
            form.form_errors.append(explain(failure))
        else:
            if half:
                return _ask_for_code(half, form.next.data or "")
            return _begin(person, form.next.data or "")
    if form.errors and status == 200:  # noqa: PLR2004
        status = 422
    return render_template("accounts/sign_in.html", form=form, kept=kept), status


def _begin(person: Person, wanted: str) -> ResponseReturnValue:
    """Sign a person in, and lead on to what they wanted or had typed."""
    sessions.begin(person)
    if kept := kept_input():
        return render_template("accounts/resume.html", path=kept[0], fields=kept[1])
    return redirect(_start(wanted), code=303)


def _ask_for_code(half: str, wanted: str) -> ResponseReturnValue:
    """Lead on to the code; what was typed elsewhere goes along with its page."""
    sessions.begin_half(half)
    if kept := kept_input():
        form = CodeForm(formdata=None, next=wanted)
        return render_template("accounts/code.html", form=form, kept=kept)
    return redirect(url_for("accounts.code", next=wanted or None), code=303)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """Finish a half sign-in by a code; without one, begin anew."""
    form = CodeForm()
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
        if queries.find_person_by_half(sessions.half()) is None:
            return redirect(url_for("accounts.sign_in", next=form.next.data or None), code=303)
    status = 200
    if form.validate_on_submit():
        try:
            person = services.finish_sign_in(
                sessions.half(), form.code.data or "", safe=safe(), address=address()
            )
        except NotFound:
            return _begin_anew(form.next.data or "")
        except services.TooManyAttempts as failure:
            form.form_errors.append(explain(failure))
            status = 429
        except Conflict as failure:
            put_on_form(failure, form)
        else:
            return _begin(person, form.next.data or "")
    if form.errors and status == 200:  # noqa: PLR2004
        status = 422
    return render_template("accounts/code.html", form=form, kept=kept_input()), status


def _begin_anew(wanted: str) -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=wanted)
    form.form_errors.append(
        _("Zwischen Passwort und Code lag zu viel Zeit. Bitte melden Sie sich noch einmal an.")
    )
    return render_template("accounts/sign_in.html", form=form, kept=kept_input()), 422


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
@early
def sign_out() -> ResponseReturnValue:
    """End this session."""
    sessions.end(request)
    return redirect(url_for("accounts.sign_in"), code=303)


@bp.route("/forgot-password", methods=["GET", "POST"])
@public
def forgot_password() -> ResponseReturnValue:
    """Ask for a mail with a link; the answer is the same whoever's address it is."""
    form = ForgottenForm()
    sends_mails = current_app.config["CRM"].sends_mails
    status = 200
    if sends_mails and form.validate_on_submit():
        try:
            workflows.ask_for_password(form.email.data or "", address=address())
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
        person = services.get_by_link(token, address=address())
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
