"""The notifications a person may see: only those about what they may still see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import Person
from crm.concerns.models import Concern
from crm.db import Record, db
from crm.follow_ups.models import FollowUp
from crm.follow_ups.queries import visible_follow_ups
from crm.notifications.models import Kind, Notification
from crm.paging import Cursor, Order, Page, page_of
from crm.policy import Actor
from crm.visibility import visible

ORDER: Order[Notification] = Order(
    columns=(Notification.at, Notification.id),
    values=lambda notification: (notification.at, notification.id),
    descending=True,
)
_COUNTED_AT_MOST = 100
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A notification with what it is about."""

    notification: Notification
    concern: Concern | None
    follow_up: FollowUp | None
    by: str

    @property
    def title(self) -> str:
        """Return the name of what it is about."""
        thing = self.concern or self.follow_up
        return thing.title if thing else ""

    @property
    def organisation_name(self) -> str:
        """Return whose matter it is; empty for nobody's."""
        thing = self.concern or self.follow_up
        return thing.organisation.name if thing and thing.organisation else ""


def _seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    concern = sa.exists().where(Concern.id == Notification.concern_id, visible(Concern, actor))
    follow_up = sa.exists().where(
        FollowUp.id == Notification.follow_up_id, visible_follow_ups(actor)
    )
    return sa.and_(Notification.person_id == actor.id, sa.or_(concern, follow_up))


def page(actor: Actor, cursor: Cursor | None = None) -> Page[Notification]:
    """Return one page of what `actor` was told, the latest first."""
    statement = sa.select(Notification).where(_seen_by(actor), Notification.in_app)
    return page_of(statement, ORDER, cursor)


def items(notifications: Sequence[Notification]) -> Sequence[Item]:
    """Return notifications that somebody may see with what they are about."""
    concerns = _by_id(
        sa.select(Concern)
        .where(Concern.id.in_([n.concern_id for n in notifications if n.concern_id]))
        .options(joinedload(Concern.organisation))
    )
    follow_ups = _by_id(
        sa.select(FollowUp)
        .where(FollowUp.id.in_([n.follow_up_id for n in notifications if n.follow_up_id]))
        .options(joinedload(FollowUp.organisation))
    )
    people = sa.select(Person.id, Person.name).where(
        Person.id.in_({n.by_id for n in notifications if n.by_id})
    )
    names = {key: name for key, name in db.session.execute(people)}  # noqa: C416 - rows to a dict
    return [
        Item(
            notification=n,
            concern=concerns.get(n.concern_id),
            follow_up=follow_ups.get(n.follow_up_id),
            by=names.get(n.by_id, "") if n.by_id else "",
        )
        for n in notifications
    ]


def _by_id(statement: sa.Select[R]) -> Mapping[UUID | None, R]:
    return {thing.id: thing for thing in db.session.scalars(statement)}


def unread(actor: Actor) -> int:
    """Count what `actor` was told and has not read, at most 100."""
    some = (
        sa.select(sa.literal(1))
        .select_from(Notification)
        .where(_seen_by(actor), Notification.in_app, Notification.read_at.is_(None))
        .limit(_COUNTED_AT_MOST)
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def unread_of_kind(actor: Actor, kind: Kind, *, limit: int) -> Sequence[Item]:
    """Return what `actor` was told of one kind and has not read, the latest first."""
    return items(
        db.session.scalars(
            sa.select(Notification)
            .where(_seen_by(actor), Notification.kind == kind, Notification.read_at.is_(None))
            .order_by(*ORDER.directed())
            .limit(limit)
        ).all()
    )


def find(actor: Actor, notification_id: UUID) -> Item | None:
    """Return one of the actor's notifications; None when it is gone or out of their sight."""
    found = db.session.scalar(
        sa.select(Notification).where(_seen_by(actor), Notification.id == notification_id)
    )
    return items([found])[0] if found else None
