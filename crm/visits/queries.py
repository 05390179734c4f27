"""Find visits, as far as the actor may see them.

Every query is limited by `visible_visits`; topic notes by `visible(TopicNote, actor)`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from crm.accounts.models import Person, Team
from crm.concerns.models import Concern
from crm.db import db
from crm.errors import NotFound
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.visibility import Visibility, may_see, strictest, visible
from crm.visits.draft import Sent
from crm.visits.models import (
    VISIT_MODES,
    Attendance,
    KeptEdit,
    Submission,
    TopicNote,
    Visit,
    VisitOffer,
    VisitOrganisation,
    VisitStatus,
)

_COLLEAGUE_LATELY = timedelta(days=14)


def visible_visits(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit visits to what `actor` may see: of drafts only their own."""
    own = sa.or_(Visit.status != VisitStatus.DRAFT, Visit.owner_id == actor.id)
    return sa.and_(visible(Visit, actor), own)


def may_see_visit(actor: Actor, visit: Visit) -> bool:
    """Tell whether `actor` may see `visit`; the same rule as `visible_visits`."""
    own = visit.status is not VisitStatus.DRAFT or visit.owner_id == actor.id
    return own and may_see(actor, visit)


def notes_loaded(actor: Actor) -> tuple[ORMOption, ...]:
    """Load the topic notes that `actor` may see, with topic and (visible) concern."""
    notes = selectinload(Visit.topic_notes)
    return (
        notes.joinedload(TopicNote.topic),
        notes.joinedload(TopicNote.concern),
        with_loader_criteria(TopicNote, visible(TopicNote, actor)),
        with_loader_criteria(Concern, visible(Concern, actor)),
    )


def note_per_topic(actor: Actor, visit: Visit) -> dict[UUID, TopicNote]:
    """Return the note that `actor` edits on each topic: their own, else the first they see."""
    notes: dict[UUID, TopicNote] = {}
    for note in visit.topic_notes:
        is_own = note.owner_id == actor.id
        if may_see(actor, note) and (is_own or note.topic_id not in notes):
            notes[note.topic_id] = note
    return notes


def get(actor: Actor, visit_id: UUID) -> Visit:
    """Return one visit with everything its page shows, or raise `NotFound`."""
    attendances = selectinload(Visit.attendances)
    found = db.session.scalars(
        sa.select(Visit)
        .where(visible_visits(actor), Visit.id == visit_id)
        .options(
            joinedload(Visit.organisation),
            joinedload(Visit.owner),
            joinedload(Visit.team).joinedload(Team.body),
            selectinload(Visit.further).joinedload(VisitOrganisation.organisation),
            attendances.joinedload(Attendance.contact),
            attendances.joinedload(Attendance.person),
            # Few, and so read with the visit itself
            joinedload(Visit.offers).joinedload(VisitOffer.offer),
            *notes_loaded(actor),
        )
        .execution_options(populate_existing=True)
    )
    visit = found.unique().one_or_none()
    if visit is None:
        raise NotFound(visit_id)
    return visit


def note_ids(visit_id: UUID) -> Sequence[UUID]:
    """Return the keys of all topic notes of a visit, whoever may see them."""
    return db.session.scalars(sa.select(TopicNote.id).where(TopicNote.visit_id == visit_id)).all()


def was_saved(actor: Actor, sent: Sent) -> bool:
    """Tell whether `actor` has sent this very content for this visit, and it was saved."""
    known = db.session.get(Submission, (sent.visit_id, sent.content_hash))
    return known is not None and known.person_id == actor.id


def kept_edit(actor: Actor, visit_id: UUID) -> KeptEdit | None:
    """Return what `actor` has typed over a visit and neither saved nor put away; or None."""
    return db.session.scalar(
        sa.select(KeptEdit).where(
            KeptEdit.visit_id == visit_id,
            KeptEdit.person_id == actor.id,
            KeptEdit.discarded_at.is_(None),
        )
    )


