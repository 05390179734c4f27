"""Keep what is being typed: a draft holds the form as it is, only its author sees it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from crm import audit
from crm.clock import now
from crm.db import transaction, unless_at_once
from crm.errors import NotFound, Stale
from crm.organisations import queries as organisations
from crm.policy import Actor, Permission, authorize
from crm.visits import queries
from crm.visits.draft import Sent
from crm.visits.models import Visit, VisitStatus


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
