"""The folder of an installation, and the first people in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config import Settings
from crm import create_app
from crm.accounts import services
from crm.audit.keeper import keep_key, load_key
from crm.db import db, transaction
from crm.operations.refusal import Refused
from crm.policy import Role

# Without what looks alike when it is read out: 0/O, 1/I/l
_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS = 4
_GROUP_LENGTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to be made, as the administrator names them."""

    email: str
    name: str
    password: str
    role: Role
    is_administrator: bool


def prepare(settings: Settings) -> None:
    """Make the instance folder and the keys where they are missing.

    Raises `Refused` for the superuser in somebody else's folder: files made there could not be
    used by the service any more.
    """
    folder = settings.instance
    if folder.exists() and hasattr(os, "geteuid"):
        owner = folder.stat().st_uid
        if os.geteuid() == 0 and owner != 0:
            raise Refused(
                f"Der Ordner {folder} gehört einem anderen Benutzer. Bitte rufen Sie den Befehl"
                " als dieser auf, zum Beispiel: sudo -u augenhoehe …"
            )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not settings.secret_key:
        settings.make_secret_key()
    keep_key(settings, load_key(settings))


@contextmanager
def opened(settings: Settings) -> Iterator[None]:
    """Let a block use queries and services; leaves no connection behind for a later process."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield
        finally:
            app.extensions["jobs"].close()
            db.session.close()
            for engine in db.engines.values():
                engine.dispose()


def random_password() -> str:
    """Return a password that can be read out: four groups of five letters and digits."""
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def set_up(first: NewPerson, *, body: str, team: str, land: str) -> None:
    """Make the first body, its first team and the first person: all of them, or none.

    Raises `Conflict` as `add_person` does.
    """
    with transaction():
        body_id = services.add_body(body, land=land)
        team_id = services.add_team(body_id, team)
        services.add_person(
            email=first.email,
            name=first.name,
            password=first.password,
            role=first.role,
            team_id=team_id,
            is_administrator=first.is_administrator,
        )
