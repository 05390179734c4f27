"""Look at the data of an installation, and at what works on them: a part of `crm doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from config import Settings, SettingsError
from crm.accounts import listing as accounts
from crm.accounts.models import Person
from crm.accounts.one_time import Safe
from crm.audit import proof
from crm.audit.listing import newest_at
from crm.clock import BERLIN, now
from crm.health.queries import SILENT_AFTER, worker_seen_at
from crm.mail import queries as mail
from crm.mail.models import MailState
from crm.migrating import current_revision, newest_revision
from crm.operations import database, instance, postgres
from crm.operations.finding import Finding, Level

_OLDEST_POSTGRES = 150_000
_CLOCKS_APART = timedelta(seconds=30)
# As many lines of the audit log are checked in a second; `crm audit verify` checks all
_LATEST_LINES = 1_000
_LOG = "Änderungsprotokoll"


def look_at_data(settings: Settings) -> Iterator[Finding]:
    """Yield how the database is, and what it says about worker, mails and audit log."""
    if database.is_sqlite(settings) and not database.sqlite_file(settings).exists():
        yield Finding("Datenbank", Level.FAULT, "Es gibt noch keine; `crm init` legt sie an.")
        return
    is_current = False
    try:
        with database.engine_of(settings) as engine, engine.connect() as connection:
            yield Finding("Datenbank", Level.OK, engine.url.render_as_string())
            if not database.is_sqlite(settings):
                yield from _postgres(connection)
            yield _migrations(connection)
            if current_revision(connection) == newest_revision():
                yield _people(connection)
                is_current = True
    except (SQLAlchemyError, RuntimeError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding("Datenbank", Level.FAULT, f"nicht erreichbar: {reason}")
    if is_current:
        yield from _inside(settings)


def _inside(settings: Settings) -> Iterator[Finding]:
    try:
        with instance.opened(settings):
            yield _worker()
            yield from _mails()
            yield from _audit_log()
            yield from _second_factors(settings)
    except (SettingsError, OSError):
        text = (
            "audit-key fehlt, ist beschädigt oder nicht lesbar: CRM_AUDIT_KEY oder eine Sicherung."
        )
        yield Finding(_LOG, Level.FAULT, text)


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


def _worker() -> Finding:
    seen_at = worker_seen_at()
    if seen_at is not None and seen_at > now() - SILENT_AFTER:
        return Finding("Hintergrunddienst", Level.OK, "läuft")
    text = "läuft nicht: systemctl start augenhoehe-worker (oder `crm worker`)"
    if seen_at is not None:
        text += f"; zuletzt gesehen {seen_at.astimezone(BERLIN):%d.%m.%Y, %H:%M}"
    return Finding("Hintergrunddienst", Level.WARNING, text)


def _mails() -> Iterator[Finding]:
    numbers = dict.fromkeys((MailState.WAITING, MailState.REFUSED), 0)
    for counted in mail.counts():
        numbers[counted.state] += counted.number
    text = f"{numbers[MailState.WAITING]} warten, {numbers[MailState.REFUSED]} abgewiesen"
    server = mail.find_server()
    if server is not None and server.failures:
        why = "; der Mailserver hat zuletzt nicht angenommen, siehe „Mailversand“"
        yield Finding("Mails", Level.WARNING, text + why)
    elif numbers[MailState.REFUSED]:
        yield Finding("Mails", Level.WARNING, f"{text}; warum, sagt „Mailversand“")
    else:
        yield Finding("Mails", Level.OK, text)


def _second_factors(settings: Settings) -> Iterator[Finding]:
    safe, factors = Safe.of(settings), accounts.second_factors()
    shut = sum(safe.opened(factor.person_id, factor.sealed) is None for factor in factors)
    if shut:
        text = (
            f"{shut} von {len(factors)} passen nicht zu secret-key: Legen Sie den früheren zurück,"
            " oder `crm user remove-second-factor` hilft einzelnen."
        )
        yield Finding("Zweiter Faktor", Level.WARNING, text)
    elif factors:
        yield Finding("Zweiter Faktor", Level.OK, f"Personen: {len(factors)}")


def _audit_log() -> Iterator[Finding]:
    found = proof.verify(latest=_LATEST_LINES)
    if found.findings:
        yield Finding(_LOG, Level.FAULT, "wurde verändert; was, sagt `crm audit verify`.")
    elif not found.is_anchored:
        text = "Das zuletzt bekannte Ende fehlt (audit-anchor); es entsteht mit der nächsten Zeile."
        yield Finding(_LOG, Level.WARNING, text)
    else:
        yield Finding(_LOG, Level.OK, f"unverändert; geprüft: die letzten {found.lines} Zeilen")
    newest = newest_at()
    if newest is not None and newest > now() + _CLOCKS_APART:
        text = f"Die letzte Zeile des Änderungsprotokolls ist von {newest:%d.%m.%Y, %H:%M} UTC."
        yield Finding("Uhr", Level.WARNING, text)
