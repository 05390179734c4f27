"""Make, rename and close teams, and the bodies they belong to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crm import audit
from crm.accounts import queries
from crm.accounts.models import Body, Team
from crm.clock import now
from crm.db import db, transaction, unless_at_once, violated_constraint
from crm.errors import Conflict, NotFound, Stale
from crm.policy import Actor, Permission, authorize
from crm.text import TextRefused, clean, search_key
from crm.types import new_id

R = TypeVar("R")

_LONGEST_NAME = 300
# ISO 3166-2:DE without "DE-"
LAENDER = (
    "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH",
)  # fmt: skip


def add_body(name: str, *, land: str, actor: Actor | None = None, key: UUID | None = None) -> UUID:
    """Make a legal body in a Land; without an actor for the command.

    The same `key` again makes none. Raises `Conflict` when there is one of that name, or the name
    is none.
    """
    name, key = name_of(name), key or new_id()
    by = _allowed(actor)

    def save() -> UUID:
        with transaction() as session:
            if session.get(Body, key) is None:
                refuse_taken(name, queries.body_names())
                body = Body(id=key, name=name, land=land)
                session.add(body)
                session.flush()
                audit.record(by, "added", body)
            return key

    return unless_taken(lambda: unless_at_once(save, "pk_body"))


def add_team(
    body_id: UUID, name: str, *, actor: Actor | None = None, key: UUID | None = None
) -> UUID:
    """Make a team of a body; without an actor for the command.

    The same `key` again makes none. Raises `Conflict` when the body has one of that name, or the
    name is none.
    """
    name, key = name_of(name), key or new_id()
    by = _allowed(actor)

    def save() -> UUID:
        with transaction() as session:
            if session.get(Team, key) is None:
                get_body(body_id)
                refuse_taken(name, queries.team_names_of(body_id))
                team = Team(id=key, body_id=body_id, name=name)
                session.add(team)
                session.flush()
                audit.record(by, "added", team)
            return key

    return unless_taken(lambda: unless_at_once(save, "pk_team"))


def change_body(actor: Actor, body_id: UUID, name: str, *, land: str, version: int) -> bool:
    """Rename a body, or let it lie in another Land; tell whether anything has changed.

    What has a date keeps it. Raises `NotFound`, `Stale`, or `Conflict` with field `name`.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    name = name_of(name)

    def save() -> bool:
        with transaction() as session:
            body = get_body(body_id)
            if body.version != version:
                raise Stale
            refuse_taken(name, queries.body_names(but=body_id))
            changes = _changed(body, name=name, land=land)
            if changes:
                body.name, body.land = name, land
                session.flush()
                audit.record(actor.id, "edited", body, changes)
            return bool(changes)

    return unless_taken(save)


def rename_team(actor: Actor, team_id: UUID, name: str, *, version: int) -> bool:
    """Give a team another name; tell whether it has changed.

    Raises `NotFound`, `Stale`, or `Conflict` with field `name`.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    name = name_of(name)

    def save() -> bool:
        with transaction() as session:
            team = get_team_to_change(team_id, version=version)
            refuse_taken(name, queries.team_names_of(team.body_id, but=team_id))
            changes = _changed(team, name=name)
            if changes:
                team.name = name
                session.flush()
                audit.record(actor.id, "edited", team, changes)
            return bool(changes)

    return unless_taken(save)


def close_team(team: Team, *, by: UUID) -> None:
    """Close a team in which nothing is open, for a use case that has seen to that."""
    if team.closed_at is None:
        team.closed_at = now()
        audit.record(by, "team_closed", team)


def reopen_team(actor: Actor, team_id: UUID) -> None:
    """Open a closed team again; an open one stays so. Raises `NotFound`."""
    authorize(actor, Permission.PEOPLE_MANAGE)
    with transaction():
        team = get_team_to_change(team_id)
        if team.closed_at is not None:
            team.closed_at = None
            audit.record(actor.id, "team_reopened", team)


def get_team_to_change(team_id: UUID, *, version: int | None = None) -> Team:
    """Return a team that others may not change, nor join, meanwhile; in `transaction()`.

    Raises `NotFound`, or `Stale` for another version than this.
    """
    team = db.session.scalar(sa.select(Team).where(Team.id == team_id).with_for_update())
    if team is None:
        raise NotFound(team_id)
    if version is not None and team.version != version:
        raise Stale
    return team


def get_body(body_id: UUID) -> Body:
    """Return a body. Raises `NotFound`."""
    body = db.session.get(Body, body_id)
    if body is None:
        raise NotFound(body_id)
    return body


def refuse_closed(team_id: UUID | None, led_team_ids: Collection[UUID] = ()) -> None:
    """Raise `Conflict` for a closed team, with field `team` or `leads`; in `transaction()`.

    PostgreSQL makes who closes one of them wait.
    """
    closed = queries.closed_among({*led_team_ids, *([team_id] if team_id else ())})
    if closed:
        raise Conflict("team_closed", field="team" if team_id in closed else "leads")


def name_of(name: str) -> str:
    """Return a name as it is kept: no blanks around it, nothing that no page can show."""
    try:
        text = clean(name, longest=_LONGEST_NAME).strip()
    except TextRefused as refused:
        raise Conflict("name_refused", field="name") from refused
    if not text or "\n" in text:
        raise Conflict("name_refused" if text else "name_missing", field="name")
    return text


def _allowed(actor: Actor | None) -> UUID | None:
    if actor is None:
        return None
    authorize(actor, Permission.PEOPLE_MANAGE)
    return actor.id


def _changed(record: Body | Team, **values: str) -> dict[str, list[str]]:
    """Return what becomes another one, with before and after."""
    before = {name: getattr(record, name) for name in values}
    return {n: [before[n], value] for n, value in values.items() if before[n] != value}


def refuse_taken(name: str, names: Collection[str], *, field: str = "name") -> None:
    """Raise `Conflict` for a name that reads like one that there is."""
    alike = search_key(name)
    if any(other == name or (alike and search_key(other) == alike) for other in names):
        raise Conflict("name_taken", field=field)


def unless_taken(save: Callable[[], R]) -> R:
    """Return what `save` returns. Raises `Conflict` for a name that was taken meanwhile."""
    try:
        return save()
    except IntegrityError as error:
        if violated_constraint(error) not in {"uq_body_name", "uq_team_body_id_name"}:
            raise
        raise Conflict("name_taken", field="name") from error
