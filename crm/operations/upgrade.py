"""Bring the database to this version: a backup first, then migrations and the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from config import Settings
from crm.audit import chain
from crm.clock import now
from crm.migrating import current_revision, migrate, newest_revision
from crm.offers.services import load_offers
from crm.operations import database, instance
from crm.operations.backup import back_up
from crm.operations.refusal import Refused
from crm.topics.services import load_catalogue

# Any number, as long as it is always the same: one upgrade at a time.
_LOCK = 4_712_202_611


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What was done: from which revision (None: a new database) to which, and the backup."""

    before: str | None
    after: str | None
    backup: Path | None

    @property
    def changed(self) -> bool:
        """Tell whether there was anything to do."""
        return self.before != self.after


def is_current(settings: Settings) -> bool:
    """Tell whether the database is that of this version."""
    return database.state(settings)[0] == newest_revision()


def upgrade(settings: Settings) -> Upgrade:
    """Carry out what is missing, after a backup into the instance folder when there is data.

    Brings the catalogues of topics and offers up to this version as well.
    """
    instance.prepare(settings)
    before, has_people = database.state(settings)
    newest = newest_revision()
    backup = None
    if before != newest:
        if before is not None and has_people:
            backup = _back_up_first(settings, before)
        with database.engine_of(settings, write=True) as engine:
            carry_out(engine)
    with instance.opened(settings):
        chain.begin()
        load_catalogue()
        load_offers()
    return Upgrade(before=before, after=newest, backup=backup)


def _back_up_first(settings: Settings, before: str) -> Path:
    folder = settings.instance / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    backup = folder / f"{now():%Y%m%d-%H%M%S}-{before}.tar.gz"
    back_up(settings, backup)
    return backup


def carry_out(engine: sa.Engine) -> None:
    """Carry out all migrations in one transaction: whole, or not at all.

    Raises `Refused` when rows would refer to nothing afterwards.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            # Migrations rebuild tables; SQLite allows this with references off only, and lets
            # them be switched outside of transactions only.
            _switch_references(connection, on=False)
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                if current_revision(connection) != newest_revision():
                    migrate(connection)
                if is_sqlite and (broken := _broken_references(connection)):
                    raise Refused(f"Nach der Umstellung fehlen Bezüge: {broken}")
        finally:
            if is_sqlite:
                _switch_references(connection, on=True)


def _switch_references(connection: sa.Connection, *, on: bool) -> None:
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _broken_references(connection: sa.Connection) -> str:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return ", ".join(f"{row[0]} → {row[2]}" for row in rows[:5])
