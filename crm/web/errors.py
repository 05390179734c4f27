"""Which domain error is which HTTP status, and its words in the reader's language."""

from __future__ import annotations

import logging

from flask import Flask, current_app, g, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError
from wtforms import Form

from crm.errors import Conflict, DomainError, NotAllowed, NotFound, Stale
from crm.extensions import login_manager
from crm.web import agency
from crm.web.forms import VersionedForm
from crm.web.resume import ask_to_send_again, typed_input, typed_words

log = logging.getLogger(__name__)
# What the database refuses because of what we asked; anything else it says is its own trouble
_OUR_FAULT = (DataError, IntegrityError, ProgrammingError)
_PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


# Told to a person: what is wrong and what to do. Values in %(…)s come with the conflict.
SENTENCES = {
    "sign_in_failed": _l("E-Mail oder Passwort stimmen nicht. Bitte prüfen Sie beides."),
    "too_many_attempts": _l(
        "Zu viele Versuche. Bitte warten Sie %(seconds)s Sekunden und versuchen Sie es erneut."
    ),
    "password_short": _l("Das Passwort braucht mindestens %(shortest)s Zeichen."),
    "password_long": _l("Das Passwort darf höchstens %(longest)s Zeichen haben."),
    "password_common": _l("Dieses Passwort ist zu leicht zu erraten. Ein ganzer Satz ist besser."),
    "password_wrong": _l("Das bisherige Passwort stimmt nicht."),
    "code_wrong": _l(
        "Dieser Code gilt nicht oder wurde schon benutzt. Bitte nehmen Sie den nächsten."
    ),
    "second_factor_over": _l(
        "Die Seite war zu lange offen. Bitte nehmen Sie den neuen Schlüssel, der jetzt hier steht."
    ),
    "own_second_factor": _l("Ihren eigenen zweiten Faktor entfernen Sie unter „Mein Konto“."),
    "email_invalid": _l("Bitte geben Sie eine gültige E-Mail-Adresse ein."),
    "email_taken": _l("Diese E-Mail-Adresse gehört schon zu einem Konto."),
    "name_taken": _l("Diesen Namen gibt es schon."),
    "team_missing": _l("Bitte wählen Sie ein Team."),
    "team_closed": _l("Dieses Team ist geschlossen. Öffnen Sie es zuerst wieder."),
    "team_in_use": _l(
        "Dieses Team lässt sich noch nicht schließen: Es gehören noch Personen dazu, oder es ist"
        " noch etwas offen."
    ),
    "team_bound": _l(
        "Dieses Team teilt Organisationen und Vorgänge mit anderen Teams seines Trägers und kann"
        " ihn deshalb nicht wechseln."
    ),
    "clock_reversed": _l("Die Lösung kann nicht vor der ersten Rückmeldung fällig sein."),
    "last_topic": _l("Das ist das letzte Thema. Ein Gespräch braucht mindestens eines."),
    "agreement_ahead": _l(
        "Die Vereinbarung gilt noch nicht. Bitte geben Sie heute oder einen früheren Tag an."
    ),
    "colour_unknown": _l(
        "Das ist keine Farbe. Gemeint sind sechs Zeichen aus 0–9 und a–f, wie #1f4fa8."
    ),
    "colour_pale": _l(
        "Diese Farbe ist auf hellem Grund zu schwach zu lesen: Ihr Kontrast liegt unter 4,5 : 1."
        " Bitte wählen Sie eine dunklere."
    ),
    "body_same": _l("Das Team gehört schon zu diesem Träger."),
    "choice_unknown": _l("Bitte wählen Sie einen der angebotenen Einträge."),
    "organisation_unknown": _l(
        "Diese Organisation gibt es nicht oder nicht mehr. Bitte wählen Sie eine andere."
    ),
    "organisation_missing": _l("Bitte wählen Sie mindestens eine Organisation."),
    "name_missing": _l("Bitte geben Sie einen Namen ein."),
    "name_refused": _l("Der Name enthält Steuerzeichen oder ist länger als 300 Zeichen."),
    "municipality_missing": _l("Bitte geben Sie die Gemeinde ein."),
    "range_reversed": _l("Der zweite Wert darf nicht kleiner sein als der erste."),
    "reason_missing": _l("Bitte geben Sie einen Grund an."),
    "contact_unknown": _l("Diese Person gehört nicht zu den gewählten Organisationen."),
    "concern_unknown": _l("Dieses Anliegen ist nicht mehr offen. Bitte wählen Sie ein anderes."),
    "concern_wider": _l(
        "Dieses Anliegen eines anderen Teams sehen mehr Menschen als diese Notiz."
        " Wählen Sie bitte „Neues Anliegen“."
    ),
    "concern_outcome_missing": _l("Bitte wählen Sie ein Ergebnis, um das Anliegen abzuschließen."),
    "concern_reason_missing": _l("Bitte begründen Sie das Ergebnis in einem Satz."),
    "concern_circle": _l(
        "Ein Gesprächspunkt dieses Anliegens ist für weniger Menschen bestimmt."
        " Bitte wählen Sie einen engeren Kreis."
    ),
    "collaborator_blind": _l(
        "%(names)s kann dieses Anliegen nicht sehen. Bitte ändern Sie, wer mitarbeitet oder für wen"
        " es sichtbar ist."
    ),
    "note_unknown": _l(
        "Dieser Gesprächspunkt gehört inzwischen zu einem anderen Anliegen oder ist nicht mehr da."
    ),
    "follow_up_done": _l("Diese Wiedervorlage ist schon erledigt."),
    "nothing_chosen": _l("Bitte wählen Sie mindestens eine Wiedervorlage."),
    "too_many_chosen": _l("Bitte wählen Sie höchstens %(most)s Wiedervorlagen auf einmal."),
    "snooze_past": _l("Bitte wählen Sie einen Tag nach heute."),
    "recurrence_nonsense": _l(
        "Diese Regel lässt sich nicht lesen. Gemeint ist etwas wie FREQ=MONTHLY;BYDAY=-1FR."
    ),
    "recurrence_finer": _l("Wiedervorlagen kommen höchstens einmal am Tag wieder."),
    "recurrence_endless": _l(
        "Bitte geben Sie an, bis wann oder wie oft sie wiederkommt. Eine Serie braucht ein Ende."
    ),
    "recurrence_empty": _l("Nach dieser Regel kommt sie bis zum Ende nicht wieder."),
    "recurrence_many": _l(
        "Das wären mehr als 366 Termine. Bitte wählen Sie ein früheres Ende oder größere Abstände."
    ),
    "assignee_missing": _l("Bitte wählen Sie mindestens eine Person."),
    "day_past": _l("Bitte geben Sie einen Tag ab heute an."),
    "concern_closed": _l(
        "Dieses Anliegen ist abgeschlossen. Öffnen Sie es wieder, um zu vermitteln."
    ),
    "agreement_missing": _l(
        "Ohne Einverständnis des Unternehmens geht nichts an den Partner."
        " Bitte geben Sie an, wer zugestimmt hat."
    ),
    "agreement_day_missing": _l(
        "Bitte geben Sie an, wann das Unternehmen zugestimmt hat: heute oder früher."
    ),
    "procedure_ahead": _l("Bitte geben Sie heute oder einen früheren Tag an."),
    "procedure_reversed": _l("Die Entscheidung kann nicht vor dem Beginn liegen."),
    "answer_day_past": _l("Die Rückmeldung kann erst ab heute erwartet werden."),
    "contact_without_email": _l(
        "Zu dieser Person ist keine E-Mail-Adresse eingetragen."
        " Tragen Sie eine ein oder laden Sie das Blatt herunter."
    ),
    "contact_wants_no_email": _l(
        "Diese Person möchte keine E-Mail. Laden Sie das Blatt herunter und geben Sie es ihr."
    ),
    "passed_on_missing": _l("Bitte schreiben Sie, was der Partner erfahren darf."),
    "referral_closed": _l("Diese Vermittlung ist abgeschlossen. Öffnen Sie sie zuerst wieder."),
    "referral_contact_missing": _l("Bitte wählen Sie, wen Sie beim Partner ansprechen."),
    "referral_note_missing": _l("Bitte halten Sie das Ergebnis in einem Satz fest."),
    "referral_out": _l(
        "Diese Vermittlung ist schon beim Partner oder hat ein Ergebnis."
        " Schließen Sie sie mit einem Ergebnis ab, statt sie zurückzunehmen."
    ),
    "referral_result_missing": _l("Bitte wählen Sie, was die Vermittlung ergeben hat."),
    "successor_missing": _l("Bitte wählen Sie, wer die Arbeit übernimmt."),
    "successor_unknown": _l(
        "Diese Person kann nichts übernehmen. Bitte wählen Sie jemanden, der hier arbeitet."
    ),
    "own_account": _l("Ihr eigenes Konto können Sie nicht selbst schließen."),
    "only_administrator": _l(
        "Das ist das einzige Konto, das diese Instanz verwaltet. Es bleibt deshalb offen."
    ),
    "last_administrator": _l(
        "Sonst verwaltet niemand mehr diese Instanz. Bitte geben Sie die Verwaltung zuerst jemand"
        " anderem."
    ),
    "role_missing": _l("Ohne Rolle und ohne Verwaltung kann niemand etwas tun."),
    "lead_elsewhere": _l("Bitte wählen Sie nur Teams desselben Trägers."),
    "invitation_over": _l("Diese Person hat schon ein Passwort. Eine Einladung braucht sie nicht."),
    "person_left": _l(
        "Diese Person ist inzwischen ausgeschieden. Was sie hatte, bleibt, wo es ist."
    ),
    "too_many_views": _l(
        "Mehr als %(most)s Ansichten je Seite lassen sich nicht sichern. Bitte löschen Sie eine."
    ),
    "visit_status": _l("Beim jetzigen Status des Besuchs ist das nicht möglich."),
    "title_missing": _l("Bitte geben Sie dem Bericht einen Titel."),
    "period_reversed": _l("Der Zeitraum endet vor seinem Anfang. Bitte prüfen Sie beide Tage."),
    "period_long": _l("Bitte wählen Sie höchstens %(years)s Jahre."),
    "key_date_ahead": _l("Der Stichtag liegt in der Zukunft. Bitte wählen Sie heute oder früher."),
    "key_date_early": _l("Der Stichtag liegt vor dem Zeitraum. Bitte wählen Sie einen späteren."),
    "quarterly_long": _l(
        "Der Quartalsbericht hat zwei Seiten. Bitte kürzen Sie den Text auf %(characters)s"
        " Zeichen und %(lines)s Zeilen."
    ),
    "report_finished": _l(
        "Der Bericht ist abgeschlossen. Öffnen Sie ihn wieder, um etwas zu ändern."
    ),
    "report_not_ready": _l(
        "Die Zahlen des Berichts liegen noch nicht vor. Bitte warten Sie, bis sie berechnet sind."
    ),
    "stale": _l(
        "Jemand anderes hat inzwischen Änderungen gesichert. Bitte prüfen Sie die neue Fassung."
    ),
}


