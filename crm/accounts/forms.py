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


def _code(hint: str) -> LineField:
    return LineField(
        _l("Code"),
        description=hint,
        validators=[InputRequired(_l("Bitte geben Sie den Code ein."))],
        # A code that was refused is not typed a second time
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "value": ""},
    )


_OF_APP_OR_RECOVERY = _l("Sechs Ziffern aus Ihrer App. Ohne Ihr Gerät: einer Ihrer Ersatzcodes.")


class CodeForm(Form):
    """Finish signing in by a code."""

    code = _code(_OF_APP_OR_RECOVERY)
    next = HiddenField()


class SetUpForm(Form):
    """Set an app up as second factor, and show that it works."""

    code = _code(_l("Sechs Ziffern, die die App jetzt zeigt."))
    sealed = HiddenField()
    next = HiddenField()


class TurnOffForm(Form):
    """Remove one's second factor."""

    current_password = PasswordField(
        _l("Passwort"),
        validators=[InputRequired(_l("Bitte geben Sie Ihr Passwort ein."))],
        render_kw={"autocomplete": "current-password"},
    )
    code = _code(_OF_APP_OR_RECOVERY)


class ProofForm(TurnOffForm):
    """Show once more who one is."""

    next = HiddenField()

    def expect(self, *, code: bool) -> None:
        """Ask for a code only where there is a second factor."""
        if not code:
            del self.code

    @property
    def typed_code(self) -> str:
        """Return the code; empty where none is asked for."""
        return (self.code.data or "") if "code" in self else ""
