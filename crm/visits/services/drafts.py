"""Keep what is being typed: the form as it is, which only its author sees."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.clock import now
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, NotFound, Stale
from crm.organisations import queries as organisations
from crm.policy import Actor, Permission, authorize
from crm.visits import queries
from crm.visits.draft import Sent
from crm.visits.models import OPEN_TO_EDIT, KeptEdit, Visit, VisitStatus


def save_draft(
    actor: Actor,
    sent: Sent,
    *,
    organisation_id: UUID | None,
    visited_on: date | None,
    summary: str,
) -> int:
    """Keep the form as typed; return the draft's new version.

    The same content again changes nothing. Raises `NotAllowed`; `Stale` when another window saved
    in the meantime or the visit is no draft any more; `NotFound` when the key belongs to somebody
    else's.
    """
    authorize(actor, Permission.VISIT_LOG)
    return unless_at_once(
        lambda: _save(actor, sent, organisation_id, visited_on, summary), "pk_visit"
    )


def _save(
    actor: Actor, sent: Sent, organisation_id: UUID | None, visited_on: date | None, summary: str
) -> int:
    with transaction() as session:
        known = organisations.find(actor, organisation_id) if organisation_id else None
        visit = queries.find(sent.visit_id)
        is_new = visit is None
        if visit is None:
            visit = Visit(
                id=sent.visit_id,
                body_id=actor.body_id,
                team_id=actor.team_id,
                owner_id=actor.id,
                status=VisitStatus.DRAFT,
                created_at=now(),
            )
        elif visit.owner_id != actor.id:
            raise NotFound(sent.visit_id)
        elif visit.draft_form == sent.pairs and visit.archived_at is None:
            return visit.version
        elif visit.status is not VisitStatus.DRAFT or visit.version != sent.version:
            raise Stale
        # Discarded in another window, and carried on in this one
        visit.restore()
        visit.organisation_id = known.id if known else None
        visit.visited_on, visit.summary = visited_on, summary
        visit.draft_form = sent.pairs
        visit.updated_at = now()
        session.add(visit)
        if is_new:
            audit.record(actor.id, "drafted", visit)
        session.flush()
        return visit.version


def discard_draft(actor: Actor, visit_id: UUID) -> None:
    """Put one's own draft away; `restore_visit` brings it back.

    Raises `NotFound` when there is none of this key.
    """
    with transaction():
        visit = queries.find(visit_id)
        if visit is None or visit.owner_id != actor.id or visit.status is not VisitStatus.DRAFT:
            raise NotFound(visit_id)
        authorize(actor, Permission.VISIT_EDIT, visit)
        if visit.archived_at is None:
            visit.archive(actor.id, reason="")
            visit.updated_at = now()
            audit.record(actor.id, "discarded", visit)


def keep_edit(actor: Actor, sent: Sent) -> None:
    """Keep what `actor` types over a planned or completed visit, beside the visit.

    Raises `NotFound`, `NotAllowed`, or `Conflict` for a visit that cannot be edited.
    """
    unless_at_once(lambda: _keep_edit(actor, sent), "pk_visit_kept_edit")


def _keep_edit(actor: Actor, sent: Sent) -> None:
    with transaction() as session:
        visit = queries.find(sent.visit_id)
        if visit is None or not queries.may_see_visit(actor, visit):
            raise NotFound(sent.visit_id)
        authorize(actor, Permission.VISIT_EDIT, visit)
        if visit.status not in OPEN_TO_EDIT or visit.archived_at is not None:
            raise Conflict("visit_status")
        session.merge(
            KeptEdit(
                visit_id=visit.id,
                person_id=actor.id,
                form=sent.pairs,
                version=sent.version,
                kept_at=now(),
                discarded_at=None,
            )
        )


def discard_edit(actor: Actor, visit_id: UUID) -> None:
    """Put away what `actor` has typed over a visit; `take_edit_back` brings it back."""
    _set_discarded(actor, visit_id, is_discarded=True)


def take_edit_back(actor: Actor, visit_id: UUID) -> None:
    """Bring back what `actor` has typed over a visit and put away."""
    _set_discarded(actor, visit_id, is_discarded=False)


def _set_discarded(actor: Actor, visit_id: UUID, *, is_discarded: bool) -> None:
    with transaction() as session:
        session.execute(
            sa.update(KeptEdit)
            .where(KeptEdit.visit_id == visit_id, KeptEdit.person_id == actor.id)
            .values(discarded_at=now() if is_discarded else None)
        )
