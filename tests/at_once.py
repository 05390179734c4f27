"""Several forms sent at the same moment, from several windows or by several people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import sqlalchemy as sa
from flask import Flask

from crm.db import db
from tests.page import Browser, Pairs


def answers(
    browsers: Sequence[Browser], urls: str | Sequence[str], pairs: Sequence[Pairs]
) -> list[Any]:
    """Send forms at the same moment, one thread each, to one address or one each."""
    barrier, found = Barrier(len(pairs)), []
    addresses = [urls] * len(pairs) if isinstance(urls, str) else urls

    def go(browser: Browser, url: str, typed: Pairs) -> None:
        barrier.wait()
        found.append(browser.answer("POST", url, typed))

    threads = [
        Thread(target=go, args=pair) for pair in zip(browsers, addresses, pairs, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def twin(browser: Browser) -> Browser:
    """Return a second browser with the same cookies: a window that sends at the same time."""
    other = Browser(browser.app)
    other.client._cookies = dict(browser.client._cookies or {})
    return other


@contextmanager
def held(app: Flask, table: str) -> Iterator[None]:
    """Let somebody write to a table and not end; everybody else loses patience at once."""
    with app.app_context():
        engine = db.engines["write"]
    is_sqlite = engine.dialect.name == "sqlite"
    impatient = "PRAGMA busy_timeout = 50" if is_sqlite else "SET lock_timeout = '50ms'"
    # SQLite's whole file is locked by whoever has begun to write
    locked = "SELECT 1" if is_sqlite else f"LOCK TABLE {table} IN EXCLUSIVE MODE"

    def hurry(connection: Any, *_of_the_pool: Any) -> None:
        connection.execute(impatient)
        connection.commit()

    # SQLite sets a new connection up with a write of its own: here nobody waits for that
    for connection in [engine.connect() for _ in range(2)]:
        connection.close()
    sa.event.listen(engine, "checkout", hurry)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(locked))
            yield
            connection.rollback()
    finally:
        sa.event.remove(engine, "checkout", hurry)
        engine.dispose()
