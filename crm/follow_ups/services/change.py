"""Add, complete, reopen, move and reassign follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.clock import now
from crm.concerns import services as concerns
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, NotFound
from crm.follow_ups import recurrence
from crm.follow_ups.models import Assignee, FollowUp
from crm.follow_ups.services.loading import colleagues, expect, load, load_open
from crm.follow_ups.services.series import make_next, take_next_back
from crm.notifications import services as notifications
from crm.notifications.models import Kind
from crm.policy import Actor, Permission, authorize
from crm.types import new_id
from crm.visibility import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDraft:
    """What a person fills in about a follow-up, already validated by the form.

    recurrence  a rule of RFC 5545, which counts from `recurs_from`; empty for one that comes once
    """

    title: str
    due_on: date
    assignee_ids: tuple[UUID, ...]
    promised: bool = False
    recurrence: str = ""
    recurs_from: date | None = None


def add_follow_up(  # noqa: PLR0913 - by name, one per column
    actor: Actor,
    draft: FollowUpDraft,
    *,
    visibility: Visibility,
    team_id: UUID | None = None,
    organisation_id: UUID | None = None,
    contact_id: UUID | None = None,
    visit_id: UUID | None = None,
    topic_id: UUID | None = None,
    concern_id: UUID | None = None,
    key: UUID | None = None,
) -> FollowUp:
    """Set something to be done by a date; what it hangs on is something that `actor` sees.

    team_id the team of the visit or concern it hangs on; without one, the actor's
    key     the key it is to have; the actor's one of that key is returned as it is, so that a
            second click makes no second one

    Raises `Conflict` with field `assignee` unless it is set to colleagues, or `own_rule` for a
    rule that cannot be used.
    """
    authorize(actor, Permission.FOLLOW_UP_CHANGE)
    if actor.body_id is None or actor.team_id is None:
        raise NotFound(actor.id)
    if draft.recurs_from is not None:
        recurrence.check(recurrence.parse(draft.recurrence), draft.recurs_from)
    return unless_at_once(
        lambda: _add(
            actor,
            draft,
            key,
            body_id=actor.body_id,
            team_id=team_id or actor.team_id,
            visibility=visibility,
            organisation_id=organisation_id,
            contact_id=contact_id,
            visit_id=visit_id,
            topic_id=topic_id,
            concern_id=concern_id,
        ),
        "pk_follow_up",
    )


def _add(actor: Actor, draft: FollowUpDraft, key: UUID | None, **columns: Any) -> FollowUp:
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
            owner_id=actor.id,
            title=draft.title,
            due_on=draft.due_on,
            promised=draft.promised,
            recurrence=draft.recurrence if draft.recurs_from else "",
            recurs_from=draft.recurs_from,
            **columns,
            assignees=[
                Assignee(person_id=person_id) for person_id in colleagues(actor, draft.assignee_ids)
            ],
            created_at=moment,
            updated_at=moment,
        )
        session.add(follow_up)
        session.flush()
        audit.record(actor.id, "added", follow_up, {"due_on": [None, draft.due_on.isoformat()]})
        _tell(actor, follow_up, Kind.GIVEN, follow_up.assignee_ids)
    return follow_up


def narrow_follow_ups(
    actor: Actor, visit_id: UUID, topic_id: UUID | None, visibility: Visibility
) -> None:
    """Narrow the circle of a topic note's, or the whole visit's, follow-ups; never widen it."""
    of_topic = FollowUp.topic_id == topic_id if topic_id else sa.true()
    _narrow(actor, visibility, FollowUp.visit_id == visit_id, of_topic)


def narrow_follow_ups_of_concern(actor: Actor, concern_id: UUID, visibility: Visibility) -> None:
    """Narrow the circle of a concern's follow-ups to that of the concern; never widen it."""
    _narrow(actor, visibility, FollowUp.concern_id == concern_id)


def _narrow(actor: Actor, visibility: Visibility, *which: sa.ColumnElement[bool]) -> None:
    """Narrow them all, also those that the actor does not see; each has its line."""
    wider = [circle for circle in Visibility if circle.strictness < visibility.strictness]
    if not wider:
        return
    with transaction() as session:
        too_wide = sa.and_(*which, FollowUp.visibility.in_(wider))
        for follow_up in session.scalars(sa.select(FollowUp).where(too_wide)):
            changes = {"visibility": [follow_up.visibility.value, visibility.value]}
            audit.record(actor.id, "narrowed", follow_up, changes)
        session.execute(sa.update(FollowUp).where(too_wide).values(visibility=visibility))


def complete(actor: Actor, follow_up_id: UUID, *, result: str | None = None) -> FollowUp:
    """Complete a follow-up, with a line of result if there is one. A second click changes nothing.

    One that recurs makes the next one of its series. A result may still be told when it was
    completed without one; None keeps what there is.
    Raises `Conflict` when it was completed with another result.
    """
    with transaction():
        follow_up = load(actor, follow_up_id)
        if follow_up.is_open:
            follow_up.done_at, follow_up.done_by_id = now(), actor.id
            follow_up.result = follow_up.result if result is None else result
            audit.record(actor.id, "completed", follow_up)
            _tell(actor, follow_up, Kind.COMPLETED, [follow_up.owner_id])
            if follow_up.promised and follow_up.concern_id is not None:
                concerns.note_answer(actor, follow_up.concern_id, at=follow_up.done_at)
            make_next(actor, [follow_up])
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
    """Undo the completion; the line of result stays for the next time.

    The next one of its series goes, unless somebody has changed it meanwhile.
    """
    with transaction():
        follow_up = load(actor, follow_up_id)
        if follow_up.done_at is None:
            return follow_up
        if follow_up.promised and follow_up.concern_id is not None:
            concerns.take_answer_back(actor, follow_up.concern_id, at=follow_up.done_at)
        follow_up.done_at = follow_up.done_by_id = None
        follow_up.updated_at = now()
        audit.record(actor.id, "reopened", follow_up)
        notifications.take_back(kind=Kind.COMPLETED, follow_up_id=follow_up.id)
        take_next_back(actor, [follow_up.id])
    return follow_up


def move(actor: Actor, follow_up_id: UUID, *, due_on: date, version: int | None = None) -> FollowUp:
    """Set another date of what the actor has seen in this version; a second click changes nothing.

    Raises `Stale`, or `Conflict` when it is done.
    """
    with transaction():
        follow_up = load_open(actor, follow_up_id)
        if follow_up.due_on != due_on:
            expect(follow_up, version)
            changes = {"due_on": [follow_up.due_on.isoformat(), due_on.isoformat()]}
            follow_up.due_on = due_on
            follow_up.updated_at = now()
            audit.record(actor.id, "moved", follow_up, changes)
    return follow_up


def _tell(actor: Actor, follow_up: FollowUp, kind: Kind, person_ids: Iterable[UUID]) -> None:
    notifications.tell(person_ids, kind=kind, by_id=actor.id, follow_up_id=follow_up.id)
