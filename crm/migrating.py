"""Carry out the migrations, and say where a database stands."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.operations import batch
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from config import ROOT


class _Rebuilding(batch.ApplyBatchImpl):
    """Rebuild a table of SQLite without copying what its new copy computes by itself.

    Alembic 1.20 copies every column, and SQLite refuses a value for a computed one. Can go when
    its batch mode leaves computed columns out (`ApplyBatchImpl._create`).
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for column in self.table.c:
            if column.computed is not None:
                self.column_transfers[column.name].pop("expr")


batch.ApplyBatchImpl = _Rebuilding  # type: ignore[misc]


def _config() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")


@cache
def newest_revision() -> str | None:
    """Return the revision that this version of the product needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


@cache
def knows_revision(revision: str) -> bool:
    """Tell whether this version of the product has a migration of that name."""
    scripts = ScriptDirectory.from_config(_config())
    return revision in {script.revision for script in scripts.walk_revisions()}


def current_revision(connection: sa.Connection) -> str | None:
    """Return the revision that the database has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Bring the database to `revision`, forwards or, for an older one, backwards.

    The caller begins and ends the transaction: a migration is carried out whole or not at all.
    """
    config = _config()
    config.attributes["connection"] = connection
    if revision == "head" or current_revision(connection) is None:
        command.upgrade(config, revision)
    else:
        command.downgrade(config, revision)
