"""What each request leaves behind: a name for its error page, a line in the log, its figures."""

from __future__ import annotations

import logging
import secrets
from functools import cached_property
from time import perf_counter

from flask import Flask, Response, current_app, g, request

from crm.logs import facts
from crm.tally import METHODS, OTHER, Tally

_log = logging.getLogger(__name__)
_OPTION = "crm_observed"


class _Observed:
    """The figures of one application, which knows its endpoints when it first answers."""

    def __init__(self, app: Flask):
        self._app = app

    @cached_property
    def tally(self) -> Tally:
        return Tally([rule.endpoint for rule in self._app.url_map.iter_rules()])


def tally_of(app: Flask) -> Tally:
    """Return what counts the requests of an application."""
    observed: _Observed = app.extensions[_OPTION]
    return observed.tally


def share(app: Flask) -> None:
    """Let all web processes of this installation tell the figures of all of them."""
    try:
        tally_of(app).share(app.config["CRM"].instance / "metrics")
    except OSError:
        _log.warning("The figures of the web processes cannot be put together.", exc_info=True)


def _begin() -> None:
    g.request_id = secrets.token_hex(4)
    g.began = perf_counter()


def _end(response: Response) -> Response:
    ended = perf_counter()
    seconds = ended - g.get("began", ended)
    # Whatever else stands before the path, somebody made it up
    method = request.method if request.method in METHODS else OTHER
    _log.info(
        "request",
        extra=facts(
            method=method,
            route=request.url_rule.rule if request.url_rule else "",
            status=response.status_code,
            ms=round(1_000 * seconds, 1),
        ),
    )
    tally_of(current_app).note(request.endpoint or "", method, response.status_code, seconds)
    return response


def init_app(app: Flask) -> None:
    """Observe every request; registered first, so that nothing of it is left out."""
    app.extensions[_OPTION] = _Observed(app)
    app.before_request(_begin)
    app.after_request(_end)
