"""Wake the worker: the queue says "look now", and loses nothing when it is lost.

What is due stands in the tables of the features, and a worker looks there once a minute in any
case. Waking only makes it look at once. `crm/operations/worker.py` says what there is to do.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from psycopg.conninfo import make_conninfo

from config import Settings
from crm.db import after_commit

_log = logging.getLogger(__name__)
# One is busy for a while with a file to make; the others send mails and say that they live
_THREADS = 3
_MANY = 50
# A message of yesterday wakes nobody
_STALE_AFTER = 120
_LONGEST_END = 25


class Jobs:
    """The queue of one application, opened when it is first used.

    work  what a worker does when it is woken by a name; whoever only wakes has none
    """

    def __init__(self, make: Callable[[], Huey]):
        self._make = make
        self.work: Callable[[str], None] = _nothing

    @cached_property
    def queue(self) -> Huey:
        """Open the queue; every process knows its one task by the same name."""
        queue = self._make()
        self._do = queue.task(name="do", expires=_STALE_AFTER)(self._call)
        return queue

    def wake(self, name: str) -> None:
        """Put a message into the queue, unless one of this name waits there."""
        waiting = self.queue.pending(limit=_MANY)
        if not any(task.args == (name,) for task in waiting):
            self._do(name)

    def consumer(self, names: Iterable[str]) -> Consumer:
        """Return what listens to the queue, and wakes itself by each name once a minute."""
        known = tuple(names)

        def look() -> None:
            for name in known:
                self.wake(name)

        self.queue.periodic_task(crontab(minute="*"), name="look", expires=_STALE_AFTER)(look)
        return Consumer(
            self.queue,
            workers=_THREADS,
            max_delay=2,
            graceful_signal="TERM",
            shutdown_timeout=_LONGEST_END,
        )

    def close(self) -> None:
        """Close the connection to the queue, if there is one."""
        if "queue" in self.__dict__:
            self.queue.storage.close()

    def _call(self, name: str) -> None:
        self.work(name)


def wake(name: str) -> None:
    """Let a worker look at once for what is due; without the queue it looks within a minute."""
    jobs: Jobs = current_app.extensions["jobs"]
    try:
        jobs.wake(name)
    except (OSError, sqlite3.Error, psycopg.Error):
        _log.warning("The queue cannot be reached; the worker looks by itself.", exc_info=True)


def wake_after_commit(name: str) -> None:
    """Wake the worker when what is being written is there to be found; inside `transaction()`."""
    after_commit(f"wake {name}", partial(wake, name))


def init_app(app: Flask) -> None:
    """Give the application its queue."""
    settings: Settings = app.config["CRM"]
    # A test looks for what is due itself: no worker listens
    app.extensions["jobs"] = Jobs(MemoryHuey if app.testing else partial(_queue_of, settings))


def _queue_of(settings: Settings) -> Huey:
    url = sa.make_url(settings.url)
    if url.get_backend_name() == "sqlite":
        file = settings.instance / "queue.sqlite3"
        try:
            return _file_queue(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            _log.warning("The queue was damaged and is begun anew; nothing is lost.")
            file.unlink()
            return _file_queue(file)
    _, values = url.get_dialect()().create_connect_args(url)
    return PostgresHuey("augenhoehe", dsn=make_conninfo("", **values), results=False)


def _file_queue(file: Path) -> Huey:
    # Rollback journal: the standard library's SQLite may have the WAL-reset race
    return SqliteHuey(
        "augenhoehe", filename=str(file), fsync=True, journal_mode="truncate", results=False
    )


def _nothing(name: str) -> None:
    raise LookupError(name)
