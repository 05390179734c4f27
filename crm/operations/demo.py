"""The demo: invented data in an instance of its own, and the accounts to look at it with."""

from __future__ import annotations

from dataclasses import dataclass

from config import Settings
from crm import demo
from crm.accounts import queries
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
    if not settings.demo:
        raise Refused("Vorführdaten werden nur im Demobetrieb geladen (CRM_DEMO=1).")
    _, has_people = database.state(settings)
    password = instance.demo_password(settings)
    if not has_people:
        demo.load(password)
    elif any(queries.find_person_by_email(account.email) is None for account in demo.ACCOUNTS):
        raise Refused(
            "Diese Instanz enthält echte Personen; der Demobetrieb braucht eine eigene:"
            " CRM_INSTANCE=… (Ordner) oder CRM_DATABASE_URL=…"
        )
    return [
        DemoLogin(role=account.role_name, email=account.email, password=password)
        for account in demo.ACCOUNTS
    ]
