"""The bodies, teams and people of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm.accounts import passwords
from crm.accounts.models import Body, Person, Team, TeamLead
from crm.demo.accounts import ACCOUNTS, DOMAIN, LAND, SOUTH, TEAMS, Account
from crm.demo.batch import Batch
from crm.policy import Actor, Role
from crm.text import sort_key

# Left five months ago: the owner of old visits, in no list of colleagues
FORMER = Account(
    key="former",
    role=Role.OFFICER,
    role_name="",
    email=f"frueher@{DOMAIN}",
    name="Jonas Früher",
    team=SOUTH,
)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of the demo, by the key of the account; teams by name."""

    actors: dict[str, Actor]
    teams: dict[str, UUID]
    bodies: dict[str, UUID]

    def colleagues(self, key: str) -> list[str]:
        """Return who else works in the same body as this person."""
        mine = self.actors[key]
        return [
            other
            for other, actor in self.actors.items()
            if actor.body_id == mine.body_id
            and other not in {key, FORMER.key}
            and actor.role in {Role.OFFICER, Role.MANAGER}
        ]


def add_people(batch: Batch, *, password: str, since: datetime, left_at: datetime) -> People:
    """Add bodies, teams and people as if they had worked since that moment.

    Raises `Conflict` (field `new_password`) for a password that must not be used.
    """
    bodies: dict[str, UUID] = {}
    teams: dict[str, UUID] = {}
    for team, body in TEAMS.items():
        if body not in bodies:
            bodies[body] = batch.add(Body, since, name=body, land=LAND)
            batch.audit(since, None, "added", (Body, bodies[body]))
        teams[team] = batch.add(Team, since, body_id=bodies[body], name=team)
        batch.audit(since, None, "added", (Team, teams[team]))
    for account in ACCOUNTS:
        passwords.check(password, email=account.email, name=account.name)
    actors = {}
    for account in (*ACCOUNTS, FORMER):
        is_former = account is FORMER
        key = batch.add(
            Person,
            since,
            email=account.email,
            name=account.name,
            sort_key=sort_key(" ".join(reversed(account.name.split()))),
            password_hash=None if is_former else passwords.hash_password(password),
            role=account.role,
            is_administrator=account.is_administrator,
            team_id=teams[account.team] if account.team else None,
            created_at=since,
            deactivated_at=left_at if is_former else None,
        )
        batch.audit(since, None, "added", (Person, key), {"role": account.role.value})
        led = _led(account)
        for team in sorted(led):
            batch.link(TeamLead, person_id=key, team_id=teams[team])
        actors[account.key] = Actor(
            id=key,
            name=account.name,
            role=account.role,
            is_administrator=account.is_administrator,
            body_id=bodies[TEAMS[account.team]] if account.team else None,
            team_id=teams[account.team] if account.team else None,
            led_team_ids=frozenset(teams[team] for team in led),
            land=LAND,
        )
    return People(actors=actors, teams=teams, bodies=bodies)


def _led(account: Account) -> set[str]:
    if account.role is not Role.MANAGER or account.team is None:
        return set()
    return {account.team, *account.leads}
