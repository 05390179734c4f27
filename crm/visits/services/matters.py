"""Concerns as far as visits have a say: the notes they join, and the circle these notes allow."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from crm import audit
from crm.clock import moment, now
from crm.concerns import services as concerns
from crm.concerns.models import Concern
from crm.concerns.services import ConcernDraft
from crm.db import transaction
from crm.errors import Conflict
from crm.follow_ups import services as follow_ups
from crm.policy import Actor
from crm.visibility import Visibility, visible
from crm.visits import queries
from crm.visits.models import TopicNote, Visit, VisitStatus
from crm.visits.services.changes import of_note


def edit_concern(actor: Actor, concern_id: UUID, draft: ConcernDraft, *, version: int) -> Concern:
    """Edit a concern, never in a wider circle than its strictest note; see `concerns.services`."""
    with transaction():
        # Locked first: no note joins between the look at the notes and the change
        concerns.take(actor, concern_id)
        least = queries.circle_of_concern(concern_id)
        concern = concerns.edit_concern(actor, concern_id, draft, version=version, least=least)
        follow_ups.narrow_follow_ups_of_concern(actor, concern.id, concern.visibility)
    return concern


def attach_note(actor: Actor, concern_id: UUID, note_id: UUID) -> Concern:
    """Let a note of the same organisation's visit join an open concern: the stricter circle holds.

    A second click changes nothing. Raises `Conflict` with field `note`.
    """
    with transaction() as session:
        concern = concerns.take(actor, concern_id)
        note = _take(session, actor, note_id)
        if note.concern_id == concern.id:
            return concern
        if note.concern_id is not None or note.visit.organisation_id != concern.organisation_id:
            raise Conflict("note_unknown", field="note")
        if not concern.takes_note(team_id=note.team_id, visibility=note.visibility):
            raise Conflict("concern_wider", field="note")
        concerns.join_concern(
            actor,
            concern.id,
            team_id=note.team_id,
            organisation_id=concern.organisation_id,
            flag=concern.flag,
            visibility=note.visibility,
            held_at=_held_at(note.visit),
        )
        follow_ups.narrow_follow_ups_of_concern(actor, concern.id, concern.visibility)
        note.concern_id, note.wants_concern = concern.id, True
        _count_change(actor, note)
    return concern


def detach_note(
    actor: Actor, concern_id: UUID, note_id: UUID, *, circle: Visibility | None = None
) -> Concern:
    """Take a note out of a concern.

    circle  for whom the concern is from now on, as far as the notes that stay allow it; without
            one it stays as narrow as it is

    A second click changes nothing. Raises `Conflict` with field `note`.
    """
    with transaction() as session:
        concern = concerns.take(actor, concern_id)
        note = _take(session, actor, note_id)
        if note.concern_id is None:
            return concern
        if note.concern_id != concern.id:
            raise Conflict("note_unknown", field="note")
        # An edit of the visit must not open another concern in its place
        note.concern_id, note.wants_concern = None, False
        session.flush()
        least = queries.circle_of_concern(concern.id)
        is_allowed = circle is not None and circle.strictness >= least.strictness
        concerns.part_from_note(actor, concern, circle=circle if is_allowed else None)
        concerns.take_answer_back(actor, concern.id, at=_held_at(note.visit))
        _count_change(actor, note)
    return concern


def _take(session: Session, actor: Actor, note_id: UUID) -> TopicNote:
    note = session.scalar(
        sa.select(TopicNote)
        .join(TopicNote.visit)
        .where(
            TopicNote.id == note_id,
            visible(TopicNote, actor),
            queries.visible_visits(actor),
            Visit.status == VisitStatus.COMPLETED,
            Visit.archived_at.is_(None),
        )
        .options(contains_eager(TopicNote.visit))
        .with_for_update()
    )
    if note is None:
        raise Conflict("note_unknown", field="note")
    return note


def _held_at(visit: Visit) -> datetime:
    assert visit.visited_on is not None
    return moment(visit.visited_on, visit.visited_at)


def _count_change(actor: Actor, note: TopicNote) -> None:
    """Let who is editing the visit at this moment meet a conflict, not undo this by saving."""
    note.visit.updated_at = now()
    audit.record(actor.id, "edited", note.visit, of_note(note))
