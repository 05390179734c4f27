"""Which roles have to have a second factor."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from crm import audit
from crm.accounts import queries
from crm.accounts.models import SecondFactorDuty
from crm.db import transaction
from crm.errors import Stale
from crm.policy import Actor, Permission, Role, authorize


def oblige(actor: Actor, roles: Collection[Role], *, seen: Collection[str]) -> bool:
    """Let exactly these roles have to have a second factor; tell whether anything has changed.

    Role `none` stands for administrators, whatever else they are. It holds at the next request.
    Raises `Stale` when somebody else has changed what was `seen`.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    with transaction() as session:
        queries.lock_administrators()
        before = queries.obliged_roles()
        if before != frozenset(seen):
            raise Stale
        if before == frozenset(roles):
            return False
        session.execute(sa.delete(SecondFactorDuty))
        session.add_all(SecondFactorDuty(role=role) for role in roles)
        told = [[role.value for role in Role if role in some] for some in (before, roles)]
        audit.tell(actor.id, "obliged", "second_factor", {"roles": told})
    return True
