"""Put a backup in place of the data; nothing is touched before the backup has proved sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from config import Settings
from crm import audit
from crm.accounts.models import CalendarFeed, HalfSignIn, PasswordLink, SignIn
from crm.audit.keeper import keep_key, load_key
from crm.db import make_engine
from crm.migrating import knows_revision
from crm.offers.services import load_offers
from crm.operations import database, instance, postgres, sqlite, upgrade
from crm.operations.backup_file import Manifest, unpack
from crm.operations.refusal import Refused
from crm.topics.services import load_catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and where the data that was there before is kept (None: none)."""

    manifest: Manifest
    old_data: str | None


def restore(settings: Settings, source: Path, *, replace: bool) -> Restored:
    """Restore `source`, bring it to this version and end every session.

    Raises `Refused` for a damaged or foreign backup, and unless `replace` when there is data.
    """
    instance.prepare(settings)
    _, has_people = database.state(settings)
    if has_people and not replace:
        raise Refused(
            "Diese Instanz enthält bereits Daten. Mit --replace tritt die Sicherung an ihre"
            " Stelle; die bisherigen Daten werden beiseitegelegt."
        )
    with TemporaryDirectory(dir=_workplace(settings), prefix=".crm-restore-") as folder:
        manifest, copy = unpack(source, Path(folder))
        _refuse_foreign(settings, manifest)
        if manifest.database == "sqlite":
            old_data = _restore_sqlite(settings, copy, keep=has_people)
        else:
            old_data = _restore_postgres(settings, copy, has_people=has_people)
    if manifest.audit_key:
        keep_key(settings, bytes.fromhex(manifest.audit_key))
    with instance.opened(settings):
        load_catalogue()
        load_offers()
        audit.go_on_restored(manifest.created_at)
    return Restored(manifest=manifest, old_data=old_data)


def _workplace(settings: Settings) -> Path:
    """Return the folder of the database file: only there can a file take its place at once."""
    if database.is_sqlite(settings):
        return database.sqlite_file(settings).resolve().parent
    return settings.instance


def _refuse_foreign(settings: Settings, manifest: Manifest) -> None:
    wanted = "sqlite" if database.is_sqlite(settings) else "postgresql"
    if manifest.database != wanted:
        raise Refused(
            f"Die Sicherung stammt aus {manifest.database}, eingestellt ist {wanted};"
            " CRM_DATABASE_URL muss zur Sicherung passen."
        )
    if settings.audit_key and manifest.audit_key not in {"", load_key(settings).hex()}:
        raise Refused(
            "Das Änderungsprotokoll der Sicherung ist mit einem anderen Schlüssel versiegelt als"
            " dem in CRM_AUDIT_KEY; bitte setzen Sie den damaligen oder keinen."
        )
    if not knows_revision(manifest.migration):
        raise Refused(
            f"Die Sicherung stammt aus einer neueren Fassung ({manifest.version});"
            " bitte installieren Sie diese zuerst."
        )


def _restore_sqlite(settings: Settings, copy: Path, *, keep: bool) -> str | None:
    if faults := sqlite.faults(copy):
        raise Refused(f"Die Datenbank in der Sicherung ist beschädigt: {faults[0]}")
    with _engine(f"sqlite:///{copy}") as engine:
        _bring_up_to_date(engine)
    sqlite.close(copy)
    old = sqlite.put_in_place(copy, database.sqlite_file(settings).resolve())
    if old is None or keep:
        return str(old) if old else None
    old.unlink()
    return None


def _restore_postgres(settings: Settings, copy: Path, *, has_people: bool) -> str | None:
    postgres.check(copy)
    with postgres.replaced(settings, has_people=has_people) as aside:
        postgres.restore(settings, copy)
        with _engine(settings.url) as engine:
            _bring_up_to_date(engine)
    return f"Schema {aside}" if aside else None


def _bring_up_to_date(engine: sa.Engine) -> None:
    upgrade.carry_out(engine)
    with engine.begin() as connection:
        # whoever signed out after the backup must not be signed in again, nor a calendar that was
        # taken away be handed out, nor a link be used twice
        for kind in (SignIn, HalfSignIn, CalendarFeed, PasswordLink):
            connection.execute(sa.delete(kind))


@contextmanager
def _engine(url: str) -> Iterator[sa.Engine]:
    engine = make_engine(url, write=True)
    try:
        yield engine
    finally:
        engine.dispose()
