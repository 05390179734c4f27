"""The demo: invented data in an instance of its own, and the accounts to look at it with."""

from __future__ import annotations

import os
from dataclasses import dataclass

from config import Settings
from crm.accounts import passwords, queries
from crm.demo.accounts import ACCOUNTS
from crm.demo.services import load_demo
from crm.operations import database, instance
from crm.operations.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLogin:
    """What somebody types to look at the demo in one role."""

    role: str
    email: str
    password: str


def logins(settings: Settings) -> list[DemoLogin]:
    """Return the demo accounts of an instance, after loading its data when it is empty.

    Raises `Refused` outside demo mode and for an instance with real people.
    """
    refuse_real(settings)
    password = _password(settings)
    if database.state(settings)[1]:
        password = _still_valid(password)
    else:
        load_demo(settings, password=password)
    return [
        DemoLogin(role=account.role_name, email=account.email, password=password)
        for account in ACCOUNTS
    ]


def refuse_real(settings: Settings) -> None:
    """Refuse demo data outside demo mode, before anything is made."""
    if not settings.demo:
        raise Refused("Vorführdaten werden nur im Demobetrieb geladen (CRM_DEMO=1).")


def _password(settings: Settings) -> str:
    """Return the password of the demo accounts: of the settings, or made once per instance."""
    if settings.demo_password:
        return settings.demo_password
    file = settings.instance / "demo-password"
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(instance.random_password())
    return file.read_text(encoding="ascii").strip()


def _still_valid(password: str) -> str:
    """Return the password, or say that it was another one when the demo was loaded.

    Raises `Refused` when a demo account is missing: then the people here are real.
    """
    people = [queries.find_person_by_email(account.email) for account in ACCOUNTS]
    if None in people:
        raise Refused(
            "Diese Instanz enthält echte Personen; der Demobetrieb braucht eine eigene:"
            " CRM_INSTANCE=… (Ordner) oder CRM_DATABASE_URL=…"
        )
    is_valid = people[0] is not None and passwords.verify(people[0].password_hash, password)
    return password if is_valid else "(wie beim Laden der Vorführdaten)"
