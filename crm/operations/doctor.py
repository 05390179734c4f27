"""Look at everything an installation needs, and say what is wrong and what helps."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from config import SMALLEST_SECRET, Settings, SettingsError
from crm.accounts.models import Person
from crm.clock import now
from crm.db import OLDEST_SQLITE, sqlite3
from crm.health.models import Worker
from crm.health.queries import SILENT_AFTER
from crm.migrating import current_revision, newest_revision
from crm.operations import database, postgres

_OLDEST_PYTHON = (3, 11)
_OLDEST_POSTGRES = 150_000
_LITTLE_SPACE = 1024**3
_NO_SPACE = 100 * 1024**2
_CLOCKS_APART = timedelta(seconds=30)
_DIFFERENT_CHARACTERS = 10
_OTHERS = 0o077


@unique
class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARNING = "Warnung"
    FAULT = "Fehler"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    subject: str
    level: Level
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Return one finding or more of every look."""
    return [finding for look in _LOOKS for finding in look(settings)]


def _python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    level = Level.OK if sys.version_info >= _OLDEST_PYTHON else Level.FAULT
    yield Finding("Python", level, version)


def _sqlite(settings: Settings) -> Iterator[Finding]:
    if not database.is_sqlite(settings):
        return
    is_new_enough = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    needed = "" if is_new_enough else f"; nötig ist {'.'.join(map(str, OLDEST_SQLITE))}"
    level = Level.OK if is_new_enough else Level.FAULT
    yield Finding("SQLite", level, f"{sqlite3.sqlite_version}{needed}")


