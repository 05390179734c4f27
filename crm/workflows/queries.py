"""Find what is open with a person or in a team, and what a team would take along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.accounts.models import Person, Team
from crm.concerns.deadlines import next_due_on
from crm.concerns.models import Collaborator, Concern, Stage
from crm.concerns.services.giving import people_of as working_on
from crm.db import Base, db
from crm.follow_ups.models import Assignee, FollowUp
from crm.follow_ups.queries import visible_follow_ups
from crm.policy import Actor
from crm.visibility import Visibility, may_see, visible
from crm.visits.models import Attendance, Visit
from crm.visits.queries import visible_visits
from crm.visits.services.people import STILL_TO_COME, people_of
from crm.workflows.models import HandOver, Kind

Thing = FollowUp | Concern | Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """What is open with a person. Drafts are none of it: they stay their author's."""

    follow_ups: Sequence[FollowUp] = ()
    concerns: Sequence[Concern] = ()
    visits: Sequence[Visit] = ()

    def __bool__(self) -> bool:
        return any((self.follow_ups, self.concerns, self.visits))

    def of(self, kind: Kind) -> Sequence[Thing]:
        """Return the things of one kind."""
        by_kind: dict[Kind, Sequence[Thing]] = {
            Kind.FOLLOW_UP: self.follow_ups,
            Kind.CONCERN: self.concerns,
            Kind.VISIT: self.visits,
        }
        return by_kind[kind]


def open_work(
    person_id: UUID,
    actor: Actor | None = None,
    *,
    limit: int | None = None,
    to_change: bool = False,
) -> OpenWork:
    """Return what is open with a person: as far as `actor` sees it, or all for the command.

    What is due first comes first.

    limit       at most as many of each kind
    to_change   PostgreSQL makes other changes wait; what has just gone elsewhere is left out
    """
    assigned = sa.select(Assignee.follow_up_id).where(Assignee.person_id == person_id)
    follow_ups = (
        sa.select(FollowUp)
        .where(
            sa.true() if actor is None else visible_follow_ups(actor),
            FollowUp.id.in_(assigned),
            FollowUp.done_at.is_(None),
        )
        .options(
            joinedload(FollowUp.organisation),
            selectinload(FollowUp.assignees).joinedload(Assignee.person),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
    )
    helped = sa.select(Collaborator.concern_id).where(Collaborator.person_id == person_id)
    concerns = (
        sa.select(Concern)
        .where(
            sa.true() if actor is None else visible(Concern, actor),
            sa.or_(Concern.owner_id == person_id, Concern.id.in_(helped)),
            Concern.stage != Stage.CLOSED,
        )
        .options(joinedload(Concern.organisation), joinedload(Concern.owner))
        .order_by(next_due_on, Concern.id)
    )
    attended = sa.select(Attendance.visit_id).where(Attendance.person_id == person_id)
    visits = (
        sa.select(Visit)
        .where(
            sa.true() if actor is None else visible_visits(actor),
            Visit.status.in_(STILL_TO_COME),
            Visit.archived_at.is_(None),
            sa.or_(Visit.owner_id == person_id, Visit.id.in_(attended)),
        )
        .options(joinedload(Visit.organisation), selectinload(Visit.attendances))
        .order_by(Visit.visited_on, Visit.id)
    )
    if to_change:
        follow_ups = follow_ups.with_for_update(of=FollowUp)
        concerns = concerns.with_for_update(of=Concern).options(selectinload(Concern.collaborators))
        visits = visits.with_for_update(of=Visit)
    return OpenWork(
        follow_ups=[
            follow_up
            for follow_up in db.session.scalars(follow_ups.limit(limit))
            if person_id in follow_up.assignee_ids
        ],
        concerns=[
            concern
            for concern in db.session.scalars(concerns.limit(limit))
            if not to_change or person_id in working_on(concern)
        ],
        visits=[
            visit
            for visit in db.session.scalars(visits.limit(limit))
            if person_id in {visit.owner_id, *people_of(visit)}
        ],
    )


def is_for(thing: Thing, person_id: UUID, successor: Actor) -> bool:
    """Tell whether a thing may go from a person to this one: who is of the circle it is meant for.

    What is for one team, or for owner and managers, does not leave the team on the way; who only
    works on a concern has to see it.
    """
    if thing.body_id != successor.body_id:
        return False
    if isinstance(thing, FollowUp) and successor.id in thing.assignee_ids:
        return True
    if isinstance(thing, Concern) and thing.owner_id != person_id:
        return may_see(successor, thing)
    is_own = thing.owner_id == successor.id
    is_wide = thing.visibility is Visibility.BODY
    return is_own or is_wide or thing.team_id in successor.seen_team_ids


def find_hand_over(actor: Actor, hand_over_id: UUID) -> HandOver | None:
    """Return what `actor` has handed over, with its things, to change it; or None."""
    return db.session.scalar(
        sa.select(HandOver)
        .where(HandOver.id == hand_over_id, HandOver.by_id == actor.id)
        .options(selectinload(HandOver.items))
        .with_for_update()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInTeam:
    """Who is in a team, and what of it is open; drafts are none of it."""

    people: int
    work: dict[Kind, int]

    def __bool__(self) -> bool:
        return bool(self.people or any(self.work.values()))


def open_in(team_id: UUID) -> OpenInTeam:
    """Count who is in a team, also who is only invited, and what of it is open."""
    people, follow_ups, concerns, visits = db.session.execute(
        sa.select(
            _number(Person.team_id == team_id, Person.deactivated_at.is_(None)),
            _number(FollowUp.team_id == team_id, FollowUp.done_at.is_(None)),
            _number(Concern.team_id == team_id, Concern.stage != Stage.CLOSED),
            _number(
                Visit.team_id == team_id,
                Visit.status.in_(STILL_TO_COME),
                Visit.archived_at.is_(None),
            ),
        )
    ).one()
    work = {Kind.FOLLOW_UP: follow_ups, Kind.CONCERN: concerns, Kind.VISIT: visits}
    return OpenInTeam(people=people, work=work)


def _number(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(*conditions).scalar_subquery()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """Whether a team can leave its body, and whether something goes along.

    holds     it has recorded something
    is_bound  other teams of the body have too: what they share cannot be parted
    """

    holds: bool
    is_bound: bool


def moving(team: Team) -> Moving:
    """Return whether a team can leave its body, and whether something goes along."""
    of_teams = [table.c for table in tables_of_bodies() if "team_id" in table.c]
    own = [sa.exists().where(columns.team_id == team.id) for columns in of_teams]
    others = [
        sa.exists().where(columns.body_id == team.body_id, columns.team_id != team.id)
        for columns in of_teams
    ]
    holds, shares = db.session.execute(sa.select(sa.or_(*own), sa.or_(*others))).one()
    return Moving(holds=bool(holds), is_bound=bool(holds and shares))


def tables_of_bodies() -> list[sa.Table]:
    """Return the tables of what belongs to a body, also of features that do not know this one."""
    every = Base.metadata.sorted_tables
    return [table for table in every if "body_id" in table.c and table.name != Team.__tablename__]
