"""`crm upgrade`: a backup first, then the migrations, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config

from config import ROOT
from crm import migrating
from tests.operations.conftest import Installation

pytestmark = pytest.mark.usefixtures("postgres_programs")

REBUILD_TEAM = '''
"""Widen a table that others refer to."""

import sqlalchemy as sa
from alembic import op

revision = "20990101_next"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("team") as team:
        team.add_column(sa.Column("nickname", sa.Text(), nullable=True))
        team.alter_column("name", existing_type=sa.Text(), nullable=True)
    {more}


def downgrade() -> None:
    raise NotImplementedError
'''


@pytest.fixture
def next_version(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give the product one migration more than the database has; yields its file."""
    assert installation.settings.instance.exists()
    head = migrating.newest_revision()
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    file = folder / "versions" / "20990101_next.py"
    file.write_text(REBUILD_TEAM.format(head=head, more=""), encoding="utf-8")

    def config() -> Config:
        config = Config(toml_file=ROOT / "pyproject.toml")
        config.set_main_option("script_location", str(folder))
        return config

    monkeypatch.setattr(migrating, "_config", config)
    _forget()
    yield file
    _forget()


def _forget() -> None:
    migrating.newest_revision.cache_clear()
    migrating.knows_revision.cache_clear()


def test_a_new_database_gets_all_tables(fresh: Installation) -> None:
    said = fresh.done("upgrade")

    assert "neu →" in said
    assert fresh.rows("SELECT count(*) FROM person") == [(0,)]


def test_a_current_database_is_left_alone(installation: Installation) -> None:
    before = installation.content()

    said = installation.done("upgrade")

    assert "ist aktuell" in said
    assert installation.content() == before
    assert not (installation.settings.instance / "backups").exists()


@pytest.mark.usefixtures("next_version")
def test_an_older_database_is_backed_up_and_brought_up(installation: Installation) -> None:
    before = installation.content()

    said = installation.done("upgrade")

    after = installation.content()
    assert "20990101_next" in after["alembic_version"][0]
    # the rebuilt table kept its rows, and so did those that refer to it
    assert len(after["team"]) == len(before["team"]) == 1
    assert after["person"] == before["person"]
    (backup,) = (installation.settings.instance / "backups").iterdir()
    assert str(backup) in said
    installation.done("restore", "--replace", backup)
    assert "20990101_next" in installation.content()["alembic_version"][0]


def test_a_migration_is_carried_out_whole_or_not_at_all(
    installation: Installation, next_version: Path
) -> None:
    head = installation.rows("SELECT version_num FROM alembic_version")[0][0]
    failing = REBUILD_TEAM.format(head=head, more='op.execute("SELECT * FROM no_such_table")')
    next_version.write_text(failing, encoding="utf-8")
    before = installation.content()

    sentence = installation.refused("upgrade")

    assert "no_such_table" in sentence
    assert installation.content() == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_migration_that_loses_what_others_refer_to_is_undone(
    installation: Installation, next_version: Path
) -> None:
    head = installation.rows("SELECT version_num FROM alembic_version")[0][0]
    losing = REBUILD_TEAM.format(head=head, more='op.execute("DELETE FROM body")')
    next_version.write_text(losing, encoding="utf-8")
    before = installation.content()

    sentence = installation.refused("upgrade")

    assert "team → body" in sentence
    assert installation.content() == before


@pytest.mark.usefixtures("next_version")
def test_nothing_else_runs_on_an_older_database(installation: Installation) -> None:
    assert "crm upgrade" in installation.refused("run")
