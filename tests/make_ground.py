"""Builders of who and where: people and their teams, organisations and contacts, topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from pyotp import TOTP, random_base32

from crm.accounts import queries as accounts
from crm.accounts.models import Body, Person, RecoveryCode, SecondFactor, SignIn, Team, TeamLead
from crm.accounts.one_time import Safe, digits_of
from crm.accounts.passwords import hash_password
from crm.accounts.queries import hash_of
from crm.clock import now
from crm.contacts.models import Contact, ContactPlace
from crm.db import Base, Record, db, transaction
from crm.offers.models import AgencyOffer
from crm.organisations.matching import name_key
from crm.organisations.models import Organisation
from crm.policy import Actor, Role
from crm.text import search_key, sort_key
from crm.topics.models import Topic
from crm.visibility import Visibility

B = TypeVar("B", bound=Base)
T = TypeVar("T")

PASSWORD = "Ein Satz, den niemand errät"
# argon2id takes 50 ms on purpose: once per process is enough
_password_hash = cache(lambda: hash_password(PASSWORD))


class App:
    """An app for one-time codes that is not ours, on somebody's telephone."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret or random_base32()

    def code(self, ahead: int = 0) -> str:
        """Return the code of now, or of so many half minutes later."""
        return TOTP(self.secret).at(now(), counter_offset=ahead)

    def wrong_code(self) -> str:
        """Return six digits that no code of this hour is."""
        near = {self.code(steps) for steps in range(-120, 120)}
        return next(code for code in map("{:06}".format, count()) if code not in near)


