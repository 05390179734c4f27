"""Reads what a report counts in one state of the database: everything of the body.

The totals of a report count what nobody but its owner may read (rule 6 of the domain), so nothing
here is limited by `visible`; what leaves this module is ids, codes and dates, and the offices of
procedures as people typed them. Names are read apart, and only of what the whole body may see.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm.clock import BERLIN
from crm.concerns.models import Concern, Flag, Outcome, Procedure
from crm.concerns.procedures import ProcedureFilter
from crm.dashboard.models import Target
from crm.finding import Days
from crm.follow_ups.models import FollowUp
from crm.offers.models import AgencyOffer
from crm.organisations.models import Organisation, OrganisationKind, size_class_of
from crm.referrals.models import Referral
from crm.reports.material import (
    Introduction,
    Matter,
    Mention,
    Note,
    Proceeding,
    Span,
    Talk,
    Task,
)
from crm.topics.models import Topic
from crm.visibility import Visibility
from crm.visits.models import VISIT_MODES, TopicNote, Visit, VisitOffer, VisitStatus


class Reader:
    """Reads the material of one body from a connection, which shows one state throughout."""

    def __init__(self, connection: sa.Connection, body_id: UUID):
        self._connection, self._body_id = connection, body_id

    def talks(self, span: Span) -> list[Talk]:
        """Return the conversations that took place."""
        rows = self._connection.execute(
            sa.select(
                Visit.visited_on,
                Visit.mode,
                Visit.occasion,
                _as_read(Visit.organisation_id),
                Organisation.kind,
                Organisation.municipality,
                Organisation.employees,
                Organisation.employees_to,
            )
            .join(Organisation, Organisation.id == Visit.organisation_id)
            .where(*self._took_place(span))
        )
        return [_talk(*row) for row in rows]

    def notes(self, span: Span) -> list[Note]:
        """Return the topics of these conversations, each once a conversation."""
        rows = self._connection.execute(
            sa.select(
                _as_read(Visit.id), Topic.slug, _as_read(Visit.organisation_id),
                Organisation.municipality, TopicNote.flag,
            )
            .join(Visit, Visit.id == TopicNote.visit_id)
            .join(Topic, Topic.id == TopicNote.topic_id)
            .join(Organisation, Organisation.id == Visit.organisation_id)
            .where(*self._took_place(span))
        )  # fmt: skip
        pressing = list(Flag)
        found: dict[tuple[Hashable, str], Note] = {}
        for visit_id, topic, organisation_id, municipality, flag in rows:
            known = found.get((visit_id, topic))
            if known is None or pressing.index(flag) > pressing.index(known.flag):
                found[visit_id, topic] = Note(topic, organisation_id, municipality, flag)
        return list(found.values())

    def offers(self, span: Span) -> list[Mention]:
        """Return the offers of ours that were mentioned in these conversations."""
        rows = self._connection.execute(
            sa.select(
                AgencyOffer.slug, AgencyOffer.name_de, AgencyOffer.name_en,
                _as_read(Visit.organisation_id), VisitOffer.is_used,
            )
            .join(Visit, Visit.id == VisitOffer.visit_id)
            .join(AgencyOffer, AgencyOffer.id == VisitOffer.offer_id)
            .where(*self._took_place(span))
            .order_by(AgencyOffer.position)
        )  # fmt: skip
        return [Mention(*row) for row in rows]

    def procedures(self, span: Span) -> list[Proceeding]:
        """Return the procedures that were running on any of these days, by their office."""
        accompanied = ProcedureFilter(accompanied=Days(since=span.since, until=span.until))
        rows = self._connection.execute(
            sa.select(
                Procedure.office, _as_read(Concern.organisation_id), Procedure.begun_on,
                # What was decided later was still running
                sa.case((Procedure.decided_on <= span.until, Procedure.decided_on)),
            )
            .join(Concern, Concern.id == Procedure.concern_id)
            .where(Concern.body_id == self._body_id, *accompanied.conditions())
            .order_by(Procedure.office)
        )  # fmt: skip
        return [Proceeding(*row) for row in rows]

    def opened(self, span: Span) -> list[Matter]:
        """Return the concerns that were opened."""
        first, end = span.moments
        return self._matters(Concern.opened_at >= first, Concern.opened_at < end)

    def answered(self, span: Span) -> list[Matter]:
        """Return the concerns that had their first response."""
        first, end = span.moments
        return self._matters(Concern.first_responded_at >= first, Concern.first_responded_at < end)

    def closed(self, span: Span) -> list[Matter]:
        """Return the concerns that got an outcome."""
        first, end = span.moments
        return self._matters(Concern.closed_at >= first, Concern.closed_at < end)

    def open(self, span: Span) -> list[Matter]:
        """Return the concerns that were open when the span ended."""
        _first, end = span.moments
        still = sa.or_(Concern.closed_at.is_(None), Concern.closed_at >= end)
        return self._matters(Concern.opened_at < end, still)

    def done(self, span: Span) -> list[Task]:
        """Return the follow-ups that were done."""
        first, end = span.moments
        rows = self._connection.execute(
            sa.select(
                _as_read(FollowUp.id), _as_read(FollowUp.organisation_id), FollowUp.promised
            ).where(
                FollowUp.body_id == self._body_id,
                FollowUp.done_at >= first,
                FollowUp.done_at < end,
            )
        )
        # What is about no organisation gives none away
        return [Task(organisation_id or key, promised) for key, organisation_id, promised in rows]

    def referred(self, span: Span) -> list[Introduction]:
        """Return the referrals that were made."""
        first, end = span.moments
        return self._referrals(Referral.created_at >= first, Referral.created_at < end)

    def answered_by_partners(self, span: Span) -> list[Introduction]:
        """Return the referrals that got a result."""
        first, end = span.moments
        return self._referrals(Referral.closed_at >= first, Referral.closed_at < end)

    def _referrals(self, *conditions: sa.ColumnElement[bool]) -> list[Introduction]:
        rows = self._connection.execute(
            sa.select(
                _as_read(Concern.organisation_id), _as_read(Referral.partner_id), Referral.result
            )
            .join(Concern, Concern.id == Referral.concern_id)
            .where(Referral.body_id == self._body_id, Referral.taken_back_at.is_(None), *conditions)
        )
        return [Introduction(*row) for row in rows]

    def topics(self) -> list[tuple[str, str, str]]:
        """Return the topics with their names, in the catalogue's order."""
        rows = self._connection.execute(
            sa.select(Topic.slug, Topic.name_de, Topic.name_en).order_by(Topic.position, Topic.id)
        )
        return [(slug, german, english) for slug, german, english in rows]

    def target(self, year: int) -> int | None:
        """Return how many visits the teams mean to make in a year; None where nobody said it."""
        return self._connection.scalar(
            sa.select(sa.func.sum(Target.visits)).where(
                Target.body_id == self._body_id, Target.year == year
            )
        )

    def visited_by_name(self, span: Span) -> list[tuple[str, str]]:
        """Return the organisations whose visits the whole body may see: names, municipalities."""
        rows = self._connection.execute(
            sa.select(Organisation.name, Organisation.municipality)
            .join(Visit, Visit.organisation_id == Organisation.id)
            .where(
                *self._took_place(span),
                self._is_known(),
                Visit.visibility == Visibility.BODY,
                Visit.mode.in_(VISIT_MODES),
                Organisation.kind != OrganisationKind.PARTNER,
            )
            .group_by(Organisation.sort_key, Organisation.id, Organisation.name,
                      Organisation.municipality)
            .order_by(Organisation.sort_key, Organisation.id)
        )  # fmt: skip
        return [(name, municipality) for name, municipality in rows]

    def solved_by_name(self, span: Span) -> list[tuple[str, str, str]]:
        """Return the solved concerns that the whole body may see: title, organisation, day.

        Without those that a note told in confidence, or for a narrower circle, belongs to.
        """
        first, end = span.moments
        discreet = sa.exists().where(
            TopicNote.concern_id == Concern.id,
            sa.or_(TopicNote.confidential, TopicNote.visibility != Visibility.BODY),
        )
        rows = self._connection.execute(
            sa.select(Concern.title, Organisation.name, Concern.closed_at)
            .join(Organisation, Organisation.id == Concern.organisation_id)
            .where(
                Concern.body_id == self._body_id,
                Concern.visibility == Visibility.BODY,
                self._is_known(),
                ~discreet,
                Concern.closed_at >= first,
                Concern.closed_at < end,
                Concern.outcome == Outcome.SOLVED,
            )
            .order_by(Concern.closed_at, Concern.id)
        )
        return [(title, name, _day(at).isoformat()) for title, name, at in rows if at]

    def _is_known(self) -> sa.ColumnElement[bool]:
        """Limit organisations to those that the whole body may open."""
        return sa.or_(Organisation.body_id == self._body_id, Organisation.shared)

    def _took_place(self, span: Span) -> Iterator[sa.ColumnElement[bool]]:
        yield Visit.body_id == self._body_id
        yield Visit.status == VisitStatus.COMPLETED
        yield Visit.archived_at.is_(None)
        yield Visit.visited_on.between(*span)

    def _matters(self, *conditions: sa.ColumnElement[bool]) -> list[Matter]:
        rows = self._connection.execute(
            sa.select(
                Topic.slug,
                _as_read(Concern.organisation_id),
                Organisation.municipality,
                Concern.opened_at,
                Concern.first_responded_at,
                Concern.closed_at,
                Concern.outcome,
                Concern.jobs_secured,
                Concern.jobs_created,
                Concern.investment,
            )
            .join(Topic, Topic.id == Concern.topic_id)
            .join(Organisation, Organisation.id == Concern.organisation_id)
            .where(Concern.body_id == self._body_id, *conditions)
        )
        return [_matter(*row) for row in rows]


def _as_read(column: Any) -> sa.ColumnElement[Any]:
    """Return a key as the driver gives it, to be told from others and nothing else.

    A year of a Land holds hundreds of thousands, and making each a UUID takes a third of the time.
    """
    return sa.type_coerce(column, sa.types.NullType())


def _talk(*row: Any) -> Talk:
    *columns, employees, employees_to = row
    return Talk._make((*columns, size_class_of(employees, employees_to)))


def _matter(*row: Any) -> Matter:
    topic, organisation_id, municipality, *moments = row[:6]
    days = (_day(at) if at else None for at in moments)
    return Matter._make((topic, organisation_id, municipality, *days, *row[6:]))


def _day(at: datetime) -> date:
    return at.astimezone(BERLIN).date()
