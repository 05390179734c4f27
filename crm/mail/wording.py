"""What went wrong with a mail, in a sentence that says what helps."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.mail.models import Failure

_SENTENCES: Mapping[Failure, str] = {
    Failure.ADDRESS: _l("Der Mailserver kennt die Adresse nicht."),
    Failure.CONNECTION: _l("Der Mailserver ist nicht erreichbar oder hat die Verbindung beendet."),
    Failure.ENCRYPTION: _l(
        "Die Verschlüsselung passt nicht: Bitte prüfen Sie CRM_SMTP_TLS, den Port und das"
        " Zertifikat."
    ),
    Failure.MESSAGE: _l("Der Mailserver nimmt diese Nachricht nicht an."),
    Failure.SENDER: _l(
        "Der Mailserver nimmt den Absender nicht an: Bitte prüfen Sie CRM_MAIL_FROM."
    ),
    Failure.SIGN_IN: _l(
        "Der Mailserver nimmt Name oder Passwort nicht an: Bitte prüfen Sie CRM_SMTP_USER und"
        " CRM_SMTP_PASSWORD."
    ),
    Failure.TEMPORARY: _l("Der Mailserver bittet, es später noch einmal zu versuchen."),
}


def failed(failure: Failure, answer: int = 0) -> str:
    """Return what went wrong, with the number the mail server gave."""
    sentence = str(_SENTENCES[failure])
    if not answer:
        return sentence
    return _("%(sentence)s (Antwort %(number)s)", sentence=sentence, number=answer)
