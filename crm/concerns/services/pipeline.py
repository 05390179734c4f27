"""Open, join, answer and move concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm import audit
from crm.agency import queries as agency
from crm.clock import now
from crm.concerns.deadlines import due_dates
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.db import db, transaction, unless_at_once
from crm.errors import Conflict, NotFound, Stale
from crm.policy import Actor, Permission, authorize
from crm.types import new_id
from crm.visibility import Visibility, strictest, visible

_LEAST_PRESSING_FIRST = (Flag.INFO, Flag.WATCH, Flag.URGENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of a concern: jobs, euros, and who says so."""

    jobs_secured: int | None = None
    jobs_created: int | None = None
    investment: int | None = None
    source: str = ""

    @classmethod
    def of(cls, concern: Concern) -> Figures:
        """Return what a concern holds, also while it is open again."""
        return cls(
            jobs_secured=concern.jobs_secured,
            jobs_created=concern.jobs_created,
            investment=concern.investment,
            source=concern.figures_source,
        )

    def write(self, concern: Concern) -> None:
        """Put them into a concern."""
        concern.jobs_secured, concern.jobs_created = self.jobs_secured, self.jobs_created
        concern.investment, concern.figures_source = self.investment, self.source


def open_concern(  # noqa: PLR0913 - by name, one per column
    actor: Actor,
    *,
    team_id: UUID,
    organisation_id: UUID,
    topic_id: UUID,
    title: str,
    flag: Flag,
    visibility: Visibility,
    opened_at: datetime,
    key: UUID | None = None,
) -> Concern:
    """Open a concern that `actor` owns; the organisation is one they see.

    team_id     the team of the visit it comes from
    opened_at   the end of the conversation: its clock starts on that day in Germany
    key         the key it is to have; the actor's one of that key is returned as it is, so that a
                second click opens no second one
    """
    authorize(actor, Permission.CONCERN_MOVE)
    if actor.body_id is None:
        raise NotFound(actor.id)
    first_response, resolution = due_dates(flag, opened_at, actor.land, agency.clocks())
    columns: dict[str, Any] = {
        "body_id": actor.body_id,
        "team_id": team_id,
        "owner_id": actor.id,
        "visibility": visibility,
        "organisation_id": organisation_id,
        "topic_id": topic_id,
        "title": title,
        "flag": flag,
        "stage": Stage.NEW,
        "opened_at": opened_at,
        "stage_since": opened_at,
        "first_response_due_on": first_response,
        "resolution_due_on": resolution,
    }
    return unless_at_once(lambda: _add(actor, key, columns), "pk_concern")


def _add(actor: Actor, key: UUID | None, columns: dict[str, Any]) -> Concern:
    moment = now()
    with transaction() as session:
        known = session.get(Concern, key) if key else None
        same = ("owner_id", "organisation_id", "title")
        if known is not None and all(getattr(known, name) == columns[name] for name in same):
            return known
        concern = Concern(
            id=key if key and known is None else new_id(),
            collaborators=[],
            created_at=moment,
            updated_at=moment,
            **columns,
        )
        session.add(concern)
        session.flush()
        audit.record(actor.id, "opened", concern, {"flag": [None, concern.flag.value]})
    return concern


def join_concern(  # noqa: PLR0913 - by name, what the note says
    actor: Actor,
    concern_id: UUID,
    *,
    team_id: UUID,
    organisation_id: UUID,
    flag: Flag,
    visibility: Visibility,
    held_at: datetime | None = None,
) -> Concern:
    """Let a note join an open concern: the stricter circle and the more pressing flag hold.

    team_id     the team of the note
    held_at     the end of the note's conversation: it answers the concern, and where the flag
                rises the new clock starts on that day, never to end later than the old one

    Raises `Conflict` unless `actor` sees it, it is an open concern of that organisation, and the
    note is no narrower than another team's concern.
    """
    with transaction():
        concern = _find(actor, concern_id)
        if concern is None or not concern.is_open or concern.organisation_id != organisation_id:
            raise Conflict("concern_unknown", field="concern")
        if not concern.takes_note(team_id=team_id, visibility=visibility):
            raise Conflict("concern_wider", field="concern")
        changes: dict[str, list[str]] = {}
        circle = strictest(concern.visibility, visibility)
        if circle is not concern.visibility:
            changes["visibility"] = [concern.visibility.value, circle.value]
            concern.visibility = circle
        if is_more_pressing(flag, concern.flag):
            changes["flag"] = [concern.flag.value, flag.value]
            concern.flag = flag
            first_response, resolution = due_dates(
                flag, held_at or concern.opened_at, actor.land, agency.clocks()
            )
            concern.first_response_due_on = earlier(concern.first_response_due_on, first_response)
            concern.resolution_due_on = earlier(concern.resolution_due_on, resolution)
        if changes:
            concern.updated_at = now()
        audit.record(actor.id, "joined", concern, changes)
        if held_at is not None:
            note_answer(actor, concern_id, at=held_at)
    return concern


def part_from_note(actor: Actor, concern: Concern, *, circle: Visibility | None) -> None:
    """Note that a note has left the concern; the circle changes only when one is given."""
    changes: dict[str, list[str]] = {}
    if circle is not None and circle is not concern.visibility:
        changes["visibility"] = [concern.visibility.value, circle.value]
        concern.visibility = circle
        concern.updated_at = now()
    audit.record(actor.id, "parted", concern, changes)


