"""Ask the database whether it is ready."""

from __future__ import annotations

from crm.db import db
from crm.migrating import current_revision, newest_revision


def database_is_current() -> bool:
    """Tell whether every migration of this version has been carried out.

    Raises `sqlalchemy.exc.DBAPIError` when the database cannot be reached.
    """
    return current_revision(db.session.connection()) == newest_revision()
