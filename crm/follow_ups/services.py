"""Add, complete, reopen, move and reassign follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm import audit
from crm.accounts import queries as accounts
from crm.clock import now
from crm.concerns import services as concerns
from crm.db import db, transaction
from crm.errors import Conflict, NotFound
from crm.follow_ups.models import Assignee, FollowUp
from crm.follow_ups.queries import visible_follow_ups
from crm.policy import Actor, Permission, authorize
from crm.types import new_id
from crm.visibility import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDraft:
    """What a person fills in about a follow-up, already validated by the form."""

    title: str
    due_on: date
    assignee_ids: tuple[UUID, ...]
    promised: bool = False


def add_follow_up(  # noqa: PLR0913 - by name, one per column
    actor: Actor,
    draft: FollowUpDraft,
    *,
    visibility: Visibility,
    organisation_id: UUID | None = None,
    contact_id: UUID | None = None,
    visit_id: UUID | None = None,
    topic_id: UUID | None = None,
    concern_id: UUID | None = None,
    key: UUID | None = None,
) -> FollowUp:
    """Set something to be done by a date; what it hangs on is something that `actor` sees.

    key     the key it is to have; the actor's one of that key is returned as it is, so that a
            second click makes no second one

    Raises `Conflict` with field `assignee` unless it is set to colleagues.
    """
    authorize(actor, Permission.FOLLOW_UP_CHANGE)
    if actor.body_id is None or actor.team_id is None:
        raise NotFound(actor.id)
    moment = now()
    with transaction() as session:
        known = session.get(FollowUp, key) if key else None
        is_the_same = known is not None and (known.owner_id, known.title, known.due_on) == (
            actor.id,
            draft.title,
            draft.due_on,
        )
        if known is not None and is_the_same:
            return known
        follow_up = FollowUp(
            id=key if key and known is None else new_id(),
            body_id=actor.body_id,
            team_id=actor.team_id,
            owner_id=actor.id,
            visibility=visibility,
            title=draft.title,
            due_on=draft.due_on,
            promised=draft.promised,
            organisation_id=organisation_id,
            contact_id=contact_id,
            visit_id=visit_id,
            topic_id=topic_id,
            concern_id=concern_id,
            assignees=[
                Assignee(person_id=person_id)
                for person_id in _colleagues(actor, draft.assignee_ids)
            ],
            created_at=moment,
            updated_at=moment,
        )
        session.add(follow_up)
        session.flush()
        audit.record(actor.id, "added", follow_up, {"due_on": [None, draft.due_on.isoformat()]})
    return follow_up


def narrow_follow_ups(visit_id: UUID, topic_id: UUID | None, visibility: Visibility) -> None:
    """Narrow the circle of a topic note's, or the whole visit's, follow-ups; never widen it."""
    wider = [circle for circle in Visibility if circle.strictness < visibility.strictness]
    with transaction() as session:
        session.execute(
            sa.update(FollowUp)
            .where(
                FollowUp.visit_id == visit_id,
                FollowUp.topic_id == topic_id,
                FollowUp.visibility.in_(wider),
            )
            .values(visibility=visibility)
        )


def narrow_follow_ups_of_concern(concern_id: UUID, visibility: Visibility) -> None:
    """Narrow the circle of a concern's follow-ups to its own; never widen it."""
    wider = [circle for circle in Visibility if circle.strictness < visibility.strictness]
    with transaction() as session:
        session.execute(
            sa.update(FollowUp)
            .where(FollowUp.concern_id == concern_id, FollowUp.visibility.in_(wider))
            .values(visibility=visibility)
        )


def complete(actor: Actor, follow_up_id: UUID, *, result: str | None = None) -> FollowUp:
    """Complete a follow-up, with a line of result if there is one. A second click changes nothing.

    A result may still be told when it was completed without one; None keeps what there is.
    Raises `Conflict` when it was completed with another result.
    """
    with transaction():
        follow_up = _get(actor, follow_up_id)
        if follow_up.is_open:
            follow_up.done_at, follow_up.done_by_id = now(), actor.id
            follow_up.result = follow_up.result if result is None else result
            audit.record(actor.id, "completed", follow_up)
            if follow_up.promised and follow_up.concern_id is not None:
                concerns.note_answer(actor, follow_up.concern_id, at=follow_up.done_at)
        elif not result or result == follow_up.result:
            return follow_up
        elif follow_up.result:
            raise Conflict("follow_up_done", field="result")
        else:
            follow_up.result = result
            audit.record(actor.id, "result_told", follow_up)
        follow_up.updated_at = now()
    return follow_up


def reopen(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Undo the completion; the line of result stays for the next one."""
    with transaction():
        follow_up = _get(actor, follow_up_id)
        if follow_up.done_at is None:
            return follow_up
        if follow_up.promised and follow_up.concern_id is not None:
            concerns.take_answer_back(actor, follow_up.concern_id, at=follow_up.done_at)
        follow_up.done_at = follow_up.done_by_id = None
        follow_up.updated_at = now()
        audit.record(actor.id, "reopened", follow_up)
    return follow_up


def move(actor: Actor, follow_up_id: UUID, *, due_on: date) -> FollowUp:
    """Set another date. Raises `Conflict` when it is done."""
    with transaction():
        follow_up = _get_open(actor, follow_up_id)
        if follow_up.due_on != due_on:
            changes = {"due_on": [follow_up.due_on.isoformat(), due_on.isoformat()]}
            follow_up.due_on = due_on
            follow_up.updated_at = now()
            audit.record(actor.id, "moved", follow_up, changes)
    return follow_up


def reassign(actor: Actor, follow_up_id: UUID, *, assignee_ids: Iterable[UUID]) -> FollowUp:
    """Give it to colleagues.

    Raises `Conflict` when it is done, or with field `assignee` unless they are colleagues.
    """
    with transaction():
        follow_up = _get_open(actor, follow_up_id)
        wanted = _colleagues(actor, assignee_ids, already=follow_up.assignee_ids)
        if follow_up.assignee_ids != frozenset(wanted):
            changes = {
                "assignees": [
                    sorted(str(key) for key in follow_up.assignee_ids),
                    sorted(str(key) for key in wanted),
                ]
            }
            kept = {assignee.person_id: assignee for assignee in follow_up.assignees}
            follow_up.assignees = [kept.get(key) or Assignee(person_id=key) for key in wanted]
            follow_up.updated_at = now()
            audit.record(actor.id, "reassigned", follow_up, changes)
    return follow_up


def _get(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Load a follow-up to change it; PostgreSQL makes a second change wait for the first."""
    follow_up = db.session.scalar(
        sa.select(FollowUp)
        .where(visible_follow_ups(actor), FollowUp.id == follow_up_id)
        .options(selectinload(FollowUp.assignees))
        .with_for_update()
    )
    if follow_up is None:
        raise NotFound(follow_up_id)
    authorize(actor, Permission.FOLLOW_UP_CHANGE, follow_up)
    return follow_up


def _get_open(actor: Actor, follow_up_id: UUID) -> FollowUp:
    follow_up = _get(actor, follow_up_id)
    if not follow_up.is_open:
        raise Conflict("follow_up_done")
    return follow_up


def _colleagues(
    actor: Actor, person_ids: Iterable[UUID], *, already: Iterable[UUID] = ()
) -> list[UUID]:
    """Return the keys of the people, each once; who has left may keep what they have."""
    wanted = list(dict.fromkeys(person_ids))
    known = {person.id for person in accounts.colleagues(actor)} | set(already)
    if not wanted or not known.issuperset(wanted):
        raise Conflict("assignee_missing", field="assignee")
    return wanted
