"""Log, plan and edit a visit: each sending of the form is saved once, and never over another's."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm import audit
from crm.clock import now
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, NotFound, Stale
from crm.policy import Actor, Permission, authorize
from crm.visits import queries
from crm.visits.draft import Sent, VisitDraft
from crm.visits.models import OPEN_TO_EDIT, KeptEdit, Submission, Visit, VisitStatus
from crm.visits.services.changes import Told
from crm.visits.services.rows import write_rows


def log_visit(actor: Actor, draft: VisitDraft, sent: Sent, *, status: VisitStatus) -> UUID:
    """Save a new visit, or one's own draft, as completed or planned; return its key.

    The same content sent again changes nothing. Raises `NotAllowed`; `Stale` when the key is known
    with other content; `Conflict` with the field it is about.
    """
    authorize(actor, Permission.VISIT_LOG)
    return unless_at_once(lambda: _log(actor, draft, sent, status), "pk_visit", "pk_submission")


def _log(actor: Actor, draft: VisitDraft, sent: Sent, status: VisitStatus) -> UUID:
    with transaction() as session:
        visit = queries.find(sent.visit_id)
        # After the row, for which a second sending waits: then it finds what the first one saved
        if queries.was_saved(actor, sent):
            return sent.visit_id
        if visit is None:
            visit = Visit(
                id=sent.visit_id,
                body_id=actor.body_id,
                team_id=actor.team_id,
                owner_id=actor.id,
                status=status,
                created_at=now(),
                further=[],
                attendances=[],
                topic_notes=[],
                offers=[],
            )
        elif visit.status is not VisitStatus.DRAFT or visit.owner_id != actor.id:
            raise Stale if queries.may_see_visit(actor, visit) else NotFound(sent.visit_id)
        elif visit.version != sent.version:
            raise Stale
        # Discarded in another window, and carried on in this one
        visit.restore()
        write_rows(session, actor, visit, draft, status=status)
        _remember(session, actor, sent)
        audit.record(actor.id, "logged" if status is VisitStatus.COMPLETED else "planned", visit)
    return sent.visit_id


def edit_visit(actor: Actor, draft: VisitDraft, sent: Sent, *, complete: bool) -> None:
    """Save changes of a visit; `complete` says that a planned one has taken place.

    The same content sent again changes nothing. Raises `NotFound`, `NotAllowed`, `Stale` when
    somebody saved in the meantime, or `Conflict`.
    """
    with transaction() as session:
        visit = queries.find(sent.visit_id)
        if visit is None or not queries.may_see_visit(actor, visit):
            raise NotFound(sent.visit_id)
        authorize(actor, Permission.VISIT_EDIT, visit)
        if queries.was_saved(actor, sent):
            return
        if visit.status not in OPEN_TO_EDIT or visit.archived_at is not None:
            raise Conflict("visit_status")
        if visit.version != sent.version:
            raise Stale
        before = Told.by(visit)
        # A postponed visit that gets a new date is planned again
        again = VisitStatus.PLANNED if visit.status is VisitStatus.POSTPONED else visit.status
        status = VisitStatus.COMPLETED if complete else again
        is_first_time = complete and visit.status is not VisitStatus.COMPLETED
        if status is not visit.status:
            visit.status_reason = ""
        write_rows(session, actor, visit, draft, status=status)
        _remember(session, actor, sent)
        session.execute(
            sa.delete(KeptEdit).where(KeptEdit.visit_id == visit.id, KeptEdit.person_id == actor.id)
        )
        changes = before.changes_to(Told.by(visit))
        audit.record(actor.id, "logged" if is_first_time else "edited", visit, changes)


def _remember(session: Session, actor: Actor, sent: Sent) -> None:
    session.flush()
    session.add(
        Submission(
            visit_id=sent.visit_id,
            content_hash=sent.content_hash,
            person_id=actor.id,
            saved_at=now(),
        )
    )
