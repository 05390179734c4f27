"""Write everything into one file, while the product goes on running."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from config import Settings
from crm.audit.keeper import load_key
from crm.clock import now
from crm.operations import database, postgres, sqlite
from crm.operations.backup_file import Kind, Manifest, fingerprint, pack
from crm.operations.refusal import Refused


def back_up(settings: Settings, target: Path) -> Manifest:
    """Write a checked backup to `target`.

    Raises `Refused` when there is nothing to back up, or the copy has faults.
    """
    revision, _ = database.state(settings)
    if revision is None:
        raise Refused("Es gibt noch keine Datenbank; `crm init` legt sie an.")
    if not target.parent.is_dir():
        raise Refused(f"Den Ordner {target.parent} gibt es nicht.")
    # beside the target: there must be room for the backup in any case
    with TemporaryDirectory(dir=target.parent, prefix=".crm-backup-") as folder:
        copy = Path(folder) / "copy"
        kind = _copy(settings, copy)
        manifest = Manifest(
            version=version("augenhoehe"),
            created_at=now().isoformat(timespec="seconds"),
            database=kind,
            migration=revision,
            size=copy.stat().st_size,
            sha256=fingerprint(copy),
            audit_key=load_key(settings).hex(),
        )
        pack(manifest, copy, target)
    return manifest


def _copy(settings: Settings, copy: Path) -> Kind:
    if not database.is_sqlite(settings):
        postgres.dump(settings, copy)
        postgres.check(copy)
        return "postgresql"
    sqlite.copy(database.sqlite_file(settings), copy)
    if faults := sqlite.faults(copy):
        raise Refused(
            "Die Datenbank ist beschädigt; es wurde keine Sicherung geschrieben."
            f" {len(faults)} Fehler, der erste: {faults[0]}"
        )
    return "sqlite"
