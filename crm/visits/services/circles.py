"""Keep everything that hangs on a visit within the visit's circle."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from crm.concerns import services as concerns
from crm.follow_ups import services as follow_ups
from crm.policy import Actor
from crm.visibility import strictest
from crm.visits.models import Visit, VisitStatus


def concerns_of(visit: Visit) -> Mapping[UUID, UUID]:
    """Return who wrote the note, by the concern that it opened or joined; a plan has none yet."""
    if visit.status is not VisitStatus.COMPLETED:
        return {}
    return {note.concern_id: note.owner_id for note in visit.topic_notes if note.concern_id}


def narrow_all(actor: Actor, visit: Visit, concerns_before: Mapping[UUID, UUID]) -> None:
    """Narrow every note, concern and follow-up of `visit`, seen by the actor or not; widen none.

    concerns_before  what `concerns_of` said before the edit: topics may have been taken out of it
    """
    circles = {note.concern_id: note.visibility for note in visit.topic_notes}
    for note in visit.topic_notes:
        note.visibility = strictest(visit.visibility, note.visibility)
    for concern_id, owner_id in {**concerns_before, **concerns_of(visit)}.items():
        circle = concerns.narrow_concern(
            actor,
            concern_id,
            strictest(visit.visibility, circles.get(concern_id, visit.visibility)),
            team_id=visit.team_id,
            owner_id=owner_id,
        )
        follow_ups.narrow_follow_ups_of_concern(actor, concern_id, circle)
    follow_ups.narrow_follow_ups(actor, visit.id, None, visit.visibility)
