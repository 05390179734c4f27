"""Somebody leaves: all that is open with them goes to others, and their account is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config import Settings
from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.operations import instance
from crm.operations.refusal import Refused
from crm.workflows import queries, services
from crm.workflows.models import Kind

_ONE_AND_MANY = {
    Kind.FOLLOW_UP: ("Wiedervorlage", "Wiedervorlagen"),
    Kind.CONCERN: ("Anliegen", "Anliegen"),
    Kind.VISIT: ("geplanter Besuch", "geplante Besuche"),
}


def let_go(
    settings: Settings, email: str, to: Mapping[Kind, str | None], *, close: bool
) -> list[str]:
    """Hand over everything, also what no manager sees; return what is to be said.

    to      the address of who takes over each kind, or None
    close   close the account as well

    Raises `Refused`, changing nothing, for an unknown address or when nobody takes over what is
    open; `Conflict` as `services.leave` does.
    """
    with instance.opened(settings):
        person = accounts.find_present_or_past_by_email(email)
        if person is None:
            raise Refused(f"Eine Person mit der Adresse „{email}“ gibt es nicht.")
        work = queries.open_work(person.id)
        counts = {kind: len(work.of(kind)) for kind in Kind}
        if any(counts[kind] and not to[kind] for kind in Kind):
            raise Refused(
                f"Bei {person.name} ist noch offen: {_amounts(counts)}."
                " Bitte nennen Sie mit --to, wer es übernimmt."
            )
        keys = {kind: _active(address).id for kind, address in to.items() if address}
        done = services.leave(person.id, keys, deactivate=close)
        return list(_said(person, done))


def _active(email: str) -> Person:
    found = accounts.find_person_by_email(email)
    if found is None:
        raise Refused(f"Eine Person mit der Adresse „{email}“ gibt es nicht.")
    return found


def _said(person: Person, done: services.HandedOver) -> Iterator[str]:
    if done.moved:
        yield f"Von {person.name} weitergegeben: {_amounts(done.moved)}."
    elif not done.stayed:
        yield f"Bei {person.name} ist nichts mehr offen."
    if done.stayed:
        yield (
            f"Bei {person.name} geblieben: {_amounts(done.stayed)}, nur für ein Team oder"
            " dessen Leitung bestimmt. Rufen Sie den Befehl noch einmal auf und nennen Sie mit --to"
            " jemanden, der dazugehört."
        )
    if done.closed:
        yield "Das Konto ist geschlossen, die Person überall abgemeldet, ihr Kalender beendet."


def _amounts(counts: Mapping[Kind, int]) -> str:
    return ", ".join(
        f"{count} {one if count == 1 else many}"
        for kind, (one, many) in _ONE_AND_MANY.items()
        if (count := counts.get(kind, 0))
    )
