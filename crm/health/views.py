"""/healthz and /readyz."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from crm.health import queries
from crm.web.access import public

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
    try:
        is_current = queries.database_is_current()
        worker_lives = is_current and queries.worker_lives()
    except DBAPIError:
        return jsonify(database="unreachable", migrations="unknown", worker="unknown"), 503
    migrations = "current" if is_current else "pending"
    worker = "ok" if worker_lives else "missing" if is_current else "unknown"
    answer = jsonify(database="ok", migrations=migrations, worker=worker)
    return answer, 200 if is_current else 503
