"""Change several follow-ups at once, each by its own right, and undo it as one step.

What the actor sees but may not change is left as it is and named; what they do not see is as if
it were not there. However many there are, the database is asked the same number of things.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm import audit
from crm.clock import now
from crm.concerns import services as concerns
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.follow_ups.models import Assignee, BulkStep, FollowUp
from crm.follow_ups.services.loading import colleagues, load_many
from crm.follow_ups.services.series import make_next, take_next_back
from crm.notifications import services as notifications
from crm.notifications.models import Kind
from crm.policy import Actor, Permission, authorize, may
from crm.types import new_id

AT_MOST: Final = 100
# Nobody undoes what they did the day before yesterday
_KEPT: Final = timedelta(days=2)

Before: TypeAlias = dict[UUID, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What came of it: the titles of what was changed, and of what was left.

    key      undoes it; None when nothing was changed
    refused  seen, but not the actor's to change
    idle     already as it was to be, or already done
    made     how many next ones of a series were made
    """

    key: UUID | None = None
    changed: Sequence[str] = ()
    refused: Sequence[str] = ()
    idle: Sequence[str] = ()
    made: int = 0


def complete_many(actor: Actor, follow_up_ids: Collection[UUID]) -> Bulk:
    """Complete several follow-ups; raises `Conflict` for none or more than 100."""

    def change(session: Session, todo: Sequence[FollowUp], moment: datetime) -> int:
        _update(session, todo, done_at=moment, done_by_id=actor.id, updated_at=moment)
        promises = {f.concern_id for f in todo if f.promised and f.concern_id is not None}
        concerns.note_answers(actor, promises, at=moment)
        told = {f.id: [f.owner_id] for f in todo}
        notifications.tell_of_many(told, kind=Kind.COMPLETED, by_id=actor.id)
        return len(make_next(actor, todo))

    return _step(actor, "completed", follow_up_ids, change, is_idle=lambda _f: False, to=None)


def move_many(actor: Actor, follow_up_ids: Collection[UUID], *, due_on: date) -> Bulk:
    """Set one date for several follow-ups; raises as `complete_many` does."""

    def change(session: Session, todo: Sequence[FollowUp], moment: datetime) -> int:
        _update(session, todo, due_on=due_on, updated_at=moment)
        return 0

    return _step(
        actor,
        "moved",
        follow_up_ids,
        change,
        is_idle=lambda f: f.due_on == due_on,
        to=due_on.isoformat(),
    )


def reassign_many(
    actor: Actor, follow_up_ids: Collection[UUID], *, assignee_ids: Iterable[UUID]
) -> Bulk:
    """Give several follow-ups to the same colleagues; raises as `complete_many` does.

    Raises `Conflict` with field `assignee` too, unless they are colleagues.
    """
    wanted = colleagues(actor, assignee_ids)

    def change(session: Session, todo: Sequence[FollowUp], moment: datetime) -> int:
        _update(session, todo, updated_at=moment)
        _assign(session, {f.id: wanted for f in todo})
        _tell_of_givings(actor, todo, {f.id: wanted for f in todo})
        return 0

    return _step(
        actor,
        "reassigned",
        follow_up_ids,
        change,
        is_idle=lambda f: f.assignee_ids == frozenset(wanted),
        to=sorted(str(key) for key in wanted),
    )


def _tell_of_givings(
    actor: Actor, follow_ups: Sequence[FollowUp], people: dict[UUID, list[UUID]]
) -> None:
    """Tell who has got something; what was told of it to the others is forgotten."""
    keeping = {key for keys in people.values() for key in keys}
    notifications.take_back_many(people, kind=Kind.GIVEN, but=keeping)
    told = {f.id: set(people[f.id]) - f.assignee_ids for f in follow_ups}
    notifications.tell_of_many(told, kind=Kind.GIVEN, by_id=actor.id)


def undo_many(actor: Actor, key: UUID) -> Bulk:
    """Undo one's own step, but for what somebody has changed since. Twice changes nothing more.

    Raises `NotFound` for a step that is somebody else's, or older than two days.
    """
    with transaction() as session:
        step = session.scalar(sa.select(BulkStep).where(BulkStep.id == key).with_for_update())
        if step is None or step.person_id != actor.id:
            raise NotFound(key)
        if step.undone_at is not None:
            return Bulk()
        step.undone_at = now()
        known = {UUID(one): (version, before) for one, version, before in step.before}
        found = load_many(actor, known)
        mine = [
            f
            for f in found
            if f.version == known[f.id][0] and may(actor, Permission.FOLLOW_UP_CHANGE, f)
        ]
        if mine:
            before = {f.id: known[f.id][1] for f in mine}
            _UNDO[step.step](session, actor, step.at, mine, before)
        left = [f.title for f in found if f not in mine]
    return Bulk(changed=[f.title for f in mine], refused=left)


