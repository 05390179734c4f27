"""Dump and restore a PostgreSQL database with PostgreSQL's own programs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from config import Settings
from crm.clock import now
from crm.db import make_engine
from crm.operations.refusal import Refused

# What a restore put aside belongs to no later backup.
_ASIDE = "before_restore_"


def find_program(name: str) -> Path | None:
    """Return where one of PostgreSQL's programs is, or None."""
    found = shutil.which(name)
    return Path(found) if found else None


def major_version(name: str) -> int | None:
    """Return the version of one of PostgreSQL's programs, or None without the program."""
    program = find_program(name)
    if program is None:
        return None
    said = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [program, "--version"], capture_output=True, check=True, text=True
    )
    found = re.search(r"\d+", said.stdout)
    return int(found[0]) if found else None


def dump(settings: Settings, target: Path) -> None:
    """Write one consistent state of the database to `target`, while others go on working."""
    with _address(settings, target.parent) as address:
        _run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--exclude-schema={_ASIDE}*",
            f"--file={target}",
            f"--dbname={address}",
        )


def check(dumped: Path) -> None:
    """Read the table of contents.

    Raises `Refused` when PostgreSQL cannot read the file.
    """
    _run("pg_restore", "--list", str(dumped))


@contextmanager
def replaced(settings: Settings, *, has_people: bool) -> Iterator[str | None]:
    """Put the tables aside while the block fills the database anew; back when it raises.

    Yields the name of the schema that keeps them, or None when there was nothing to keep.
    Raises `Refused` while anybody else is connected.
    """
    aside = f"{_ASIDE}{now():%Y%m%d_%H%M%S_%f}"
    engine = make_engine(settings.url, write=True)
    try:
        with engine.begin() as connection:
            _refuse_company(connection)
            connection.execute(sa.text(f"ALTER SCHEMA public RENAME TO {aside}"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        try:
            yield aside if has_people else None
        except BaseException:
            with engine.begin() as connection:
                connection.execute(sa.text("DROP SCHEMA IF EXISTS public CASCADE"))
                connection.execute(sa.text(f"ALTER SCHEMA {aside} RENAME TO public"))
            raise
        if not has_people:
            with engine.begin() as connection:
                connection.execute(sa.text(f"DROP SCHEMA {aside} CASCADE"))
    finally:
        engine.dispose()


def restore(settings: Settings, dumped: Path) -> None:
    """Fill the empty database from `dumped`: whole, or not at all."""
    with _address(settings, dumped.parent) as address:
        _run(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--dbname={address}",
            str(dumped),
        )


def _refuse_company(connection: sa.Connection) -> None:
    others = connection.scalar(
        sa.text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
    )
    if others:
        raise Refused(
            "Die Datenbank ist in Benutzung. Bitte beenden Sie zuerst den Dienst,"
            " zum Beispiel mit: systemctl stop augenhoehe"
        )


@contextmanager
def _address(settings: Settings, folder: Path) -> Iterator[str]:
    """Give the address for libpq; the password stands in a file, not among the arguments."""
    url = sa.make_url(settings.url)
    _, values = url.get_dialect()().create_connect_args(url)
    password = values.pop("password", None)
    if password is None:
        yield make_conninfo("", **values)
        return
    passfile = folder / "pgpass"
    passfile.touch(mode=0o600)
    escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
    passfile.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
    try:
        yield make_conninfo("", passfile=str(passfile), **values)
    finally:
        passfile.unlink()


def _run(name: str, *arguments: str) -> None:
    program = find_program(name)
    if program is None:
        raise Refused(
            f"Das Programm {name} fehlt. Unter Debian und Ubuntu: apt-get install postgresql-client"
        )
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [program, *arguments], capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise Refused(f"{name} meldet: {done.stderr.strip()}")