def explain(conflict: Conflict) -> str:
    """Return the sentence that tells a person what is wrong and what to do."""
    sentence = str(SENTENCES[conflict.code])
    return sentence % conflict.values if conflict.values else sentence


def put_on_form(conflict: Conflict, form: Form) -> None:
    """Show a conflict beside the field it is about, or above the form."""
    if conflict.field in form:
        field = form[conflict.field]
        field.errors = [*field.errors, explain(conflict)]
    else:
        form.form_errors.append(explain(conflict))


def put_on_versioned(conflict: Conflict, form: VersionedForm, *, version: int) -> None:
    """Show a conflict on a page that shows what is stored beside the form.

    version  of what is stored: sent once more, it was seen
    """
    put_on_form(conflict, form)
    if isinstance(conflict, Stale):
        form.version.data = str(version)


def _forget_person() -> None:
    # A page about a failure must not ask the database who is reading it
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001
    agency.keep_last_known()


def _page(status: int, **values: object) -> ResponseReturnValue:
    name = status if status in _PAGES else 500 if status >= 500 else 400  # noqa: PLR2004
    typed = typed_input()
    page = render_template(
        f"errors/{name}.html",
        request_id=g.get("request_id", ""),
        typed=typed,
        words=typed_words(typed[1]) if typed else "",
        **values,
    )
    return page, status


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400 and error.response is None:  # noqa: PLR2004
        return error
    if isinstance(error, SecurityError) or request_ctx.url_adapter is None:
        # Under a host name that is not ours, or is none, no address can be built, and so no page;
        # nor is the name repeated
        return BadRequest().get_response()
    return _page(error.code or 500)


def _on_database(error: DBAPIError | NoConnectionFree) -> ResponseReturnValue:
    if isinstance(error, _OUR_FAULT):
        if current_app.testing:
            raise error
        return _on_anything(error)
    reason = getattr(error, "orig", error)
    log.error("request %s: database: %s", g.get("request_id"), type(reason).__name__)
    _forget_person()
    return _page(503)


def _on_anything(error: Exception) -> ResponseReturnValue:
    log.error("request %s at %s", g.get("request_id"), request.endpoint, exc_info=error)
    _forget_person()
    return _page(500)


def init_app(app: Flask) -> None:
    """Answer every failure with a page that says what happened and what to do."""
    app.register_error_handler(CSRFError, lambda _error: ask_to_send_again())
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(NotAllowed, lambda _error: _page(403))
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(Conflict, lambda error: _page(409, sentence=explain(error)))
    app.register_error_handler(DomainError, lambda _error: _page(400))
    app.register_error_handler(DBAPIError, _on_database)
    app.register_error_handler(NoConnectionFree, _on_database)
    if not app.testing:
        app.register_error_handler(Exception, _on_anything)