def _step(
    actor: Actor,
    action: str,
    follow_up_ids: Collection[UUID],
    change: Callable[[Session, Sequence[FollowUp], datetime], int],
    *,
    is_idle: Callable[[FollowUp], bool],
    to: Any,
) -> Bulk:
    authorize(actor, Permission.FOLLOW_UP_CHANGE)
    if not follow_up_ids:
        raise Conflict("nothing_chosen")
    if len(follow_up_ids) > AT_MOST:
        raise Conflict("too_many_chosen", values={"most": AT_MOST})
    with transaction() as session:
        found = load_many(actor, follow_up_ids)
        mine = [f for f in found if may(actor, Permission.FOLLOW_UP_CHANGE, f)]
        todo = [f for f in mine if f.is_open and not is_idle(f)]
        refused = [f.title for f in found if f not in mine]
        idle = [f.title for f in mine if f not in todo]
        if not todo:
            return Bulk(refused=refused, idle=idle)
        kept = [[str(f.id), f.version + 1, _before(action, f)] for f in todo]
        for follow_up, (_key, _version, before) in zip(todo, kept, strict=True):
            audit.record(actor.id, action, follow_up, _changes(action, before, to))
        moment = now()
        made = change(session, todo, moment)
        key = _keep(session, actor, action, kept, at=moment)
    return Bulk(key=key, changed=[f.title for f in todo], refused=refused, idle=idle, made=made)


def _before(action: str, follow_up: FollowUp) -> Any:
    match action:
        case "moved":
            return follow_up.due_on.isoformat()
        case "reassigned":
            return sorted(str(key) for key in follow_up.assignee_ids)
    return None


def _changes(action: str, before: Any, to: Any) -> dict[str, Any]:
    name = {"moved": "due_on", "reassigned": "assignees"}.get(action)
    return {name: [before, to]} if name else {}


def _keep(session: Session, actor: Actor, action: str, before: list[Any], *, at: datetime) -> UUID:
    session.execute(
        sa.delete(BulkStep).where(BulkStep.person_id == actor.id, BulkStep.at < at - _KEPT)
    )
    step = BulkStep(id=new_id(), person_id=actor.id, at=at, step=action, before=before)
    session.add(step)
    return step.id


def _update(session: Session, follow_ups: Sequence[FollowUp], **values: Any) -> None:
    """Change all rows by one statement; the objects in the session keep what they were."""
    session.execute(
        sa.update(FollowUp)
        .where(FollowUp.id.in_([f.id for f in follow_ups]))
        .values(version=FollowUp.version + 1, **values)
        .execution_options(synchronize_session=False)
    )


def _assign(session: Session, people: dict[UUID, list[UUID]]) -> None:
    session.execute(
        sa.delete(Assignee)
        .where(Assignee.follow_up_id.in_(list(people)))
        .execution_options(synchronize_session=False)
    )
    rows = [
        {"follow_up_id": key, "person_id": person_id}
        for key, wanted in people.items()
        for person_id in wanted
    ]
    session.execute(sa.insert(Assignee), rows)


def _reopen(
    session: Session, actor: Actor, at: datetime, mine: Sequence[FollowUp], _before: Before
) -> None:
    _update(session, mine, done_at=None, done_by_id=None, updated_at=now())
    promises = {f.concern_id for f in mine if f.promised and f.concern_id is not None}
    concerns.take_answers_back(actor, promises, at=at)
    take_next_back(actor, [f.id for f in mine])
    notifications.take_back_many([f.id for f in mine], kind=Kind.COMPLETED)
    for follow_up in mine:
        audit.record(actor.id, "reopened", follow_up)


def _move_back(
    session: Session, actor: Actor, _at: datetime, mine: Sequence[FollowUp], before: Before
) -> None:
    days = {key: date.fromisoformat(text) for key, text in before.items()}
    whens = [(FollowUp.id == key, sa.literal(day, sa.Date())) for key, day in days.items()]
    _update(session, mine, due_on=sa.case(*whens, else_=FollowUp.due_on), updated_at=now())
    for follow_up in mine:
        changes = {"due_on": [follow_up.due_on.isoformat(), before[follow_up.id]]}
        audit.record(actor.id, "moved", follow_up, changes)


def _give_back(
    session: Session, actor: Actor, _at: datetime, mine: Sequence[FollowUp], before: Before
) -> None:
    for follow_up in mine:
        had = sorted(str(key) for key in follow_up.assignee_ids)
        audit.record(actor.id, "reassigned", follow_up, {"assignees": [had, before[follow_up.id]]})
    had_it = {key: [UUID(one) for one in people] for key, people in before.items()}
    _update(session, mine, updated_at=now())
    _assign(session, had_it)
    _tell_of_givings(actor, mine, had_it)


_UNDO: dict[str, Callable[[Session, Actor, datetime, Sequence[FollowUp], Before], None]] = {
    "completed": _reopen,
    "moved": _move_back,
    "reassigned": _give_back,
}
