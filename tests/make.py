"""Builders: whatever a test needs to exist, made in one line, with defaults nobody has to read.

Each builder opens a context and a transaction of its own, as another request would, and returns a
detached object: its columns can be read, its relationships cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries as accounts
from crm.accounts.models import Body, Person, Team, TeamLead
from crm.accounts.passwords import hash_password
from crm.audit import AuditEntry
from crm.clock import now, today
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.contacts.models import Contact, ContactPlace
from crm.db import Base, Record, db, transaction
from crm.follow_ups.models import Assignee, FollowUp
from crm.organisations.matching import name_key
from crm.organisations.models import Organisation
from crm.policy import Actor, Role
from crm.saved_views.models import Place, SavedView
from crm.text import search_key, sort_key
from crm.topics.models import Topic
from crm.types import new_id
from crm.visibility import Visibility
from crm.visits.models import (
    Attendance,
    Mode,
    TopicNote,
    Visit,
    VisitOrganisation,
    VisitStatus,
)
from tests.make_reports import ReportBuilders

B = TypeVar("B", bound=Base)
T = TypeVar("T")

PASSWORD = "Ein Satz, den niemand errät"
# argon2id takes 50 ms on purpose: once per process is enough
_password_hash = cache(lambda: hash_password(PASSWORD))


class Make(ReportBuilders):
    """The builders of one test."""

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
        contact = Contact(
            **{
                "given_name": "Kim",
                "family_name": family_name,
                "body_id": organisations[0].body_id,
                "team_id": organisations[0].team_id,
                "sort_key": sort_key(f"{family_name} Kim"),
                "search_text": search_key(f"Kim {family_name}"),
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

    def visit(
        self,
        status: VisitStatus = VisitStatus.COMPLETED,
        *,
        owner: Person | None = None,
        organisation: Organisation | None = None,
        further: Sequence[Organisation] = (),
        contacts: Sequence[Contact] = (),
        topics: Sequence[str] = (),
        **columns: Any,
    ) -> Visit:
        """Make a visit that its owner attended, with a note on each of `topics` (slugs).

        A draft holds what was typed in `draft_form` and nothing else.
        """
        is_draft = status is VisitStatus.DRAFT
        if not is_draft:
            organisation = organisation or self.organisation()
        ahead = 7 if status is VisitStatus.PLANNED else 0
        visit = Visit(
            **self._belonging(owner)
            | {
                "status": status,
                "organisation_id": organisation.id if organisation else None,
                "visited_on": None if is_draft else today() + timedelta(days=ahead),
                "mode": None if is_draft else Mode.ON_SITE,
                "summary": "" if is_draft else "Ein gutes Gespräch.",
                "draft_form": [["summary", "Noch nicht fertig"]] if is_draft else None,
                "created_at": now(),
                "updated_at": now(),
            }
            | columns
        )
        self._save(visit)
        people = [] if is_draft else [{"person_id": visit.owner_id}]
        present = [*people, *({"contact_id": contact.id} for contact in contacts)]
        self._save_all(
            VisitOrganisation(visit_id=visit.id, organisation_id=o.id, position=position)
            for position, o in enumerate(further)
        )
        self._save_all(
            Attendance(visit_id=visit.id, position=position, **who)
            for position, who in enumerate(present)
        )
        for position, slug in enumerate(topics):
            self.topic_note(visit, slug, position=position)
        return visit

    def topic_note(self, visit: Visit, topic: str = "outlook", **columns: Any) -> TopicNote:
        """Make a note on one topic of a visit, by the visit's owner and in the visit's circle."""
        return self._save(
            TopicNote(
                **{
                    "visit_id": visit.id,
                    "topic_id": self.topic(topic).id,
                    "body_id": visit.body_id,
                    "team_id": visit.team_id,
                    "owner_id": visit.owner_id,
                    "visibility": visit.visibility,
                    "position": 0,
                    "note": "Was dazu gesagt wurde.",
                }
                | columns
            )
        )

    def concern(
        self,
        title: str = "",
        *,
        owner: Person | None = None,
        organisation: Organisation | None = None,
        topic: str = "outlook",
        stage: Stage = Stage.NEW,
        **columns: Any,
    ) -> Concern:
        """Make a concern with the flag watch; a closed one is solved."""
        is_closed = stage is Stage.CLOSED
        return self._save(
            Concern(
                **self._belonging(owner)
                | {
                    "title": title or f"Anliegen {self._number()}",
                    "organisation_id": (organisation or self.organisation()).id,
                    "topic_id": self.topic(topic).id,
                    "flag": Flag.WATCH,
                    "stage": stage,
                    "opened_at": now(),
                    "first_response_due_on": today() + timedelta(days=14),
                    "resolution_due_on": today() + timedelta(days=90),
                    "stage_since": now(),
                    "closed_at": now() if is_closed else None,
                    "outcome": Outcome.SOLVED if is_closed else None,
                    "created_at": now(),
                    "updated_at": now(),
                }
                | columns
            )
        )

    def follow_up(
        self,
        title: str = "",
        *,
        owner: Person | None = None,
        assignees: Sequence[Person] = (),
        due_on: date | None = None,
        done: bool = False,
        **columns: Any,
    ) -> FollowUp:
        """Make a follow-up due today, assigned to its owner unless to others.

        `organisation_id`, `visit_id`, `concern_id` and so on say what it hangs on.
        """
        belonging = self._belonging(owner)
        follow_up = FollowUp(
            **belonging
            | {
                "title": title or f"Wiedervorlage {self._number()}",
                "due_on": due_on or today(),
                "done_at": now() if done else None,
                "done_by_id": belonging["owner_id"] if done else None,
                "created_at": now(),
                "updated_at": now(),
            }
            | columns
        )
        self._save(follow_up)
        keys: list[UUID] = [person.id for person in assignees] or [follow_up.owner_id]
        self._save_all(Assignee(follow_up_id=follow_up.id, person_id=key) for key in keys)
        return follow_up

    def saved_view(self, name: str, *, owner: Person | None = None) -> SavedView:
        """Make a view of the dashboard."""
        return self._save(
            SavedView(
                owner_id=(owner or self.officer).id,
                place=Place.DASHBOARD,
                name=name,
                sort_key=sort_key(name),
                query="span=last_year",
                created_at=now(),
            )
        )

    def audit_line(self) -> None:
        """Write an audit line, as every service does: what figures are kept by."""
        self._save(
            AuditEntry(
                at=now(), actor_id=None, action="made", subject_type="test",
                subject_id=new_id(), changes={}, page="",
            )
        )  # fmt: skip

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
