"""Look at everything an installation needs, and say what is wrong and what helps."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted

from config import Settings, SettingsError
from crm.clock import BERLIN, now
from crm.db import OLDEST_SQLITE, sqlite3
from crm.migrating import newest_revision
from crm.operations import database
from crm.operations.doctor_data import look_at_data
from crm.operations.finding import Finding, Level

_OLDEST_PYTHON = (3, 11)
_LITTLE_SPACE = 1024**3
_NO_SPACE = 100 * 1024**2
# There is one every night; one may fail
_OLD_BACKUP = timedelta(hours=50)
_OTHERS = 0o077
_MOST_NAMES = 10


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
    open_ones = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path not in _keys(settings) and _others_may_read(path)
    ]
    if _others_may_read(folder):
        yield Finding("Instanzordner", Level.FAULT, f"Andere können ihn lesen: chmod 700 {folder}")
    elif open_ones:
        names = ", ".join(open_ones[:_MOST_NAMES])
        more = f" und {len(open_ones) - _MOST_NAMES} weitere" if open_ones[_MOST_NAMES:] else ""
        text = f"Andere können lesen (chmod go= …): {names}{more}"
        yield Finding("Instanzordner", Level.WARNING, text)
    else:
        yield Finding("Instanzordner", Level.OK, str(folder.resolve()))


def _keys(settings: Settings) -> tuple[Path, Path]:
    return settings.secret_key_file, settings.instance / "audit-key"


def _others_may_read(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        # SQLite removes what it keeps beside the data
        return False
    return os.name == "posix" and not stat.S_ISLNK(mode) and bool(stat.S_IMODE(mode) & _OTHERS)


def _secrets(settings: Settings) -> Iterator[Finding]:
    subject = "Geheimer Schlüssel"
    try:
        key = settings.load_secret_key()
    except SettingsError:
        text = "fehlt oder ist zu einfach; `crm init` oder `crm upgrade` legt einen neuen an."
        yield Finding(subject, Level.FAULT, text)
        return
    except OSError:
        yield Finding(subject, Level.FAULT, "ist nicht lesbar.")
        return
    if open_ones := [str(path) for path in _keys(settings) if _others_may_read(path)]:
        names = " ".join(open_ones)
        yield Finding(subject, Level.FAULT, f"Andere können ihn lesen: chmod 600 {names}")
    else:
        yield Finding(subject, Level.OK, f"{len(key)} Zeichen")
    token = "mit CRM_METRICS_TOKEN auch von anderen Rechnern"  # noqa: S105 - words, no token
    text = token if settings.metrics_token else "nur von diesem Rechner aus"
    yield Finding("Kennzahlen (/metrics)", Level.OK, text)


def _log(settings: Settings) -> Iterator[Finding]:
    text = "JSON" if settings.logs_json else "Text"
    less = ", nur Warnungen" if settings.logs_less else ""
    yield Finding("Protokoll des Dienstes", Level.OK, f"{text} auf stderr{less}")


def _backup(settings: Settings) -> Iterator[Finding]:
    folder = settings.instance / "backups"
    times = [path.stat().st_mtime for path in folder.glob("*.tar.gz")]
    help_text = "augenhoehe-backup.timer sichert jede Nacht, `crm backup` sofort."
    if not times:
        text = f"In {folder} liegt keine; {help_text}"
        yield Finding("Letzte Sicherung", Level.WARNING, text)
        return
    newest = datetime.fromtimestamp(max(times), UTC)
    shown = f"vom {newest.astimezone(BERLIN):%d.%m.%Y, %H:%M}"
    if now() - newest > _OLD_BACKUP:
        yield Finding("Letzte Sicherung", Level.WARNING, f"{shown}; {help_text}")
    else:
        yield Finding("Letzte Sicherung", Level.OK, shown)


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
        yield _names(settings)
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


def _names(settings: Settings) -> Finding:
    host = urlsplit(settings.public_url).hostname
    if host and not host_is_trusted(host, settings.trusted_hosts):
        text = f"CRM_TRUSTED_HOSTS nennt {host} nicht, dorthin führen aber die Links der Mails."
        return Finding("Rechnernamen", Level.WARNING, text)
    return Finding("Rechnernamen", Level.OK, ", ".join(settings.trusted_hosts))


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _sqlite,
    _instance,
    _secrets,
    _clock,
    look_at_data,
    _backup,
    _space,
    _exposure,
    _mail,
    _log,
)
