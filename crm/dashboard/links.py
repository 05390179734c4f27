"""The address of a list, made of the very filter by which a figure was counted."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from flask import url_for

from crm.concerns.models import Stage
from crm.concerns.procedures import ProcedureFilter
from crm.concerns.queries import ConcernFilter
from crm.follow_ups.queries import Due, FollowUpFilter
from crm.organisations.listing import OrganisationFilter
from crm.referrals.queries import ReferralFilter, State
from crm.visits.listing import VisitFilter

_Value = str | int | date | UUID | StrEnum | None


def _url(endpoint: str, **values: _Value) -> str:
    said = {name: str(value) for name, value in values.items() if value not in {None, ""}}
    return url_for(endpoint, **said)  # type: ignore[arg-type]


def visits(wanted: VisitFilter) -> str:
    """Return the address of a list of visits."""
    return _url(
        "visits.index",
        since=wanted.since,
        until=wanted.until,
        municipality=wanted.municipality,
        industry=wanted.industry,
        size=wanted.size,
        team=wanted.team_id,
        person=wanted.person_id,
        topic=wanted.topic_id,
        flag=wanted.flag,
        status=wanted.status,
        mode=wanted.mode,
        counted=wanted.counted,
        offer=wanted.offer_id,
        offered=wanted.offered,
    )


def concerns(wanted: ConcernFilter) -> str:
    """Return the address of a list of concerns."""
    every_stage = wanted.with_closed and wanted.stage is None
    procedures = wanted.procedures or ProcedureFilter()
    return _url(
        "concerns.index",
        scope=wanted.scope,
        topic=wanted.topic_id,
        flag=wanted.flag,
        stage="all" if every_stage else wanted.stage,
        late="1" if wanted.late else "",
        team=wanted.team_id,
        municipality=wanted.municipality,
        industry=wanted.industry,
        outcome=wanted.outcome,
        benefit=wanted.benefit,
        opened_since=wanted.opened.since,
        opened_until=wanted.opened.until,
        responded_since=wanted.responded.since,
        responded_until=wanted.responded.until,
        closed_since=wanted.closed.since,
        closed_until=wanted.closed.until,
        procedure=procedures.progress if wanted.procedures else "",
        office=procedures.office,
        accompanied_since=procedures.accompanied.since,
        accompanied_until=procedures.accompanied.until,
        decided_since=procedures.decided.since,
        decided_until=procedures.decided.until,
        sort="newest" if wanted.with_closed and wanted.stage is not Stage.CLOSED else "",
    )


def follow_ups(wanted: FollowUpFilter) -> str:
    """Return the address of a list of follow-ups."""
    return _url(
        "follow_ups.index",
        scope=wanted.scope,
        due=wanted.due if wanted.due is not Due.OPEN else "",
        snoozed="all" if wanted.snoozed is None and wanted.due is not Due.DONE else "",
        promised="" if wanted.promised is None else str(int(wanted.promised)),
        team=wanted.team_id,
        municipality=wanted.municipality,
        industry=wanted.industry,
        topic=wanted.topic_id,
        due_since=wanted.due_since,
        due_until=wanted.due_until,
        done_since=wanted.done_since,
        done_until=wanted.done_until,
    )


def referrals(wanted: ReferralFilter) -> str:
    """Return the address of a list of referrals."""
    return _url(
        "referrals.index",
        scope=wanted.scope,
        state=wanted.state if wanted.state is not State.OPEN else "",
        partner=wanted.partner_id,
        topic=wanted.topic_id,
        since=wanted.since,
        until=wanted.until,
        team=wanted.team_id,
        municipality=wanted.municipality,
        industry=wanted.industry,
    )


def organisations(wanted: OrganisationFilter) -> str:
    """Return the address of a list of organisations, those waiting longest first."""
    return _url(
        "organisations.index",
        municipality=wanted.municipality,
        industry=wanted.industry,
        size=wanted.size,
        team=wanted.team_id,
        status=wanted.status,
        target="1" if wanted.target else "",
        not_visited=wanted.not_visited_months,
        never="1" if wanted.never_visited else "",
        cadence="none" if wanted.no_cadence else "",
        owner="none" if wanted.no_owner else "",
        sort="oldest",
    )
