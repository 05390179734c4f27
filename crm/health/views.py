"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import hmac
from collections import Counter
from importlib.metadata import version

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from crm.health import queries
from crm.health.documents import CONTENT_TYPE, metrics
from crm.mail import queries as mail
from crm.mail.models import MailState
from crm.web.access import public
from crm.web.observing import tally_of
from crm.web.peers import comes_from_here

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether the database answers and its tables are those of this version; 503 if not.

    Without a worker, pages can be served: that is said, and no reason to send nobody here.
    """
    state = queries.state()
    if not state.is_reachable:
        return jsonify(database="unreachable", migrations="unknown", worker="unknown"), 503
    migrations = "current" if state.is_current else "pending"
    worker = "ok" if state.worker_lives else "missing" if state.is_current else "unknown"
    answer = jsonify(database="ok", migrations=migrations, worker=worker)
    return answer, 200 if state.is_current else 503


@bp.get("/metrics")
@public
def figures() -> ResponseReturnValue:
    """Tell this machine, and whoever has the token, how the installation does."""
    if not (comes_from_here(request) or _has_token()):
        abort(404)
    state = queries.state()
    text = metrics(
        state,
        tally_of(current_app).read(),
        _mails() if state.is_current else None,
        version=version("augenhoehe"),
    )
    return Response(text, content_type=CONTENT_TYPE)


def _has_token() -> bool:
    token = current_app.config["CRM"].metrics_token
    kind, _blank, shown = request.headers.get("Authorization", "").partition(" ")
    is_it = hmac.compare_digest(shown.encode(), token.encode())
    return bool(token) and kind.lower() == "bearer" and is_it


def _mails() -> dict[str, int]:
    found = Counter({MailState.WAITING: 0, MailState.REFUSED: 0})
    for counted in mail.counts():
        found[counted.state] += counted.number
    return {str(state): number for state, number in found.items()}
