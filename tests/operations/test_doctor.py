"""`crm doctor`: it finds what is wrong and says what helps."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from crm.accounts import queries, services
from crm.accounts.one_time import Safe
from crm.audit import proof
from crm.audit.models import AuditEntry, AuditSeal
from crm.clock import now
from crm.db import transaction
from crm.health import services as health
from crm.health.models import Worker
from crm.mail.models import Mail, MailServer, MailState, Reason
from crm.mail.queries import SERVER
from crm.mail.services import queue_mail
from crm.operations import instance
from crm.types import new_id
from tests.make_ground import App
from tests.operations.conftest import ANNA, Installation

pytestmark = pytest.mark.usefixtures("postgres_programs")


def _lines(installation: Installation, **environment: str) -> tuple[int, dict[str, str]]:
    """Return how the command ended, and each line by its subject."""
    result = installation.crm("doctor", **environment)
    lines = {}
    for line in result.output.splitlines():
        level, subject = line[:8].strip(), line[9:].split("  ")[0]
        lines[subject] = f"{level}: {line[9 + len(subject) :].strip()}"
    return result.exit_code, lines


def _back_up(installation: Installation) -> Path:
    file = installation.settings.instance / "backups" / "nightly.tar.gz"
    file.parent.mkdir(mode=0o700)
    installation.done("backup", file)
    return file


def test_a_sound_installation_has_no_fault(installation: Installation) -> None:
    _back_up(installation)
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


@pytest.mark.parametrize("name", ["secret-key", "audit-key"])
def test_a_key_that_others_can_read_is_a_fault(name: str, installation: Installation) -> None:
    (installation.settings.instance / name).chmod(0o644)

    code, lines = _lines(installation)

    assert code == 1
    assert "chmod 600" in lines["Geheimer Schlüssel"]


def test_simple_secrets_are_refused_by_name(installation: Installation) -> None:
    for name in ("CRM_SECRET_KEY", "CRM_AUDIT_KEY", "CRM_METRICS_TOKEN"):
        assert name in installation.refused("doctor", **{name: "a" * 40})


def test_a_simple_key_in_the_file_is_a_fault(installation: Installation) -> None:
    installation.settings.secret_key_file.write_text("a" * 40, encoding="ascii")

    code, lines = _lines(installation)

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


def test_mails_that_do_not_go_are_a_warning(installation: Installation) -> None:
    with instance.opened(installation.settings), transaction() as session:
        for key in "abc":
            queue_mail(to="o@kreis.example", reason=Reason.TEST, key=key, subject="x", text="x")
        session.execute(sa.update(Mail).where(Mail.key == "a").values(state=MailState.REFUSED))

    _, lines = _lines(installation)

    assert lines["Mails"].startswith("Warnung: 2 warten, 1 abgewiesen")


def test_a_mail_server_that_takes_nothing_is_a_warning(installation: Installation) -> None:
    with instance.opened(installation.settings), transaction() as session:
        session.add(MailServer(name=SERVER, failures=2))

    assert "zuletzt nicht angenommen" in _lines(installation)[1]["Mails"]


def test_a_worker_that_was_there_is_told_with_its_last_moment(installation: Installation) -> None:
    with instance.opened(installation.settings):
        health.report_alive(new_id())
        with transaction() as session:
            session.execute(
                sa.update(Worker).values(seen_at=datetime(2026, 1, 9, 7, 5, tzinfo=UTC))
            )

    assert "zuletzt gesehen 09.01.2026, 08:05" in _lines(installation)[1]["Hintergrunddienst"]


def test_a_changed_audit_log_is_a_fault(installation: Installation) -> None:
    with installation.connection() as connection:
        connection.execute(sa.update(AuditEntry).values(action="forged"))

    code, lines = _lines(installation)

    assert code == 1
    assert "crm audit verify" in lines["Änderungsprotokoll"]


def test_a_missing_anchor_is_a_warning(installation: Installation) -> None:
    (installation.settings.instance / "audit-anchor").unlink()

    code, lines = _lines(installation)

    assert code == 0
    assert lines["Änderungsprotokoll"].startswith("Warnung")
    assert "audit-anchor" in lines["Änderungsprotokoll"]


def test_a_damaged_audit_key_is_a_fault(installation: Installation) -> None:
    (installation.settings.instance / "audit-key").write_text("damaged", encoding="ascii")

    code, lines = _lines(installation)

    assert code == 1
    assert "CRM_AUDIT_KEY" in lines["Änderungsprotokoll"]


def test_only_the_last_lines_are_checked(installation: Installation) -> None:
    installation.done("team", "add", "Team Ost", "--body", "Musterkreis")
    with instance.opened(installation.settings):
        assert proof.verify(latest=1).lines == 1
        number = proof.verify().lines
        assert proof.verify(latest=number + 5).lines == number
    with installation.connection() as connection:
        first = sa.select(AuditSeal.entry_id).where(AuditSeal.number == 1).scalar_subquery()
        connection.execute(
            sa.update(AuditEntry).where(AuditEntry.id == first).values(action="forged")
        )

    with instance.opened(installation.settings):
        assert proof.verify(latest=number - 1).findings == []
        assert len(proof.verify(latest=number).findings) == 1


def test_a_clock_that_was_set_back_is_a_warning(installation: Installation) -> None:
    with installation.connection() as connection:
        ahead = now() + timedelta(days=2)
        connection.execute(sa.update(AuditEntry).values(at=ahead))

    assert _lines(installation)[1]["Uhr"].startswith("Warnung")


def test_no_backup_and_an_old_one_are_warnings(installation: Installation) -> None:
    assert _lines(installation)[1]["Letzte Sicherung"].startswith("Warnung: In ")
    file = _back_up(installation)
    assert _lines(installation)[1]["Letzte Sicherung"].startswith("ok: vom ")

    old = (now() - timedelta(days=9)).timestamp()
    os.utime(file, (old, old))

    assert _lines(installation)[1]["Letzte Sicherung"].startswith("Warnung: vom ")


def test_a_backup_that_others_can_read_is_a_warning(installation: Installation) -> None:
    _back_up(installation).chmod(0o640)

    code, lines = _lines(installation)

    assert code == 0
    assert "backups/nightly.tar.gz" in lines["Instanzordner"]


def test_links_of_mails_that_lead_nowhere_are_a_warning(installation: Installation) -> None:
    mails = {
        "CRM_SMTP_HOST": "mail.example.org",
        "CRM_MAIL_FROM": "crm@example.org",
        "CRM_PUBLIC_URL": "https://crm.example.org",
    }

    _, lines = _lines(installation, CRM_TRUSTED_HOSTS="other.example.org", **mails)
    _, sound = _lines(installation, CRM_TRUSTED_HOSTS=".example.org", **mails)

    assert "crm.example.org" in lines["Rechnernamen"]
    assert lines["Rechnernamen"].startswith("Warnung")
    assert sound["Rechnernamen"].startswith("ok")


def test_what_is_watched_and_logged_is_told(installation: Installation) -> None:
    token = "a token of the tests, long enough for one"

    _, lines = _lines(installation)
    _, others = _lines(installation, CRM_METRICS_TOKEN=token, CRM_LOG_FORMAT="text")

    assert lines["Protokoll des Dienstes"] == "ok: JSON auf stderr"
    assert others["Protokoll des Dienstes"] == "ok: Text auf stderr"
    assert "nur von diesem Rechner" in lines["Kennzahlen (/metrics)"]
    assert "CRM_METRICS_TOKEN" in others["Kennzahlen (/metrics)"]
    assert token not in str(others)


def test_wrong_settings_are_named(fresh: Installation) -> None:
    sentence = fresh.refused("doctor", CRM_WORKERS="many")

    assert "CRM_WORKERS" in sentence


def test_the_default_is_the_instance_folder_of_the_code() -> None:
    assert Settings().instance.name == "instance"


def test_second_factors_of_another_secret_key_are_told(installation: Installation) -> None:
    with instance.opened(installation.settings):
        anna = queries.find_person_by_email(ANNA)
        assert anna is not None
        safe = Safe.of(installation.settings)
        offered = services.offer(anna.actor, safe)
        services.set_up(anna.actor, offered.sealed, App(offered.secret).code(), safe=safe)
    assert _lines(installation)[1]["Zweiter Faktor"] == "ok: Personen: 1"

    _code, lines = _lines(installation, CRM_SECRET_KEY="another key, as long as it has to be, 7")

    assert lines["Zweiter Faktor"].startswith("Warnung: 1 von 1 passen nicht zu secret-key")
