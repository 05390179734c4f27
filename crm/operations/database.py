"""What the commands ask a database, whatever kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from config import Settings
from crm.accounts.models import Person
from crm.db import make_engine
from crm.migrating import current_revision
from crm.operations.refusal import Refused


def is_sqlite(settings: Settings) -> bool:
    """Tell whether the data is in one file on this machine."""
    return settings.url.startswith("sqlite")


def sqlite_file(settings: Settings) -> Path:
    """Return the file that holds the data.

    Raises `Refused` for a database that is in memory only.
    """
    name = sa.make_url(settings.url).database
    if not name or name == ":memory:":
        raise Refused("Diese Datenbank liegt nur im Arbeitsspeicher.")
    return Path(name)


@contextmanager
def engine_of(settings: Settings, *, write: bool = False) -> Iterator[sa.Engine]:
    """Give an engine for the length of a block, and leave no connection behind.

    Raises `Refused` when this machine's SQLite is too old.
    """
    try:
        engine = make_engine(settings.url, write=write)
    except RuntimeError as error:
        raise Refused(f"{error} Bitte nehmen Sie ein Python mit neuerem SQLite.") from error
    try:
        yield engine
    finally:
        engine.dispose()


def has_people(connection: sa.Connection) -> bool:
    """Tell whether anybody is in the database; an empty or new one has nobody."""
    if not sa.inspect(connection).has_table(Person.__tablename__):
        return False
    return bool(connection.scalar(sa.select(sa.exists(sa.select(Person.id)))))


def state(settings: Settings) -> tuple[str | None, bool]:
    """Return the revision of the database, None for a new one, and whether it has people.

    Looks without making a file that is not there.
    """
    if is_sqlite(settings) and not sqlite_file(settings).exists():
        return None, False
    with engine_of(settings) as engine, engine.connect() as connection:
        return current_revision(connection), has_people(connection)
