"""Ask the database whether it is ready."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

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


def worker_lives() -> bool:
    """Tell whether a worker has said so lately."""
    heard = sa.exists().where(Worker.seen_at > now() - SILENT_AFTER)
    return bool(db.session.scalar(sa.select(heard)))
