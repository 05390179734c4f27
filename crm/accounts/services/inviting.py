"""Invite people: they choose their password themselves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm import audit
from crm.accounts.models import Person, PersonState
from crm.accounts.services.access import get_to_change
from crm.accounts.services.links import end_link
from crm.accounts.services.making import Rights, person_of, save
from crm.db import transaction
from crm.errors import Conflict
from crm.policy import Actor, Permission, authorize


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is invited, and to what."""

    email: str
    name: str
    language: str
    rights: Rights


def invite(actor: Actor, invitation: Invitation, *, key: UUID) -> tuple[Person, bool]:
    """Make a person who has no password yet; tell whether they are new.

    The same `key` again makes nobody. Raises `Conflict` with the field that does not fit.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    invitation.rights.check()
    person = person_of(
        email=invitation.email,
        name=invitation.name,
        rights=invitation.rights,
        language=invitation.language,
    )
    person.id = key
    with transaction() as session:
        if known := session.get(Person, key):
            return known, False
        save(person, invitation.rights)
        audit.record(actor.id, "invited", person, {"role": person.role.value})
    return person, True


def invite_again(actor: Actor, person_id: UUID) -> Person:
    """End the link of somebody invited, for another one.

    Raises `NotFound` for who has left, `Conflict` for who has a password.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    with transaction():
        person = get_to_change(person_id)
        if person.state is not PersonState.INVITED:
            raise Conflict("invitation_over")
        end_link(person)
        audit.record(actor.id, "invited", person)
        return person
