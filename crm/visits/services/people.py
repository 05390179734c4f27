"""Give a visit that is still to come to other people."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crm import audit
from crm.clock import now
from crm.db import transaction
from crm.visits import queries
from crm.visits.models import Attendance, Visit, VisitStatus

STILL_TO_COME = frozenset({VisitStatus.PLANNED, VisitStatus.POSTPONED})


def hand_over(
    by: UUID | None,
    visit_id: UUID,
    *,
    owner_id: UUID,
    person_ids: Sequence[UUID],
    version: int | None = None,
) -> Visit | None:
    """Let a visit be another person's, and let these of us take part in it.

    For a use case that has checked who may. Its team and circle stay.

    version     the one that is still to be found
    Return None, and change nothing, when it is no longer to come, gone or another version.
    """
    with transaction() as session:
        visit = queries.find(visit_id)
        if visit is None or visit.status not in STILL_TO_COME or visit.archived_at is not None:
            return None
        if version not in {None, visit.version}:
            return None
        before = people_of(visit)
        if (visit.owner_id, before) == (owner_id, list(person_ids)):
            return visit
        changes = {
            "owner": [str(visit.owner_id), str(owner_id)],
            "people": [[str(key) for key in before], [str(key) for key in person_ids]],
        }
        visit.owner_id = owner_id
        _seat(visit, person_ids)
        visit.updated_at = now()
        audit.record(by, "handed_over", visit, changes)
        session.flush()
    return visit


def people_of(visit: Visit) -> list[UUID]:
    """Return who of us takes part, in their order; `attendances` are loaded."""
    return [a.person_id for a in visit.attendances if a.person_id is not None]


def _seat(visit: Visit, person_ids: Sequence[UUID]) -> None:
    """Put who is new on the seats of who goes; further ones come last."""
    present = set(people_of(visit))
    new = [key for key in dict.fromkeys(person_ids) if key not in present]
    for attendance in list(visit.attendances):
        if attendance.person_id is None or attendance.person_id in person_ids:
            continue
        if new:
            attendance.person_id = new.pop(0)
        else:
            visit.attendances.remove(attendance)
    last = max((a.position for a in visit.attendances), default=-1)
    visit.attendances.extend(
        Attendance(person_id=key, position=last + number) for number, key in enumerate(new, start=1)
    )
