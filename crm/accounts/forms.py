"""Forms of signing in and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from crm.web.addresses import valid_email
from crm.web.forms import Form, LineField


class SignInForm(Form):
    """Sign in by e-mail and password."""

    email = LineField(
        _l("E-Mail"),
        validators=[InputRequired(_l("Bitte geben Sie Ihre E-Mail-Adresse ein."))],
        render_kw={"type": "email", "autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        _l("Passwort"),
        validators=[InputRequired(_l("Bitte geben Sie Ihr Passwort ein."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ForgottenForm(Form):
    """Ask for a link to another password."""

    email = LineField(
        _l("E-Mail"),
        validators=[InputRequired(_l("Bitte geben Sie Ihre E-Mail-Adresse ein.")), valid_email],
        render_kw={"type": "email", "autocomplete": "username", "inputmode": "email"},
    )


def _new_password() -> PasswordField:
    return PasswordField(
        _l("Neues Passwort"),
        description=_l("Mindestens 12 Zeichen; ein ganzer Satz ist am besten."),
        validators=[InputRequired(_l("Bitte geben Sie ein neues Passwort ein."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChosenForm(Form):
    """Choose a password by a link."""

    new_password = _new_password()


class PasswordForm(Form):
    """Change one's own password."""

    current_password = PasswordField(
        _l("Bisheriges Passwort"),
        validators=[InputRequired(_l("Bitte geben Sie Ihr bisheriges Passwort ein."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = _new_password()