class Ground:
    """What every builder stands on; `Make` adds what people do."""

    def __init__(self, app: Flask):
        self._app = app
        self._numbers = count(1)

    # --- who ------------------------------------------------------------------------------------

    @cached_property
    def home(self) -> Team:
        """The team in which people are unless a test says otherwise."""
        return self.team("Wirtschaftsförderung", body=self.home_body)

    @cached_property
    def home_body(self) -> Body:
        """The body of the home team."""
        return self.body("Landkreis Musterkreis")

    @cached_property
    def officer(self) -> Person:
        """Somebody of the home team who owns what nobody else is named for."""
        return self.person(name="Olga Oft")

    def body(self, name: str = "", *, land: str = "ST") -> Body:
        """Make a body (Träger)."""
        return self._save(Body(name=name or f"Träger {self._number()}", land=land))

    def team(self, name: str = "", *, body: Body | None = None) -> Team:
        """Make a team; without a body, one of a body of its own."""
        body = body or self.body()
        return self._save(Team(name=name or f"Team {self._number()}", body_id=body.id))

    def person(
        self,
        role: Role = Role.OFFICER,
        *,
        team: Team | None = None,
        leads: Iterable[Team] = (),
        name: str = "",
        **columns: Any,
    ) -> Person:
        """Make a person whose password is `PASSWORD`. A manager leads their own team besides."""
        number = self._number()
        name = name or f"Person {number}"
        team = team or (self.home if role is not Role.NONE else None)
        person = Person(
            **{
                "name": name,
                "email": f"person-{number}@example.org",
                "sort_key": sort_key(" ".join(reversed(name.split()))),
                "password_hash": _password_hash(),
                "role": role,
                "team_id": team.id if team else None,
                "created_at": now(),
            }
            | columns
        )
        led = {t.id for t in (*leads, *([team] if team else ()))} if role is Role.MANAGER else ()
        self._save(person)
        self._save_all(TeamLead(person_id=person.id, team_id=key) for key in led)
        return person

    def sign_in(self, person: Person) -> SignIn:
        """Make a session of a person whose cookie nobody has."""
        return self._save(
            SignIn(
                person_id=person.id,
                token_hash=hash_of(f"nobody's {self._number()}"),
                created_at=now(),
                last_seen_at=now(),
                proved_at=now(),
            )
        )

    def second_factor(
        self, person: Person, *, recovery_codes: Iterable[str] = (), **columns: Any
    ) -> App:
        """Give a person a second factor; return the app that makes its codes."""
        app = App()
        self._save(
            SecondFactor(
                **{
                    "person_id": person.id,
                    "sealed": Safe.of(self._app.config["CRM"]).seal(person.id, app.secret),
                    "last_step": 0,
                    "created_at": now(),
                }
                | columns
            )
        )
        self._save_all(
            RecoveryCode(person_id=person.id, code_hash=hash_of(digits_of(code)))
            for code in recovery_codes
        )
        return app

    def actor(self, person: Person | None = None) -> Actor:
        """Return a person as services and queries know them; the home team's officer by default."""
        with self._app.app_context():
            found = accounts.find_person((person or self.officer).id)
            assert found is not None
            return found.actor

    # --- what -----------------------------------------------------------------------------------

    def topic(self, slug: str = "outlook") -> Topic:
        """Return a topic of the catalogue, which every test's database holds."""
        with self._app.app_context():
            return db.session.scalars(sa.select(Topic).where(Topic.slug == slug)).one()

    def agency_offer(self, slug: str) -> AgencyOffer:
        """Return an offer of the agency, which every test's database holds."""
        with self._app.app_context():
            return db.session.scalars(sa.select(AgencyOffer).where(AgencyOffer.slug == slug)).one()

    def organisation(
        self, name: str = "", *, team: Team | None = None, **columns: Any
    ) -> Organisation:
        """Make an organisation; one of the home team by default."""
        name = name or f"Musterbetrieb {self._number()} GmbH"
        team = team or self.home
        return self._save(
            Organisation(
                **{
                    "name": name,
                    "municipality": "Musterstadt",
                    "body_id": team.body_id,
                    "team_id": team.id,
                    "sort_key": sort_key(name),
                    "search_text": search_key(f"{name} Musterstadt"),
                    "name_key": name_key(name),
                    "name_sound": "",
                    "created_at": now(),
                    "updated_at": now(),
                }
                | columns
            )
        )

    def contact(
        self, *organisations: Organisation, family_name: str = "", **columns: Any
    ) -> Contact:
        """Make a contact who is the primary one at these organisations."""
        organisations = organisations or (self.organisation(),)
        family_name = family_name or f"Kontakt{self._number()}"
        given_name = columns.get("given_name", "Kim")
        contact = Contact(
            **{
                "given_name": given_name,
                "family_name": family_name,
                "body_id": organisations[0].body_id,
                "team_id": organisations[0].team_id,
                "sort_key": sort_key(f"{family_name} {given_name}"),
                "search_text": search_key(f"{given_name} {family_name}"),
                "created_at": now(),
                "updated_at": now(),
            }
            | columns
        )
        self._save(contact)
        self._save_all(
            ContactPlace(contact_id=contact.id, organisation_id=o.id, is_primary=True)
            for o in organisations
        )
        return contact

    # --- what the builders share ----------------------------------------------------------------

    def run(self, work: Callable[[], T]) -> T:
        """Return what `work` (a query, a service) returns in a context of its own."""
        with self._app.app_context():
            return work()

    def change(self, record: Record, **columns: Any) -> None:
        """Set columns of a stored record, whatever a service would say to it."""
        kind = type(record)
        with self._app.app_context(), transaction() as session:
            session.execute(sa.update(kind).where(kind.id == record.id).values(**columns))

    def _belonging(self, owner: Person | None) -> dict[str, Any]:
        owner = owner or self.officer
        with self._app.app_context():
            team = db.session.get_one(Team, owner.team_id)
        return {
            "owner_id": owner.id,
            "team_id": team.id,
            "body_id": team.body_id,
            "visibility": Visibility.BODY,
        }

    def _save(self, record: B) -> B:
        self._save_all([record])
        return record

    def _save_all(self, records: Iterable[Base]) -> None:
        with self._app.app_context(), transaction() as session:
            session.add_all(records)

    def _number(self) -> int:
        return next(self._numbers)
