"""Turn plans into rows with their history, as the services would have written them over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from crm.agency.models import Clocks
from crm.clock import moment, now
from crm.concerns.deadlines import due_dates
from crm.concerns.models import Collaborator, Concern, Stage
from crm.demo.accounts import LAND
from crm.demo.batch import Batch
from crm.demo.dice import Dice
from crm.demo.directory import Directory
from crm.demo.people import People
from crm.demo.plans import ConcernPlan, LooseConcern, NotePlan, Origin, TaskPlan, VisitPlan
from crm.follow_ups.models import Assignee, FollowUp
from crm.policy import Actor
from crm.visibility import Visibility, strictest
from crm.visits.models import (
    Attendance,
    TopicNote,
    Visit,
    VisitOrganisation,
    VisitStatus,
)

_ACTIONS = {
    VisitStatus.COMPLETED: "logged",
    VisitStatus.POSTPONED: "postponed",
    VisitStatus.CANCELLED: "cancelled",
}
_AHEAD = (VisitStatus.PLANNED, VisitStatus.POSTPONED, VisitStatus.CANCELLED)
_CLOSING_HOUR = time(17, 30)


class Writer:
    """Writes plans into a batch."""

    def __init__(
        self,
        batch: Batch,
        rng: Dice,
        people: People,
        directory: Directory,
        topics: dict[str, UUID],
    ):
        self._batch, self._rng, self._topics = batch, rng, topics
        self._people, self._directory = people, directory
        self._now = now()

    def write_visit(self, plan: VisitPlan) -> None:
        """Write a visit with all that hangs on it."""
        actor = self._people.actors[plan.owner]
        created_at, updated_at = self._course(plan)
        is_archived = bool(plan.archived_reason)
        key = self._batch.add(
            Visit,
            created_at,
            **_belonging(actor, plan.visibility),
            status=plan.status,
            organisation_id=self._directory.ids[plan.organisation],
            visited_on=plan.day,
            visited_at=plan.at,
            mode=plan.mode,
            occasion=plan.occasion,
            summary=plan.summary,
            company_text=plan.company_text,
            next_visit_due_on=plan.next_visit_due_on,
            file_reference=plan.file_reference,
            status_reason=plan.status_reason,
            created_at=created_at,
            updated_at=updated_at,
            archived_at=updated_at if is_archived else None,
            archived_by_id=actor.id if is_archived else None,
            archived_reason=plan.archived_reason or None,
        )
        self._history(plan, actor, key, created_at, updated_at)
        for position, further in enumerate(plan.further):
            organisation_id = self._directory.ids[further]
            self._batch.link(
                VisitOrganisation,
                visit_id=key,
                organisation_id=organisation_id,
                position=position,
            )
        self._attendances(plan, actor, key, created_at)
        origin = Origin(
            actor=actor,
            at=created_at,
            visibility=plan.visibility,
            organisation=plan.organisation,
            visit_id=key,
        )
        held_at = moment(plan.day, plan.at)
        for position, note in enumerate(plan.notes):
            self._note(note, origin, position=position, held_at=held_at)
        for task in plan.tasks:
            self._follow_up(task, origin)

    def write_concern(self, plan: LooseConcern) -> None:
        """Write a concern that came up outside a visit."""
        origin = Origin(
            actor=self._people.actors[plan.owner],
            at=self._past(moment(plan.day, time(16, 10))),
            visibility=plan.visibility,
            organisation=plan.organisation,
            topic=plan.topic,
        )
        key = self._concern(plan.concern, origin)
        for task in plan.tasks:
            self._follow_up(task, replace(origin, concern_id=key))

    # --- visits -------------------------------------------------------------------------------

    def _course(self, plan: VisitPlan) -> tuple[datetime, datetime]:
        """Return when the visit was entered and when it was changed last."""
        if plan.status in _AHEAD:
            planned_at = moment(plan.day - timedelta(days=self._rng.randint(6, 25)), time(9, 40))
            changed_at = moment(plan.day - timedelta(days=1), _CLOSING_HOUR)
            planned_at = self._past(planned_at)
            return planned_at, max(planned_at, self._past(changed_at))
        logged_at = moment(plan.day, _CLOSING_HOUR) + timedelta(
            days=self._rng.choice((0, 0, 0, 1, 2)), minutes=self._rng.randint(-50, 50)
        )
        logged_at = self._past(logged_at)
        if self._rng.happens(0.2):
            return logged_at, self._past(logged_at + timedelta(hours=self._rng.randint(1, 60)))
        return logged_at, logged_at

    def _history(
        self, plan: VisitPlan, actor: Actor, key: UUID, created_at: datetime, updated_at: datetime
    ) -> None:
        subject = (Visit, key)
        if plan.status in _AHEAD:
            self._batch.audit(created_at, actor.id, "planned", subject)
            if action := _ACTIONS.get(plan.status):
                self._batch.audit(updated_at, actor.id, action, subject)
        else:
            self._batch.audit(created_at, actor.id, "logged", subject)
            if updated_at > created_at and not plan.archived_reason:
                self._batch.audit(updated_at, actor.id, "edited", subject)
        if plan.archived_reason:
            self._batch.audit(updated_at, actor.id, "archived", subject)

    def _attendances(self, plan: VisitPlan, actor: Actor, visit_id: UUID, at: datetime) -> None:
        assert actor.body_id is not None
        contacts = [
            contact
            for organisation in (plan.organisation, *plan.further)
            for contact in self._contacts(organisation, actor.body_id, plan.contacts)
        ]
        colleagues = [self._people.actors[key].id for key in plan.colleagues]
        present: list[tuple[UUID | None, UUID | None, str]] = [
            *((contact, None, "") for contact in contacts),
            *((None, person, "") for person in (actor.id, *colleagues)),
            *((None, None, outsider) for outsider in plan.outsiders),
        ]
        for position, (contact_id, person_id, outsider) in enumerate(present):
            self._batch.add(
                Attendance,
                at,
                visit_id=visit_id,
                contact_id=contact_id,
                person_id=person_id,
                outsider=outsider,
                position=position,
            )

    def _contacts(self, organisation: str, body_id: UUID, most: int) -> list[UUID]:
        return self._directory.contacts.get((organisation, body_id), [])[:most]

    def _note(self, note: NotePlan, visit: Origin, *, position: int, held_at: datetime) -> None:
        circle = strictest(visit.visibility, note.visibility)
        origin = replace(visit, visibility=circle, topic=note.topic)
        if note.concern:
            concern_id = self._concern(note.concern, replace(origin, at=held_at))
            origin = replace(origin, concern_id=concern_id)
        self._batch.add(
            TopicNote,
            origin.at,
            **_belonging(origin.actor, origin.visibility),
            visit_id=origin.visit_id,
            topic_id=self._topics[note.topic],
            position=position,
            note=note.text,
            flag=note.flag,
            confidential=note.confidential,
            for_company=note.for_company,
            look_again_on=note.look_again_on,
            wants_concern=origin.concern_id is not None,
            concern_id=origin.concern_id,
        )
        for task in note.tasks:
            self._follow_up(task, origin)

    # --- concerns and follow-ups --------------------------------------------------------------

    def _concern(self, plan: ConcernPlan, origin: Origin) -> UUID:
        actor, opened_at = origin.actor, origin.at
        response_due_on, resolution_due_on = due_dates(plan.flag, opened_at, LAND, Clocks())
        responded_at = self._on(plan.responded_on, after=opened_at)
        closed_at = self._on(plan.closed_on, after=responded_at or opened_at)
        stage_since = opened_at
        if plan.stage is Stage.CLARIFYING:
            stage_since = responded_at or opened_at
        elif plan.stage is not Stage.NEW:
            stage_since = closed_at or self._past((responded_at or opened_at) + timedelta(hours=22))
        key = self._batch.add(
            Concern,
            opened_at,
            **_belonging(actor, origin.visibility),
            organisation_id=self._directory.ids[origin.organisation],
            topic_id=self._topics[origin.topic],
            title=plan.title,
            flag=plan.flag,
            stage=plan.stage,
            opened_at=opened_at,
            first_response_due_on=plan.response_due_on or response_due_on,
            first_responded_at=responded_at,
            resolution_due_on=plan.resolution_due_on or resolution_due_on,
            stage_since=stage_since,
            closed_at=closed_at,
            outcome=plan.outcome,
            outcome_reason=plan.reason,
            jobs_secured=plan.jobs_secured,
            jobs_created=plan.jobs_created,
            investment=plan.investment,
            figures_source=plan.figures_source,
            created_at=opened_at,
            updated_at=closed_at or responded_at or opened_at,
        )
        for person in plan.collaborators:
            self._batch.link(Collaborator, concern_id=key, person_id=self._people.actors[person].id)
        subject = (Concern, key)
        flag = {"flag": [None, plan.flag.value]}
        self._batch.audit(opened_at, actor.id, "opened", subject, flag)
        if responded_at:
            self._batch.audit(responded_at, actor.id, "answered", subject)
        stage = Stage.NEW
        if plan.stage is not Stage.NEW and responded_at:
            stage = Stage.CLARIFYING
            self._moved(subject, actor, responded_at, to=stage, was=Stage.NEW)
        if plan.stage not in {stage, Stage.NEW}:
            self._moved(subject, actor, stage_since, to=plan.stage, was=stage)
        return key

    def _moved(
        self,
        subject: tuple[type[Concern], UUID],
        actor: Actor,
        at: datetime,
        *,
        to: Stage,
        was: Stage,
    ) -> None:
        self._batch.audit(at, actor.id, "moved", subject, {"stage": [was.value, to.value]})

    def _follow_up(self, plan: TaskPlan, origin: Origin) -> None:
        actor = origin.actor
        who = [self._people.actors[key].id for key in plan.who] or [actor.id]
        done_at = self._on(plan.done_on, after=origin.at)
        contacts = self._contacts(origin.organisation, actor.body_id, 1) if actor.body_id else []
        key = self._batch.add(
            FollowUp,
            origin.at,
            **_belonging(actor, origin.visibility),
            title=plan.title,
            due_on=plan.due_on,
            promised=plan.promised,
            organisation_id=self._directory.ids[origin.organisation],
            visit_id=origin.visit_id,
            topic_id=self._topics[origin.topic] if origin.topic else None,
            concern_id=origin.concern_id,
            contact_id=next(iter(contacts), None) if plan.has_contact else None,
            recurrence=plan.recurrence,
            recurs_from=plan.due_on if plan.recurrence else None,
            snoozed_until=plan.rests_until,
            done_at=done_at,
            done_by_id=who[0] if done_at else None,
            result=plan.result,
            created_at=origin.at,
            updated_at=done_at or origin.at,
        )
        for person_id in who:
            self._batch.link(Assignee, follow_up_id=key, person_id=person_id)
        subject = (FollowUp, key)
        due = {"due_on": [None, plan.due_on.isoformat()]}
        self._batch.audit(origin.at, actor.id, "added", subject, due)
        if done_at:
            self._batch.audit(done_at, who[0], "completed", subject)

    # --- time ---------------------------------------------------------------------------------

    def _on(self, day: date | None, *, after: datetime) -> datetime | None:
        """Return a moment of that day, not in the future and not before `after`."""
        if day is None:
            return None
        at = moment(day, time(self._rng.randint(9, 16), self._rng.randint(0, 59)))
        return max(self._past(at), after)

    def _past(self, at: datetime) -> datetime:
        return min(at, self._now - timedelta(minutes=5))


def _belonging(actor: Actor, visibility: Visibility) -> dict[str, object]:
    return {
        "body_id": actor.body_id,
        "team_id": actor.team_id,
        "owner_id": actor.id,
        "visibility": visibility,
    }
