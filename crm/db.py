"""The database: base of the models, the two engines, and the transaction.

Readers and writers have an engine each. On SQLite both open the same file: writers begin with
`BEGIN IMMEDIATE`, readers cannot write. Only this module commits and rolls back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from crm.errors import Stale
from crm.types import Key, Moment, new_id

try:
    import pysqlite3 as sqlite3
except ImportError:  # platforms without a wheel: their own SQLite, when it is new enough
    import sqlite3

__all__ = [
    "Base",
    "Record",
    "after_commit",
    "before_commit",
    "db",
    "engine_options",
    "make_engine",
    "snapshot",
    "sqlite3",
    "transaction",
    "unless_at_once",
    "violated_constraint",
]

R = TypeVar("R")
C = TypeVar("C", bound=Callable[[Session], None])

# Older ones have the WAL-reset race: https://www.sqlite.org/wal.html
OLDEST_SQLITE = (3, 51, 3)

# For people who wait; a migration and a backup may take longer. A reader's cursor is asked for some
# rows at a time, so that the limit of one statement does not cut a long file short.
_PATIENCE = "-c lock_timeout=10s -c statement_timeout=60s"
_SECONDS_TO_CONNECT = 10

NAMING_CONVENTION: Mapping[str, str] = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every model; Python types decide the column types."""

    metadata: ClassVar[sa.MetaData] = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        UUID: Key(),
        datetime: Moment(),
        Enum: sa.Enum(
            Enum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=lambda members: [member.value for member in members],
        ),
    }


class Record(Base):
    """A row with a key of its own."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class _Session(Session):
    """Reads from one engine; writes, and everything inside `transaction()`, to the other."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Any:
        engines = db.engines
        return engines["write"] if self.info.get(_OPEN) else engines["default"]


_OPEN = "crm.transaction_open"
_BEFORE = "crm.before_commit"
_AFTERWARDS = "crm.after_commit"

db: SQLAlchemy = SQLAlchemy(session_options={"class_": _Session, "expire_on_commit": False})


def engine_options(url: str, *, write: bool) -> dict[str, Any]:
    """Return the options of one engine.

    Raises `RuntimeError` when this machine's SQLite is too old.
    """
    if not url.startswith("sqlite"):
        # 10 + 10 connections a process and engine: enough for gunicorn's threads
        options = {"url": url, "pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
        # A reader sees one state from its first to its last row, and cannot write
        reads = {
            "isolation_level": "REPEATABLE READ",
            "connect_args": {"options": "-c default_transaction_read_only=on"},
        }
        return options if write else options | reads
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise RuntimeError(f"SQLite {sqlite3.sqlite_version} is too old; {needed} is needed.")
    return {"url": url, "module": sqlite3, "execution_options": {"crm_write": write}}


def prepare(engine: sa.Engine, *, write: bool) -> None:
    """Set every connection of a SQLite engine up; leave other engines alone."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        cursor = connection.cursor()
        for pragma in (
            "busy_timeout=10000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"query_only={'OFF' if write else 'ON'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if write:
            # Statistics for the planner, bounded: https://www.sqlite.org/pragma.html#pragma_optimize
            cursor.execute("PRAGMA optimize=0x10002")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def make_engine(url: str, *, write: bool) -> sa.Engine:
    """Return an engine with its connections set up, for commands that need no application."""
    engine = sa.create_engine(**engine_options(url, write=write))
    prepare(engine, write=write)
    return engine


def init_app(app: Flask) -> None:
    """Give the application its reading and its writing engine."""
    url = app.config["CRM"].url
    app.config["SQLALCHEMY_ENGINES"] = {
        "default": _impatient(engine_options(url, write=False)),
        "write": _impatient(engine_options(url, write=True)),
    }
    db.init_app(app)
    # Nothing here is asynchronous: each request would begin an event loop to close nothing
    closing = app.teardown_appcontext_funcs
    closing[:] = [close for close in closing if not iscoroutinefunction(close)]
    with app.app_context():
        prepare(db.engines["default"], write=False)
        prepare(db.engines["write"], write=True)
        _gather_statistics(db.engines["write"])


def _impatient(options: dict[str, Any]) -> dict[str, Any]:
    """Let PostgreSQL give up what takes too long; SQLite has its `busy_timeout`."""
    if options["url"].startswith("sqlite"):
        return options
    arguments = options.get("connect_args", {})
    limits = {
        "options": f"{arguments.get('options', '')} {_PATIENCE}".strip(),
        "connect_timeout": _SECONDS_TO_CONNECT,
    }
    return {**options, "connect_args": {**arguments, **limits}}


def _gather_statistics(engine: sa.Engine) -> None:
    """Connect once before anybody reads: a connection knows the statistics of its beginning."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and Path(file).exists():
        engine.connect().close()


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit when the block ends well and roll back when it raises.

    Blocks may nest: an inner block is a savepoint of the outer one. The outermost block first ends
    the read snapshot, so what it changes must be loaded inside it. It raises `Stale` when somebody
    else saved between the loading and the saving of a versioned row.
    """
    session = db.session
    if session.info.get(_OPEN):
        with session.begin_nested():
            yield session
        return
    session.expunge_all()
    session.rollback()
    session.info[_OPEN] = True
    session.info[_BEFORE], session.info[_AFTERWARDS] = {}, {}
    try:
        yield session
        for call in session.info[_BEFORE].values():
            call(session)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale from error
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[_OPEN]
        del session.info[_BEFORE]
        afterwards = session.info.pop(_AFTERWARDS)
    for call in afterwards.values():
        call()


def before_commit(key: str, make: Callable[[], C]) -> C:
    """Let what `make` makes be called at the end of what is being written; return it.

    The same `key` once. In `transaction()`.
    """
    call: C = db.session.info[_BEFORE].setdefault(key, make())
    return call


def after_commit(key: str, call: Callable[[], None]) -> None:
    """Do something once what is being written stands; the same `key` once. In `transaction()`."""
    db.session.info[_AFTERWARDS].setdefault(key, call)


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """Yield a connection that reads one state of the database, whatever is committed meanwhile.

    Beside the session: what takes long can tell how far it is in transactions of its own.
    """
    with db.engines["default"].connect() as connection:
        yield connection


_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")


def unless_at_once(save: Callable[[], R], *keys: str) -> R:
    """Return what `save` returns; it runs again when one of these `keys` was taken meanwhile.

    For what carries the key that its form was given: sent twice at the same moment, the second
    finds what the first has saved.
    """
    try:
        return save()
    except IntegrityError as error:
        if violated_constraint(error) not in keys:
            raise
        return save()


def violated_constraint(error: IntegrityError) -> str | None:
    """Name the constraint that the database refused, or return None when it does not say."""
    name: str | None = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name:
        return name
    message = str(error.orig)
    if found := _SQLITE_CHECK.search(message):
        return found["name"]
    if found := _SQLITE_UNIQUE.search(message):
        columns = [column.strip().partition(".") for column in found["columns"].split(",")]
        table = Base.metadata.tables[columns[0][0]]
        names = {column[2] for column in columns}
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint) and names == {
                column.name for column in constraint.columns
            }:
                return str(constraint.name)
    return None
