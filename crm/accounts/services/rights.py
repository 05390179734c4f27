"""Change what a person may do, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from crm import audit
from crm.accounts import queries
from crm.accounts.models import Person, PersonState, TeamLead
from crm.accounts.services.access import end_access, get_to_change
from crm.accounts.services.making import Rights
from crm.accounts.services.teams import refuse_closed
from crm.db import transaction
from crm.errors import Conflict, Stale
from crm.policy import Actor, Permission, authorize


def change_rights(actor: Actor, person_id: UUID, rights: Rights, *, version: int) -> bool:
    """Give a person another role, team or administration; every session of theirs ends.

    Tell whether anything has changed. Raises `NotFound` for who has left, `Stale`, or `Conflict`
    with the field that does not fit.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    rights.check()
    with transaction() as session:
        if not rights.is_administrator and queries.is_only_administrator(person_id):
            raise Conflict("last_administrator", field="is_administrator")
        person = get_to_change(person_id)
        if person.version != version:
            raise Stale
        led = {team.id for team in queries.teams_led(person_id)}
        # What a person has is theirs also when it was closed
        refuse_closed(
            None if rights.team_id == person.team_id else rights.team_id, rights.led_team_ids - led
        )
        changes = _changes(person, led, rights)
        if not changes:
            return False
        person.role, person.team_id = rights.role, rights.team_id
        person.is_administrator = rights.is_administrator
        # Also where nothing but the teams led has changed, the version does
        flag_modified(person, "role")
        session.execute(sa.delete(TeamLead).where(TeamLead.person_id == person_id))
        session.add_all(
            TeamLead(person_id=person_id, team_id=team_id) for team_id in rights.led_team_ids
        )
        audit.record(actor.id, "rights_changed", person, changes)
        if person.state is not PersonState.INVITED:
            end_access(person_id, by=actor.id)
    return True


def _changes(person: Person, led: Collection[UUID], rights: Rights) -> dict[str, Any]:
    """Return what becomes another one, each with the words of before and after."""
    names = queries.team_names(
        {key for key in (person.team_id, rights.team_id, *led, *rights.led_team_ids) if key}
    )

    def named(keys: Iterable[UUID | None]) -> str:
        return ", ".join(sorted(names[key] for key in keys if key))

    found: dict[str, Any] = {}
    if person.role is not rights.role:
        found["role"] = [person.role.value, rights.role.value]
    if person.team_id != rights.team_id:
        found["team"] = [named([person.team_id]), named([rights.team_id])]
    if set(led) != rights.led_team_ids:
        found["leads"] = [named(led), named(rights.led_team_ids)]
    if person.is_administrator is not rights.is_administrator:
        found["is_administrator"] = [person.is_administrator, rights.is_administrator]
    return found