def find(visit_id: UUID) -> Visit | None:
    """Return the visit of this key, whoever may see it, with its rows; for services only.

    PostgreSQL makes a second change wait for the first.
    """
    return db.session.scalar(
        sa.select(Visit)
        .where(Visit.id == visit_id)
        .options(
            selectinload(Visit.further),
            selectinload(Visit.attendances),
            selectinload(Visit.topic_notes),
            selectinload(Visit.offers),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def of_organisation(actor: Actor, organisation_id: UUID, *, limit: int = 20) -> Sequence[Visit]:
    """Return the latest visits at which this organisation was at the table."""
    at_the_table = sa.select(VisitOrganisation.visit_id).where(
        VisitOrganisation.organisation_id == organisation_id
    )
    return db.session.scalars(
        sa.select(Visit)
        .where(
            visible_visits(actor),
            Visit.archived_at.is_(None),
            Visit.status != VisitStatus.DRAFT,
            sa.or_(Visit.organisation_id == organisation_id, Visit.id.in_(at_the_table)),
        )
        .options(joinedload(Visit.owner), joinedload(Visit.organisation), *notes_loaded(actor))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(limit)
    ).all()


class ColleagueVisit(NamedTuple):
    """What the form says of a colleague's visit."""

    id: UUID
    visited_on: date
    status: VisitStatus
    owner: str
    organisation: str


def colleague_lately(
    actor: Actor, organisation_ids: Collection[UUID], *, day: date, without: UUID | None
) -> ColleagueVisit | None:
    """Return a colleague's visit to one of these within two weeks of `day`, or None.

    without  the visit that is being edited: nobody has to be told of it
    """
    at_the_table = sa.select(VisitOrganisation.visit_id).where(
        VisitOrganisation.organisation_id.in_(organisation_ids)
    )
    found = db.session.execute(
        sa.select(Visit.id, Visit.visited_on, Visit.status, Person.name, Organisation.name)
        .join(Visit.owner)
        .join(Visit.organisation)
        .where(
            visible_visits(actor),
            Visit.archived_at.is_(None),
            sa.or_(Visit.organisation_id.in_(organisation_ids), Visit.id.in_(at_the_table)),
            Visit.owner_id != actor.id,
            Visit.id != without if without else sa.true(),
            Visit.status.in_([VisitStatus.COMPLETED, VisitStatus.PLANNED]),
            Visit.visited_on.between(day - _COLLEAGUE_LATELY, day + _COLLEAGUE_LATELY),
        )
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(1)
    ).one_or_none()
    return ColleagueVisit._make(found) if found else None


def planned(actor: Actor, *, until: date, since: date | None = None) -> Sequence[Visit]:
    """Return the planned visits at which `actor` takes part, up to and with `until`, in order."""
    earliest = Visit.visited_on >= since if since else sa.true()
    mine = sa.select(Attendance.visit_id).where(Attendance.person_id == actor.id)
    return db.session.scalars(
        sa.select(Visit)
        .where(
            visible_visits(actor),
            Visit.archived_at.is_(None),
            Visit.status == VisitStatus.PLANNED,
            Visit.visited_on <= until,
            earliest,
            sa.or_(Visit.owner_id == actor.id, Visit.id.in_(mine)),
        )
        .options(joinedload(Visit.organisation))
        .order_by(Visit.visited_on, Visit.visited_at, Visit.id)
        .limit(50)
    ).all()


def drafts(actor: Actor) -> Sequence[Visit]:
    """Return the actor's own drafts, the latest first."""
    return db.session.scalars(
        sa.select(Visit)
        .where(
            Visit.owner_id == actor.id,
            Visit.status == VisitStatus.DRAFT,
            Visit.archived_at.is_(None),
        )
        .options(joinedload(Visit.organisation))
        .order_by(Visit.updated_at.desc(), Visit.id.desc())
        .limit(50)
    ).all()


def notes_of_concern(actor: Actor, concern_id: UUID) -> Sequence[TopicNote]:
    """Return the topic notes that opened or joined a concern, oldest first, with visit."""
    return db.session.scalars(
        sa.select(TopicNote)
        .join(TopicNote.visit)
        .where(TopicNote.concern_id == concern_id, visible(TopicNote, actor), visible_visits(actor))
        .options(joinedload(TopicNote.visit).joinedload(Visit.owner), joinedload(TopicNote.topic))
        .order_by(Visit.visited_on, TopicNote.id)
    ).all()


def notes_without_concern(
    actor: Actor, organisation_id: UUID, *, limit: int = 20
) -> Sequence[TopicNote]:
    """Return the latest notes of an organisation's visits that no concern has taken up."""
    return db.session.scalars(
        sa.select(TopicNote)
        .join(TopicNote.visit)
        .where(
            Visit.organisation_id == organisation_id,
            Visit.status == VisitStatus.COMPLETED,
            Visit.archived_at.is_(None),
            TopicNote.concern_id.is_(None),
            visible(TopicNote, actor),
            visible_visits(actor),
        )
        .options(contains_eager(TopicNote.visit), joinedload(TopicNote.topic))
        .order_by(Visit.visited_on.desc(), TopicNote.id.desc())
        .limit(limit)
    ).all()


def circle_of_concern(concern_id: UUID) -> Visibility:
    """Return the strictest circle of a concern's notes, whoever may see them; for services only."""
    circles = db.session.scalars(
        sa.select(TopicNote.visibility).where(TopicNote.concern_id == concern_id).distinct()
    )
    return strictest(*circles)


def visible_ids(actor: Actor, visit_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of the keys whose visit `actor` may open."""
    # By key and then by predicate: SQLite would rather walk all visits of the body
    columns = (Visit.body_id, Visit.team_id, Visit.owner_id, Visit.visibility, Visit.status)
    found = db.session.scalars(
        sa.select(Visit).where(Visit.id.in_(list(visit_ids))).options(load_only(*columns))
    )
    return frozenset(visit.id for visit in found if may_see_visit(actor, visit))


def last_known_visit(organisation_id: UUID) -> date | None:
    """Return when an organisation was visited last, as far as everybody of the body may know."""
    at_the_table = sa.select(VisitOrganisation.visit_id).where(
        VisitOrganisation.organisation_id == organisation_id
    )
    return db.session.scalar(
        sa.select(sa.func.max(Visit.visited_on)).where(
            sa.or_(Visit.organisation_id == organisation_id, Visit.id.in_(at_the_table)),
            Visit.status == VisitStatus.COMPLETED,
            Visit.mode.in_(VISIT_MODES),
            Visit.visibility == Visibility.BODY,
            Visit.archived_at.is_(None),
        )
    )
