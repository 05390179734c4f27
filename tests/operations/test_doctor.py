"""`crm doctor`: it finds what is wrong and says what helps."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from config import Settings
from crm.health import services as health
from crm.operations import instance
from crm.types import new_id
from tests.operations.conftest import Installation

pytestmark = pytest.mark.usefixtures("postgres_programs")


def _lines(installation: Installation, **environment: str) -> tuple[int, dict[str, str]]:
    """Return how the command ended, and each line by its subject."""
    result = installation.crm("doctor", **environment)
    lines = {}
    for line in result.output.splitlines():
        level, subject = line[:8].strip(), line[9:].split("  ")[0]
        lines[subject] = f"{level}: {line[9 + len(subject) :].strip()}"
    return result.exit_code, lines


def test_a_sound_installation_has_no_fault(installation: Installation) -> None:
    with instance.opened(installation.settings):
        health.report_alive(new_id())

    code, lines = _lines(
        installation,
        CRM_TRUSTED_HOSTS="crm.example.org",
        CRM_TRUSTED_PROXIES="1",
        CRM_SMTP_HOST="mail.example.org",
        CRM_MAIL_FROM="crm@example.org",
        CRM_PUBLIC_URL="https://crm.example.org",
    )

    assert code == 0
    assert {line.partition(":")[0] for line in lines.values()} == {"ok"}


def test_before_init_it_says_what_is_missing(fresh: Installation) -> None:
    code, lines = _lines(fresh)

    assert code == 1
    assert lines["Instanzordner"].startswith("Fehler")
    assert "crm init" in lines["Geheimer Schlüssel"]


def test_it_makes_nothing_itself(fresh: Installation) -> None:
    _lines(fresh)

    assert not fresh.settings.instance.exists()


def test_a_key_that_others_can_read_is_a_fault(installation: Installation) -> None:
    installation.settings.secret_key_file.chmod(0o644)

    code, lines = _lines(installation)

    assert code == 1
    assert "chmod 600" in lines["Geheimer Schlüssel"]


def test_a_simple_key_is_a_fault(installation: Installation) -> None:
    code, lines = _lines(installation, CRM_SECRET_KEY="a" * 40)

    assert code == 1
    assert "zu einfach" in lines["Geheimer Schlüssel"]


def test_a_folder_that_others_can_read_is_a_fault(installation: Installation) -> None:
    installation.settings.instance.chmod(0o755)

    code, lines = _lines(installation)

    assert code == 1
    assert "chmod 700" in lines["Instanzordner"]


def test_missing_migrations_are_a_fault(installation: Installation) -> None:
    with installation.connection() as connection:
        connection.execute(sa.text("DELETE FROM alembic_version"))

    code, lines = _lines(installation)

    assert code == 1
    assert "crm upgrade" in lines["Migrationen"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_an_unreachable_database_is_a_fault(installation: Installation) -> None:
    code, lines = _lines(installation, CRM_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert code == 1
    assert "nicht erreichbar" in lines["Datenbank"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_missing_dump_program_is_a_warning(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    code, lines = _lines(installation)

    assert code == 0
    assert lines["Sicherung"].startswith("Warnung")


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_passwords_are_never_shown(installation: Installation) -> None:
    result = installation.crm(
        "doctor", CRM_DATABASE_URL="postgresql://anna:geheim@127.0.0.1:1/none"
    )

    assert "geheim" not in result.output


def test_open_doors_are_warnings(installation: Installation) -> None:
    _, lines = _lines(installation, CRM_DEMO="1")
    _, production = _lines(installation)

    assert lines["Demobetrieb"].startswith("Warnung")
    assert production["Rechnernamen"].startswith("Warnung")
    assert production["Reverse-Proxy"].startswith("Warnung")


def test_without_a_worker_and_a_mail_server_it_warns(installation: Installation) -> None:
    code, lines = _lines(installation)

    assert code == 0
    assert "augenhoehe-worker" in lines["Hintergrunddienst"]
    assert "CRM_SMTP_HOST" in lines["E-Mail"]


def test_wrong_settings_are_named(fresh: Installation) -> None:
    sentence = fresh.refused("doctor", CRM_WORKERS="many")

    assert "CRM_WORKERS" in sentence


def test_the_default_is_the_instance_folder_of_the_code() -> None:
    assert Settings().instance.name == "instance"
