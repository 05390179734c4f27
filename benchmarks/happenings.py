"""Visits of the generated data, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.directory import LAND, Colleague, Directory
from benchmarks.material import STEP, Batch, notes
from benchmarks.offering import Offering
from crm.agency.models import Clocks
from crm.audit import AuditEntry
from crm.clock import moment, today
from crm.concerns.deadlines import due_dates
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.dates import add_months
from crm.demo.batch import key_at
from crm.demo.dice import Dice
from crm.follow_ups.models import Assignee, FollowUp
from crm.notifications.models import Kind, Notification
from crm.referrals.models import Referral, ReferralResult
from crm.reports.figures import Figures
from crm.reports.models import Report, ReportKind, ReportState
from crm.visibility import Visibility
from crm.visits.models import Attendance, Mode, Occasion, TopicNote, Visit, VisitStatus

LAST_YEAR = 365
_DAYS_AHEAD = 30
# Concerns that came up outside a visit: at 100,000 visits 5,000 open ones, and never more
_VISITS_PER_CALL, _CALLS = 20, 5_000

# The days after which notifications that were read are cleared
_TOLD_FOR = 90
_REPORTS = 40
_MONTHLY = "FREQ=MONTHLY;COUNT=12"


class Happenings:
    """Makes the visits, the oldest first."""

    def __init__(
        self,
        rng: Dice,
        directory: Directory,
        topic_ids: Sequence[UUID],
        offer_ids: Sequence[UUID],
    ):
        self._rng, self._directory, self._topic_ids = rng, directory, topic_ids
        self._today = today()
        self._texts = notes(rng)
        self._batch = Batch()
        self._offering = Offering(self._batch, offer_ids)

    def make(self, connection: sa.Connection, visits: int, *, first: date) -> None:
        """Make and store this many visits from that day to some weeks after today."""
        days = (self._today - first).days + _DAYS_AHEAD
        for number in range(visits):
            self._visit(first + timedelta(days=int(days * number / visits)))
            if number % STEP == STEP - 1:
                self._batch.store(connection)
        # The board is to hold thousands at a size where its other pages are measured
        for number in range(min(visits // _VISITS_PER_CALL, _CALLS)):
            self._call()
            if number % STEP == STEP - 1:
                self._batch.store(connection)
        for number in range(_REPORTS):
            self._report(number)
        self._batch.store(connection)

    def _call(self) -> None:
        """Open a concern that came up outside a visit, in the last year."""
        rng = self._rng
        owner = rng.choice(self._directory.colleagues)
        day = self._today - timedelta(days=rng.randint(0, LAST_YEAR - 1))
        at = moment(day) - timedelta(seconds=rng.randint(0, 10_000))
        shared = {
            "body_id": self._directory.body_id,
            "team_id": owner.team_id,
            "owner_id": owner.id,
            "visibility": rng.choices(list(Visibility), weights=(88, 9, 3))[0],
            "created_at": at,
            "updated_at": at,
            "organisation_id": rng.choice(self._directory.organisations),
        }
        self._concern(day, at, rng.choice(self._topic_ids), shared, is_open=True)

    def _visit(self, day: date) -> None:
        rng = self._rng
        owner = rng.choice(self._directory.colleagues)
        at = moment(day) + timedelta(seconds=rng.randint(0, 20_000))
        key = key_at(at, rng)
        organisations = self._directory.organisations
        # Some are visited more often than others
        organisation_id = organisations[int(len(organisations) * rng.random() ** 1.3)]
        contact_id = self._directory.contacts[organisation_id]
        is_ahead = day > self._today
        belonging = {
            "body_id": self._directory.body_id,
            "team_id": owner.team_id,
            "owner_id": owner.id,
            "visibility": rng.choices(list(Visibility), weights=(88, 9, 3))[0],
        }
        stamps = {"created_at": at, "updated_at": at}
        self._batch.add(
            Visit,
            id=key,
            **belonging,
            **stamps,
            status=VisitStatus.PLANNED if is_ahead else VisitStatus.COMPLETED,
            organisation_id=organisation_id,
            visited_on=day,
            mode=rng.choice(list(Mode)),
            occasion=rng.choice(list(Occasion)),
            summary="" if is_ahead else rng.choice(self._texts),
        )
        self._batch.add(Attendance, id=key_at(at, rng), visit_id=key, person_id=owner.id,
                        contact_id=None, position=1)  # fmt: skip
        self._batch.add(Attendance, id=key_at(at, rng), visit_id=key, person_id=None,
                        contact_id=contact_id, position=0)  # fmt: skip
        self._audit(at, owner, Visit, key)
        if not is_ahead:
            self._followed(day, at, key, organisation_id, belonging, stamps)

    def _followed(
        self,
        day: date,
        at: datetime,
        visit_id: UUID,
        organisation_id: UUID,
        belonging: dict[str, Any],
        stamps: dict[str, datetime],
    ) -> None:
        rng = self._rng
        shared = {**belonging, **stamps, "organisation_id": organisation_id}
        # 2.5 notes, 0.3 concerns and 1.5 follow-ups a visit
        told = rng.sample(self._topic_ids, k=rng.choice((1, 2, 2, 3, 3, 4)))
        for position, topic_id in enumerate(told):
            concern_id = None
            if rng.happens(0.3 / 2.5):
                concern_id = self._concern(day, at, topic_id, shared)
            self._batch.add(
                TopicNote,
                id=key_at(at, rng),
                **belonging,
                visit_id=visit_id,
                topic_id=topic_id,
                position=position,
                note=rng.choice(self._texts),
                flag=rng.choices(list(Flag), weights=(80, 15, 5))[0],
                concern_id=concern_id,
            )
        self._offering.mention(visit_id)
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
            self._follow_up(day, at, {**shared, "visit_id": visit_id, "topic_id": told[0]})

    def _concern(
        self,
        day: date,
        at: datetime,
        topic_id: UUID,
        shared: dict[str, Any],
        *,
        is_open: bool | None = None,
    ) -> UUID:
        rng = self._rng
        key = key_at(at, rng)
        flag = rng.choice((Flag.WATCH, Flag.WATCH, Flag.URGENT))
        # 5 % are open: every second one of the last year
        if is_open is None:
            is_open = (self._today - day).days < LAST_YEAR and rng.happens(0.5)
        response, resolution = due_dates(flag, at, LAND, Clocks())
        closed_at = None if is_open else at + timedelta(days=rng.randint(1, 90))
        self._batch.add(
            Concern,
            id=key,
            **shared,
            topic_id=topic_id,
            title=rng.choice(self._texts)[:60],
            flag=flag,
            stage=rng.choice(list(Stage)[:-1]) if is_open else Stage.CLOSED,
            opened_at=at,
            first_response_due_on=response,
            first_responded_at=closed_at,
            resolution_due_on=resolution,
            stage_since=closed_at or at,
            closed_at=closed_at,
            outcome=None if is_open else rng.choice(list(Outcome)),
            jobs_secured=rng.randint(1, 20) if closed_at and rng.happens(0.1) else None,
        )
        until = closed_at.date() if closed_at else self._today
        self._offering.accompany(key, at, until, is_open=is_open)
        if rng.happens(0.2):
            self._referral(day, at, key, shared["owner_id"], closed_at)
        return key

    def _referral(
        self, day: date, at: datetime, concern_id: UUID, by_id: UUID, closed_at: datetime | None
    ) -> None:
        partner_id = self._rng.choice(self._directory.partners)
        self._batch.add(
            Referral,
            id=key_at(at, self._rng),
            body_id=self._directory.body_id,
            concern_id=concern_id,
            partner_id=partner_id,
            contact_id=self._directory.contacts[partner_id],
            agreed_by="Geschäftsführung",
            agreed_on=day,
            passed_on=self._rng.choice(self._texts),
            answer_due_on=day + timedelta(days=14),
            referred_by_id=by_id,
            closed_at=closed_at,
            result=self._rng.choice(list(ReferralResult)) if closed_at else None,
            result_note="Das kam dabei heraus." if closed_at else "",
            created_at=at,
            updated_at=at,
        )

    def _follow_up(self, day: date, at: datetime, shared: dict[str, Any]) -> None:
        rng = self._rng
        key = key_at(at, rng)
        # 3 % are open, a third of these overdue: of the last year three of ten
        is_open = (self._today - day).days < LAST_YEAR and rng.happens(0.3)
        due_on = day + timedelta(days=rng.randint(2, 60))
        if is_open:
            away = rng.randint(-40, -1) if rng.happens(1 / 3) else rng.randint(0, 60)
            due_on = self._today + timedelta(days=away)
        self._batch.add(
            FollowUp,
            id=key,
            **shared,
            title=rng.choice(self._texts)[:50],
            due_on=due_on,
            promised=rng.happens(0.3),
            # One in twenty of the open ones rests, one in ten comes again
            snoozed_until=self._today + timedelta(days=20)
            if is_open and rng.happens(0.05)
            else None,
            recurrence=_MONTHLY if (is_serial := is_open and rng.happens(0.1)) else "",
            recurs_from=due_on if is_serial else None,
            done_at=None if is_open else moment(due_on),
            done_by_id=None if is_open else shared["owner_id"],
        )
        self._batch.add(Assignee, follow_up_id=key, person_id=shared["owner_id"])
        if (self._today - day).days < _TOLD_FOR:
            self._told(day, at, key, shared["owner_id"])

    def _told(self, day: date, at: datetime, follow_up_id: UUID, person_id: UUID) -> None:
        """Tell who has it of a follow-up; what is older than a month was read."""
        is_read = (self._today - day).days > _TOLD_FOR / 3
        self._batch.add(
            Notification,
            id=key_at(at, self._rng),
            person_id=person_id,
            kind=Kind.GIVEN,
            key=f"{Kind.GIVEN}:{follow_up_id}",
            at=at,
            read_at=at + timedelta(days=1) if is_read else None,
            in_app=True,
            by_id=self._rng.choice(self._directory.colleagues).id,
            follow_up_id=follow_up_id,
        )

    def _report(self, number: int) -> None:
        """Make a report of a quarter, so many quarters ago, in which nothing stands."""
        until = add_months(self._today.replace(month=1, day=1), -3 * number) - timedelta(days=1)
        at = moment(until)
        self._batch.add(
            Report,
            id=key_at(at, self._rng),
            body_id=self._directory.body_id,
            author_id=self._rng.choice(self._directory.colleagues).id,
            kind=ReportKind.QUARTERLY,
            title=f"Bericht {number}",
            since=add_months(until + timedelta(days=1), -3),
            until=until,
            key_date=until,
            state=ReportState.READY,
            figures=Figures(sections=(), is_empty=True).to_json(),
            frozen_at=at,
            created_at=at,
            updated_at=at,
        )

    def _audit(self, at: datetime, who: Colleague, model: Any, key: UUID) -> None:
        self._batch.add(
            AuditEntry,
            id=key_at(at, self._rng),
            at=at,
            actor_id=who.id,
            action="logged",
            subject_type=model.__tablename__,
            subject_id=key,
            changes={},
            page="",
        )
