"""Who sees what: one WHERE clause and one predicate, side by side, tested to agree.

A record belongs to a body, a team and an owner, and is visible to everyone of the body, to the
team, or to the owner and their managers. Readers see nothing that is for owners and managers.
"""

from __future__ import annotations

from enum import StrEnum, unique
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.policy import Actor, Role


@unique
class Visibility(StrEnum):
    """For whom a record is meant."""

    BODY = "body"
    TEAM = "team"
    MANAGERS = "managers"

    @property
    def strictness(self) -> int:
        """Return 0 for the widest circle, 2 for the narrowest."""
        return list(Visibility).index(self)


def strictest(*visibilities: Visibility) -> Visibility:
    """Return the narrowest circle among those given; the body's when there are none."""
    return max(visibilities, key=lambda v: v.strictness, default=Visibility.BODY)


class Belonging:
    """Columns of a record that belongs to somebody and is visible to a circle.

    `team_id` is the owner's team when the record was made: its managers are "my managers". What
    hangs on a visit or concern belongs to the team of that.
    """

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("team.id", ondelete="RESTRICT"))
    owner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.BODY)


@lru_cache(maxsize=1_024)
def visible(model: Any, actor: Actor) -> sa.ColumnElement[bool]:
    """Limit rows of `model` (a `Belonging` class) to what `actor` may see.

    Kept for those who were here last: a page asks for it a dozen times.
    """
    if actor.role is Role.NONE or actor.body_id is None:
        return sa.false()
    circles = [
        model.visibility == Visibility.BODY,
        sa.and_(model.visibility == Visibility.TEAM, model.team_id.in_(actor.seen_team_ids)),
    ]
    if actor.role is not Role.READER:
        circles.append(model.owner_id == actor.id)
    if actor.led_team_ids:
        circles.append(model.team_id.in_(actor.led_team_ids))
    return sa.and_(model.body_id == actor.body_id, sa.or_(*circles))


def may_see(actor: Actor, record: Belonging) -> bool:
    """Tell whether `actor` may see `record`; the same rule as `visible`."""
    if actor.role is Role.NONE or record.body_id != actor.body_id:
        return False
    match record.visibility:
        case Visibility.BODY:
            return True
        case Visibility.TEAM if record.team_id in actor.seen_team_ids:
            return True
    is_own = actor.role is not Role.READER and record.owner_id == actor.id
    return is_own or record.team_id in actor.led_team_ids
