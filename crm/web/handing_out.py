"""Every file that is handed out leaves an audit line: who, when, and from which address."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from crm import audit
from crm.web.access import current_person


def _note(response: Response) -> Response:
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    if not is_file or response.status_code != HTTPStatus.OK or request.method != "GET":
        return response
    person = current_person()
    try:
        audit.tell_of_file(person.id if person else None)
    except SQLAlchemyError as error:
        # Too late for Flask to ask the handlers of errors itself
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def init_app(app: Flask) -> None:
    """Note every file; what cannot be noted is not handed out."""
    app.after_request(_note)
