"""Which domain error is which HTTP status, and its words in the reader's language."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException
from wtforms import Form

from crm.errors import Conflict, DomainError, NotAllowed, NotFound
from crm.web.resume import ask_to_send_again

log = logging.getLogger(__name__)
_PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def explain(conflict: Conflict) -> str:
    """Return the sentence that tells a person what is wrong and what to do."""
    values = conflict.values
    match conflict.code:
        case "sign_in_failed":
            return _("E-Mail oder Passwort stimmen nicht. Bitte prüfen Sie beides.")
        case "too_many_attempts":
            return _(
                "Zu viele Versuche. Bitte warten Sie %(seconds)s Sekunden und versuchen Sie es erneut.",
                seconds=values["seconds"],
            )
        case "password_short":
            return _("Das Passwort braucht mindestens %(count)s Zeichen.", count=values["shortest"])
        case "password_long":
            return _(
                "Das Passwort darf höchstens %(count)s Zeichen haben.", count=values["longest"]
            )
        case "password_common":
            return _("Dieses Passwort ist zu leicht zu erraten. Ein ganzer Satz ist besser.")
        case "password_wrong":
            return _("Das bisherige Passwort stimmt nicht.")
        case "email_invalid":
            return _("Bitte geben Sie eine gültige E-Mail-Adresse ein.")
        case "email_taken":
            return _("Diese E-Mail-Adresse gehört schon zu einem Konto.")
        case "name_taken":
            return _("Diesen Namen gibt es schon.")
        case "team_missing":
            return _("Bitte wählen Sie ein Team.")
        case "choice_unknown":
            return _("Bitte wählen Sie einen der angebotenen Einträge.")
        case "organisation_unknown":
            return _(
                "Diese Organisation gibt es nicht oder nicht mehr. Bitte wählen Sie eine andere."
            )
        case "contact_unknown":
            return _("Diese Person gehört nicht zu den gewählten Organisationen.")
        case "concern_unknown":
            return _("Dieses Anliegen ist nicht mehr offen. Bitte wählen Sie ein anderes.")
        case "concern_closed":
            return _("Dieses Anliegen ist schon abgeschlossen.")
        case "concern_outcome_missing":
            return _("Bitte wählen Sie ein Ergebnis, um das Anliegen abzuschließen.")
        case "follow_up_done":
            return _("Diese Wiedervorlage ist schon erledigt.")
        case "assignee_missing":
            return _("Bitte wählen Sie mindestens eine Person.")
        case "visit_status":
            return _("In diesem Zustand des Besuchs ist das nicht möglich.")
        case "stale":
            return _(
                "Jemand anderes hat inzwischen gespeichert. Bitte prüfen Sie die neue Fassung."
            )
    raise LookupError(conflict.code)


def put_on_form(conflict: Conflict, form: Form) -> None:
    """Show a conflict beside the field it is about, or above the form."""
    if conflict.field in form:
        field = form[conflict.field]
        field.errors = [*field.errors, explain(conflict)]
    else:
        form.form_errors.append(explain(conflict))


def _page(status: int, **values: object) -> ResponseReturnValue:
    name = status if status in _PAGES else 500 if status >= 500 else 400  # noqa: PLR2004
    return render_template(
        f"errors/{name}.html", request_id=g.get("request_id", ""), **values
    ), status


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400 and error.response is None:  # noqa: PLR2004
        return error
    return _page(error.code or 500)


def _on_database(error: DBAPIError) -> ResponseReturnValue:
    log.error("request %s: database: %s", g.get("request_id"), type(error.orig).__name__)
    return _page(503)


def _on_anything(error: Exception) -> ResponseReturnValue:
    log.exception("request %s at %s", g.get("request_id"), request.endpoint)
    return _page(500)


def init_app(app: Flask) -> None:
    """Answer every failure with a page that says what happened and what to do."""
    app.register_error_handler(CSRFError, lambda _error: ask_to_send_again())
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(NotAllowed, lambda _error: _page(403))
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(Conflict, lambda error: _page(409, sentence=explain(error)))
    app.register_error_handler(DomainError, lambda _error: _page(400))
    app.register_error_handler(OperationalError, _on_database)
    if not app.testing:
        app.register_error_handler(Exception, _on_anything)
