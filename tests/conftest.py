"""What all tests share: the application on both databases, builders, a browser, counted queries.

Tests that hold a gate say so to the table of `tests/gates`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from tests.databases import (
    KINDS,
    Databases,
    Kept,
    PostgresDatabases,
    SqliteDatabases,
    application,
    make_template,
    memory_folder,
    postgres_server,
)
from tests.gates import table as gates
from tests.make import Make
from tests.page import Browser
from tests.post import Post


class Servers:
    """The databases of this process, each kind started when a test first asks for it."""

    def __init__(self, folder: Path, *, run: str, worker: str):
        self._folder, self._run, self._worker = folder, run, worker
        self._open = ExitStack()
        self.of_kind = cache(self._of_kind)
        self.template = cache(lambda kind: make_template(self.of_kind(kind)))
        self.kept = cache(self._kept)

    def _of_kind(self, kind: str) -> Databases:
        if kind == "sqlite":
            return SqliteDatabases(self._folder)
        # Short, because the path of a socket may not be longer than about 100 characters
        folder = memory_folder() / f"augenhoehe-{self._run[:12]}"
        server = self._open.enter_context(postgres_server(folder))
        return PostgresDatabases(server, prefix=self._worker)

    def _kept(self, kind: str) -> Kept:
        url = self.of_kind(kind).copy(self.template(kind))
        return Kept(self._open.enter_context(application(url)))

    def close(self) -> None:
        """Stop what was started."""
        self._open.close()


@pytest.fixture(scope="session")
def servers(testrun_uid: str, worker_id: str) -> Iterator[Servers]:
    """Give the databases of this process."""
    with tempfile.TemporaryDirectory(prefix="augenhoehe-", dir=memory_folder()) as folder:
        servers = Servers(Path(folder), run=testrun_uid, worker=f"test_{worker_id}")
        yield servers
        servers.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Run the test once per kind of database: `-k sqlite` for one of them."""
    return str(request.param)


@pytest.fixture
def databases(servers: Servers, database_kind: str) -> Databases:
    """Give a source of empty databases of this kind."""
    return servers.of_kind(database_kind)


@pytest.fixture
def app(servers: Servers, database_kind: str) -> Flask:
    """Give the application with all tables, the topics and nothing else.

    Everything is committed for real; the next test finds the database as new.
    """
    return servers.kept(database_kind).as_new()


@pytest.fixture
def make(app: Flask) -> Make:
    """Give the builders of people and records."""
    return Make(app)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Give the browser of a stranger; `signed_in_as` gives one of a person."""
    return Browser(app)


@pytest.fixture
def post() -> Iterator[Post]:
    """Give a mail server on this machine, listening."""
    post = Post()
    post.start()
    yield post
    post.stop()


@pytest.fixture
def settings(app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Give the application the test's mail server."""
    monkeypatch.setitem(app.config, "CRM", post.settings)
    return post.settings


@pytest.fixture
def count_queries() -> Iterator[list[str]]:
    """Collect the SQL statements of all engines, without those that begin and end transactions."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.fixture
def reached(request: pytest.FixtureRequest) -> Callable[[str, int, str], None]:
    """Give what notes a figure of a gate: how many, and of what."""

    def note(gate: str, number: int, what: str) -> None:
        request.node.user_properties.append(("reached", (gate, number, what)))

    return note


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--gates`: print the table of the gates at the end."""
    parser.addoption("--gates", action="store_true", help="print the table of the gates")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note for which gates a test stands."""
    for name in ("gate", "defect"):
        for mark in item.iter_markers(name):
            item.user_properties.append((name, mark.args[0]))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of the gates."""
    if config.getoption("--gates"):
        outcomes = ("passed", "failed", "error")
        reports = [r for outcome in outcomes for r in terminalreporter.stats.get(outcome, [])]
        terminalreporter.section("gates")
        for line in gates.table(gates.lines(reports)):
            terminalreporter.line(line)
