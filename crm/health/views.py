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
    """Say whether the database answers and its tables are those of this version; 503 if not."""
    try:
        is_current = queries.database_is_current()
    except DBAPIError:
        return jsonify(database="unreachable", migrations="unknown"), 503
    migrations = "current" if is_current else "pending"
    return jsonify(database="ok", migrations=migrations), 200 if is_current else 503
