"""Close a team, or let it move to another body with what belongs to it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts import services as accounts
from crm.accounts.models import Body, Person, Team, TeamLead
from crm.accounts.queries import team_names_of
from crm.accounts.services.access import end_access
from crm.accounts.services.teams import refuse_taken, unless_taken
from crm.db import db, transaction
from crm.errors import Conflict
from crm.policy import Actor, Permission, authorize
from crm.workflows import queries


def close_team(actor: Actor, team_id: UUID) -> None:
    """Close a team; a closed one stays so.

    Raises `NotFound`, or `Conflict` while somebody is in it or something in it is open.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    with transaction():
        team = accounts.get_team_to_change(team_id)
        if queries.open_in(team_id):
            raise Conflict("team_in_use")
        accounts.close_team(team, by=actor.id)


def move_team(actor: Actor, team_id: UUID, body_id: UUID, *, version: int) -> None:
    """Let a team belong to another body, and with it all that it has recorded.

    What teams of one body work on together cannot be parted: then only a team moves that has
    recorded nothing. Whose rights change is signed out.

    Raises `NotFound`, `Stale`, or `Conflict` with field `body`.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    unless_taken(lambda: _move(actor, team_id, body_id, version=version))


def _move(actor: Actor, team_id: UUID, body_id: UUID, *, version: int) -> None:
    with transaction() as session:
        team = accounts.get_team_to_change(team_id, version=version)
        before, after = accounts.get_body(team.body_id), accounts.get_body(body_id)
        if before.id == after.id:
            raise Conflict("body_same", field="body")
        refuse_taken(team.name, team_names_of(after.id), field="body")
        moving = queries.moving(team)
        if moving.is_bound:
            raise Conflict("team_bound", field="body")
        team.body_id = after.id
        session.flush()
        if moving.holds:
            _give_all(before, after)
        _part(team, before, by=actor.id)
        audit.record(actor.id, "team_moved", team, {"body": [before.name, after.name]})


def _part(team: Team, former: Body, *, by: UUID) -> None:
    """End what leads over the border between two bodies, and the sessions of whom it concerns."""
    in_team = sa.select(Person.id).where(Person.team_id == team.id)
    in_former = sa.select(Team.id).where(Team.body_id == former.id)
    over = sa.or_(
        sa.and_(TeamLead.team_id == team.id, TeamLead.person_id.not_in(in_team)),
        sa.and_(TeamLead.team_id.in_(in_former), TeamLead.person_id.in_(in_team)),
    )
    concerned = set(db.session.scalars(sa.select(TeamLead.person_id).where(over)))
    concerned |= set(db.session.scalars(in_team.where(Person.password_hash.is_not(None))))
    db.session.execute(sa.delete(TeamLead).where(over))
    for person_id in sorted(concerned):
        end_access(person_id, by=by)


def _give_all(before: Body, after: Body) -> None:
    """Let everything of one body belong to another."""
    for table in queries.tables_of_bodies():
        db.session.execute(
            sa.update(table).where(table.c.body_id == before.id).values(body_id=after.id)
        )