def _instance(settings: Settings) -> Iterator[Finding]:
    folder = settings.instance
    if not folder.is_dir():
        yield Finding("Instanzordner", Level.FAULT, f"{folder} fehlt; `crm init` legt ihn an.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("Instanzordner", Level.FAULT, f"{folder} ist nicht beschreibbar.")
        return
    open_ones = [path.name for path in _kept_files(settings) if _others_may_read(path)]
    if _others_may_read(folder):
        yield Finding("Instanzordner", Level.FAULT, f"Andere können ihn lesen: chmod 700 {folder}")
    elif open_ones:
        names = ", ".join(open_ones)
        yield Finding("Instanzordner", Level.WARNING, f"Andere Rechte als 600 haben: {names}")
    else:
        yield Finding("Instanzordner", Level.OK, str(folder.resolve()))


def _kept_files(settings: Settings) -> list[Path]:
    return sorted(
        path
        for path in settings.instance.iterdir()
        if path.is_file() and path != settings.secret_key_file
    )


def _others_may_read(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)


def _secret_key(settings: Settings) -> Iterator[Finding]:
    subject = "Geheimer Schlüssel"
    try:
        key = settings.load_secret_key()
    except (SettingsError, OSError):
        yield Finding(subject, Level.FAULT, "fehlt oder ist nicht lesbar; `crm init` legt ihn an.")
        return
    file = settings.secret_key_file
    if len(key) < SMALLEST_SECRET or len(set(key)) < _DIFFERENT_CHARACTERS:
        yield Finding(subject, Level.FAULT, "ist zu einfach; bitte einen zufälligen verwenden.")
    elif not settings.secret_key and _others_may_read(file):
        yield Finding(subject, Level.FAULT, f"Andere können ihn lesen: chmod 600 {file}")
    else:
        yield Finding(subject, Level.OK, f"{len(key)} Zeichen")


def _space(settings: Settings) -> Iterator[Finding]:
    folder = settings.instance if settings.instance.exists() else settings.instance.parent
    if not folder.exists():
        return
    free = shutil.disk_usage(folder).free
    used = 0
    if database.is_sqlite(settings) and database.sqlite_file(settings).exists():
        used = database.sqlite_file(settings).stat().st_size
    # an upgrade needs a backup and a rebuilt table beside the data
    wanted = max(_LITTLE_SPACE, 3 * used)
    level = Level.OK if free >= wanted else Level.WARNING if free >= _NO_SPACE else Level.FAULT
    yield Finding("Freier Speicher", level, f"{free / 1024**3:.1f} GB".replace(".", ","))


def _clock(_settings: Settings) -> Iterator[Finding]:
    newest = newest_revision() or ""
    built = datetime.strptime(newest.partition("_")[0], "%Y%m%d").replace(tzinfo=UTC)
    shown = f"{now():%d.%m.%Y, %H:%M} UTC"
    # a migration's name says from when this version is; a day for time zones
    if now() < built - timedelta(days=1):
        yield Finding("Uhr", Level.FAULT, f"{shown}: liegt vor dem Erscheinen dieser Fassung.")
    else:
        yield Finding("Uhr", Level.OK, shown)


def _database(settings: Settings) -> Iterator[Finding]:
    if database.is_sqlite(settings) and not database.sqlite_file(settings).exists():
        yield Finding("Datenbank", Level.FAULT, "Es gibt noch keine; `crm init` legt sie an.")
        return
    try:
        with database.engine_of(settings) as engine, engine.connect() as connection:
            yield Finding("Datenbank", Level.OK, engine.url.render_as_string())
            if not database.is_sqlite(settings):
                yield from _postgres(connection)
            yield _migrations(connection)
            if current_revision(connection) == newest_revision():
                yield _people(connection)
                yield _worker(connection)
    except (SQLAlchemyError, RuntimeError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding("Datenbank", Level.FAULT, f"nicht erreichbar: {reason}")


def _postgres(connection: sa.Connection) -> Iterator[Finding]:
    number = int(connection.scalar(sa.text("SHOW server_version_num")) or 0)
    level = Level.OK if number >= _OLDEST_POSTGRES else Level.FAULT
    yield Finding("PostgreSQL", level, str(connection.scalar(sa.text("SHOW server_version"))))
    theirs = connection.scalar(sa.select(sa.func.clock_timestamp()))
    apart = abs(theirs - now()) if isinstance(theirs, datetime) else timedelta()
    if apart > _CLOCKS_APART:
        seconds = int(apart.total_seconds())
        yield Finding(
            "Uhr", Level.WARNING, f"Die Uhr der Datenbank geht {seconds} Sekunden anders."
        )
    yield _dump_program(number // 10_000)


def _dump_program(server: int) -> Finding:
    ours = postgres.major_version("pg_dump")
    if ours is None or postgres.find_program("pg_restore") is None:
        missing = "pg_dump oder pg_restore fehlt: apt-get install postgresql-client"
        return Finding("Sicherung", Level.WARNING, missing)
    if ours < server:
        return Finding(
            "Sicherung",
            Level.WARNING,
            f"pg_dump {ours} kann PostgreSQL {server} nicht sichern; bitte pg_dump erneuern.",
        )
    return Finding("Sicherung", Level.OK, f"pg_dump {ours}")


def _migrations(connection: sa.Connection) -> Finding:
    revision = current_revision(connection)
    if revision == newest_revision():
        return Finding("Migrationen", Level.OK, f"aktuell ({revision})")
    return Finding("Migrationen", Level.FAULT, f"Stand {revision}; bitte `crm upgrade` aufrufen.")


def _people(connection: sa.Connection) -> Finding:
    administrators = connection.scalar(
        sa.select(sa.func.count())
        .select_from(Person)
        .where(Person.is_administrator, Person.deactivated_at.is_(None))
    )
    if administrators:
        return Finding("Administration", Level.OK, f"Personen: {administrators}")
    return Finding("Administration", Level.WARNING, "Niemand verwaltet diese Instanz: `crm init`.")


def _worker(connection: sa.Connection) -> Finding:
    seen_at = connection.scalar(sa.select(sa.func.max(Worker.seen_at)))
    if seen_at is not None and seen_at > now() - SILENT_AFTER:
        return Finding("Hintergrunddienst", Level.OK, "läuft")
    text = "läuft nicht: systemctl start augenhoehe-worker (oder `crm worker`)"
    return Finding("Hintergrunddienst", Level.WARNING, text)


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.sends_mails:
        yield Finding("E-Mail", Level.OK, f"{settings.smtp_host}, Absender {settings.mail_from}")
    else:
        yield Finding("E-Mail", Level.WARNING, "CRM_SMTP_HOST ist leer: Mails warten.")


def _exposure(settings: Settings) -> Iterator[Finding]:
    if settings.demo:
        yield Finding(
            "Demobetrieb", Level.WARNING, "CRM_DEMO ist an: nur zum Ansehen, nicht für echte Daten."
        )
        return
    yield Finding("Demobetrieb", Level.OK, "aus")
    if settings.trusted_hosts:
        yield Finding("Rechnernamen", Level.OK, ", ".join(settings.trusted_hosts))
    else:
        yield Finding(
            "Rechnernamen",
            Level.WARNING,
            "CRM_TRUSTED_HOSTS ist leer: die Anwendung antwortet unter jedem Namen.",
        )
    if settings.trusted_proxies:
        yield Finding("Reverse-Proxy", Level.OK, f"Anzahl: {settings.trusted_proxies}")
    else:
        yield Finding(
            "Reverse-Proxy",
            Level.WARNING,
            "CRM_TRUSTED_PROXIES ist 0: richtig nur ohne Reverse-Proxy davor.",
        )


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _sqlite,
    _instance,
    _secret_key,
    _database,
    _space,
    _clock,
    _exposure,
    _mail,
)
