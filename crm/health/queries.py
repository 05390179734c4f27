"""Ask the database whether it is ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from crm.clock import now
from crm.db import db
from crm.health.models import Worker
from crm.migrating import current_revision, newest_revision


def database_is_current() -> bool:
    """Tell whether every migration of this version has been carried out.

    Raises `sqlalchemy.exc.DBAPIError` when the database cannot be reached.
    """
    return current_revision(db.session.connection()) == newest_revision()


# It says so every minute
SILENT_AFTER = timedelta(minutes=3)


def worker_seen_at() -> datetime | None:
    """Return when a worker last said that it lives, or None when none has."""
    return db.session.scalar(sa.select(sa.func.max(Worker.seen_at)))


def worker_lives() -> bool:
    """Tell whether a worker has said so lately."""
    return _is_lately(worker_seen_at())


def _is_lately(seen_at: datetime | None) -> bool:
    return seen_at is not None and seen_at > now() - SILENT_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How the database was found: whether it answers, whether it is of this version, its worker."""

    is_reachable: bool = False
    is_current: bool = False
    worker_seen_at: datetime | None = None

    @property
    def worker_lives(self) -> bool:
        """Whether a worker has said so lately."""
        return _is_lately(self.worker_seen_at)


def state() -> State:
    """Ask the database for all that matters here, whatever is wrong with it."""
    try:
        is_current = database_is_current()
        seen_at = worker_seen_at() if is_current else None
    except (DBAPIError, NoConnectionFree):
        return State()
    return State(is_reachable=True, is_current=is_current, worker_seen_at=seen_at)