def narrow_concern(
    actor: Actor, concern_id: UUID, visibility: Visibility, *, team_id: UUID, owner_id: UUID
) -> Visibility:
    """Narrow a concern to the circle of a note of this team and owner; return what it has then.

    It is never widened. One of another team and owner keeps its circle: the narrower one would
    hide it from whoever wrote the note.
    """
    with transaction() as session:
        concern = session.get_one(
            Concern, concern_id, with_for_update={"key_share": True}, populate_existing=True
        )
        circle = strictest(concern.visibility, visibility)
        is_theirs = concern.team_id == team_id or concern.owner_id == owner_id
        if is_theirs and circle is not concern.visibility:
            changes = {"visibility": [concern.visibility.value, circle.value]}
            concern.visibility = circle
            audit.record(actor.id, "narrowed", concern, changes)
    return concern.visibility


def is_more_pressing(flag: Flag, than: Flag) -> bool:
    """Tell whether one flag presses more than another."""
    return _LEAST_PRESSING_FIRST.index(flag) > _LEAST_PRESSING_FIRST.index(than)


def earlier(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two days; None counts for neither."""
    return min((day for day in (one, other) if day is not None), default=None)


def note_answer(actor: Actor, concern_id: UUID, *, at: datetime) -> None:
    """Note the first response: an outgoing conversation, or a promise kept, after the opening.

    Whoever has it noted was allowed the act that answers. The version stays as it is, so that
    nobody with the concern's page open meets a conflict.
    """
    note_answers(actor, [concern_id], at=at)


def note_answers(actor: Actor, concern_ids: Iterable[UUID], *, at: datetime) -> None:
    """Note the first response to several concerns, as `note_answer` does to one."""
    with transaction() as session:
        answered = session.scalars(
            sa.update(Concern)
            .where(
                Concern.id.in_(list(concern_ids)),
                Concern.first_responded_at.is_(None),
                Concern.opened_at < at,
                Concern.stage != Stage.CLOSED,
            )
            .values(first_responded_at=at)
            .returning(Concern)
        ).all()
        for concern in answered:
            audit.record(actor.id, "answered", concern)


def take_answer_back(actor: Actor, concern_id: UUID, *, at: datetime) -> None:
    """Undo `note_answer`, if it was what happened `at` that answered the concern."""
    take_answers_back(actor, [concern_id], at=at)


def take_answers_back(actor: Actor, concern_ids: Iterable[UUID], *, at: datetime) -> None:
    """Undo `note_answers`, where it was what happened `at` that answered the concern."""
    with transaction() as session:
        reset = session.scalars(
            sa.update(Concern)
            .where(Concern.id.in_(list(concern_ids)), Concern.first_responded_at == at)
            .values(first_responded_at=None)
            .returning(Concern)
        ).all()
        for concern in reset:
            audit.record(actor.id, "answer_taken_back", concern)


def move_concern(  # noqa: PLR0913 - by name, one per column
    actor: Actor,
    concern_id: UUID,
    *,
    version: int,
    stage: Stage,
    outcome: Outcome | None = None,
    reason: str = "",
    figures: Figures | None = None,
) -> Concern:
    """Move a concern to a stage; closing it needs an outcome and a reason, leaving it forgets both.

    figures     what came of it; None leaves those of an earlier closing

    A second click changes nothing. Raises `Stale`, or `Conflict` with field `outcome` or `reason`.
    """
    with transaction():
        concern = take(actor, concern_id)
        closes = stage is Stage.CLOSED
        if closes and outcome is None:
            raise Conflict("concern_outcome_missing", field="outcome")
        if closes and not reason.strip():
            raise Conflict("concern_reason_missing", field="reason")
        had = Figures.of(concern)
        wanted = figures if closes and figures is not None else had
        if concern.stage is stage and (
            not closes
            or (concern.outcome, concern.outcome_reason, had) == (outcome, reason, wanted)
        ):
            return concern
        if concern.version != version:
            raise Stale
        was, moment = concern.stage, now()
        concern.stage = stage
        concern.outcome = outcome if closes else None
        # An earlier reason stays for the form that closes the concern again
        concern.outcome_reason = reason if closes else concern.outcome_reason
        wanted.write(concern)
        if was is not stage:
            concern.stage_since = moment
            concern.closed_at = moment if closes else None
        concern.updated_at = moment
        changes = {"stage": [was.value, stage.value]} if was is not stage else {}
        if closes and outcome is not None:
            changes["outcome"] = ["", outcome.value]
        audit.record(actor.id, "moved", concern, changes)
    return concern


def take(actor: Actor, concern_id: UUID) -> Concern:
    """Load a concern that `actor` is to change; only inside `transaction()`.

    Raises `NotFound`, `NotAllowed`.
    """
    concern = _find(actor, concern_id)
    if concern is None:
        raise NotFound(concern_id)
    authorize(actor, Permission.CONCERN_MOVE, concern)
    return concern


def _find(actor: Actor, concern_id: UUID) -> Concern | None:
    """Load a concern to change it; PostgreSQL makes a second change wait for the first."""
    return db.session.scalar(
        sa.select(Concern)
        .where(visible(Concern, actor), Concern.id == concern_id)
        .options(selectinload(Concern.collaborators))
        .with_for_update()
    )
