"""People, organisations and contacts of the generated data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from benchmarks.material import BRANCHES, MUNICIPALITIES, STEP, Batch, made_up_name
from crm.accounts.models import Body, Person, Team, TeamLead
from crm.clock import today
from crm.contacts.models import Contact, ContactPlace
from crm.demo.batch import key_at
from crm.demo.dice import Dice
from crm.organisations import matching
from crm.organisations.models import Organisation, OrganisationKind
from crm.partners.models import Offer
from crm.policy import Role
from crm.text import search_key, sort_key

LAND = "ST"
# Who is measured
LOGINS = {"officer": "officer-1@messwert.example", "manager": "manager-1@messwert.example"}
_MANY, _OFFICERS, _OFFICERS_OF_MANY = 1_000_000, 50, 500
_PER_TEAM = 10


@dataclass(frozen=True, slots=True)
class Colleague:
    """An officer with their team."""

    id: UUID
    team_id: UUID


class Directory:
    """Makes whom visits are about, and remembers the keys."""

    def __init__(self, connection: sa.Connection, rng: Dice, visits: int, at: datetime):
        self._connection, self._rng, self._visits, self._at = connection, rng, visits, at
        self._batch = Batch()
        self.body_id = key_at(at, rng)
        self.colleagues: list[Colleague] = []
        self.organisations: list[UUID] = []
        # Those of them who help others
        self.partners: list[UUID] = []
        # The primary contact of each organisation
        self.contacts: dict[UUID, UUID] = {}

    def make(self, topic_ids: Sequence[UUID]) -> None:
        """Make and store everything; each partner helps with two topics."""
        self._add_people()
        self._add_organisations()
        for partner_id in self.partners:
            for topic_id in self._rng.sample(topic_ids, k=2):
                self._batch.add(
                    Offer,
                    id=key_at(self._at, self._rng),
                    partner_id=partner_id,
                    topic_id=topic_id,
                    contact_id=self.contacts[partner_id],
                )
        self._batch.store(self._connection)

    def _add_people(self) -> None:
        """Make the officers in their teams, and a manager who leads all teams."""
        rng, at = self._rng, self._at
        officers = _OFFICERS_OF_MANY if self._visits >= _MANY else _OFFICERS
        self._batch.add(Body, id=self.body_id, name="Landkreis Messwert", land=LAND)
        teams = [key_at(at, rng) for _ in range(officers // _PER_TEAM)]
        for number, team_id in enumerate(teams):
            name = f"Team {number + 1}"
            self._batch.add(Team, id=team_id, body_id=self.body_id, name=name)
        for number in range(officers):
            team_id = teams[number % len(teams)]
            key = self._person(f"officer-{number + 1}", Role.OFFICER, team_id)
            self.colleagues.append(Colleague(key, team_id))
        manager = self._person("manager-1", Role.MANAGER, teams[0])
        for team_id in teams:
            self._batch.add(TeamLead, person_id=manager, team_id=team_id)

    def _person(self, login: str, role: Role, team_id: UUID) -> UUID:
        name = f"{made_up_name(self._rng)} {made_up_name(self._rng)}"
        at = self._at
        key = key_at(at, self._rng)
        self._batch.add(
            Person,
            id=key,
            email=f"{login}@messwert.example",
            name=name,
            sort_key=sort_key(name),
            password_hash=None,
            role=role,
            team_id=team_id,
            created_at=at,
        )
        return key

    def _add_organisations(self) -> None:
        """Make the organisations with two contacts each."""
        rng, at = self._rng, self._at
        for number in range(max(self._visits // 20, 10)):
            branch, town = rng.choice(BRANCHES), rng.choice(MUNICIPALITIES)
            name = f"{branch} {made_up_name(rng)} GmbH"
            key, team = key_at(at, rng), rng.choice(self.colleagues)
            phones = f"030 23125 {number % 1000:03}"
            kind = OrganisationKind.PARTNER if number % 20 == 0 else OrganisationKind.COMPANY
            self.organisations.append(key)
            if kind is OrganisationKind.PARTNER:
                self.partners.append(key)
            self._batch.add(
                Organisation,
                id=key,
                body_id=self.body_id,
                team_id=team.team_id,
                kind=kind,
                name=name,
                industry=branch,
                municipality=town,
                employees=rng.randint(1, 400),
                is_target=rng.happens(0.3),
                # A few are overdue; of the others, some have a cadence and no date
                next_visit_due_on=today() + timedelta(days=rng.randint(-30, 700))
                if rng.happens(0.5)
                else None,
                cadence_months=rng.choice((12, 24, 36)) if rng.happens(0.4) else None,
                phones=phones,
                sort_key=sort_key(name),
                search_text=matching.search_text(name, town, phones=phones),
                name_key=matching.name_key(name),
                name_sound=matching.name_sound(name),
                created_at=at,
                updated_at=at,
            )
            for position in range(2):
                self._contact(key, team.team_id, is_primary=position == 0)
            if number % STEP == STEP - 1:
                self._batch.store(self._connection)

    def _contact(self, organisation_id: UUID, team_id: UUID, *, is_primary: bool) -> None:
        at = self._at
        key, name = key_at(at, self._rng), made_up_name(self._rng)
        self._batch.add(
            Contact,
            id=key,
            body_id=self.body_id,
            team_id=team_id,
            given_name="Kim",
            family_name=name,
            function="Geschäftsführung",
            sort_key=sort_key(f"{name} Kim"),
            search_text=search_key(f"Kim {name}"),
            created_at=at,
            updated_at=at,
        )
        self._batch.add(
            ContactPlace, contact_id=key, organisation_id=organisation_id, is_primary=is_primary
        )
        if is_primary:
            self.contacts[organisation_id] = key
