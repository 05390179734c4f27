"""Copy, check and exchange the one file of a SQLite database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crm.clock import now
from crm.db import sqlite3
from crm.operations.refusal import Refused

_PATIENCE = "PRAGMA busy_timeout=10000"


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file that must be there already, with every statement its own transaction."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)
    connection.isolation_level = None
    with closing(connection):
        yield connection


def copy(source: Path, target: Path) -> None:
    """Write one consistent state of `source` to `target`, while others go on working.

    Raises `Refused` when it cannot be read or written, for example on a full disk.
    """
    try:
        with _opened(source) as connection:
            connection.execute(_PATIENCE)
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise Refused(f"Die Datenbank ließ sich nicht kopieren: {error}") from error


def faults(path: Path) -> list[str]:
    """Say everything that is broken in the file: pages, indexes, references."""
    try:
        with _opened(path) as connection:
            found = [
                text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"
            ]
            found += [
                f"{table}: {row} verweist auf {parent}, das es nicht gibt"
                for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check")
            ]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found


def put_in_place(new: Path, target: Path) -> Path | None:
    """Let `new`, from the same folder, take the place of `target`; return where the old one is.

    There is a whole file under the name of `target` at every moment.
    Raises `Refused` while anybody has the old one open.
    """
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    old = None
    if target.exists():
        close(target)
        old = target.with_name(f"{target.name}.before-restore-{now():%Y%m%d-%H%M%S-%f}")
        old.hardlink_to(target)
    new.replace(target)
    _make_lasting(target.parent)
    return old


def close(path: Path) -> None:
    """Fold the write-ahead log into the file; only possible when nobody else has it open."""
    try:
        with _opened(path) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise Refused(
            "Die Datenbank ist in Benutzung. Bitte beenden Sie zuerst den Dienst,"
            " zum Beispiel mit: systemctl stop augenhoehe"
        ) from error


def _make_lasting(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
