"""Figures of the referrals to partners, and of the official procedures that are accompanied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.concerns.models import Concern, Procedure
from crm.concerns.queries import selected as selected_concerns
from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.referrals.models import Referral
from crm.referrals.queries import State, in_state, selected
from crm.text import sort_key
from crm.types import Key


class PartnerRow(NamedTuple):
    """The referrals of the period to one partner, by where they stand now."""

    partner_id: UUID
    partner: str
    all: int
    open: int
    overdue: int
    answered: int
    unanswered: int


class OfficeRow(NamedTuple):
    """The procedures at one office that were running on any day of the period.

    running  not decided by now
    decided  in the period
    days     median of the days that those took; None when there was none
    """

    office: str
    all: int
    running: int
    decided: int
    days: float | None


def referrals_and_procedures(
    actor: Actor, wanted: FigureFilter
) -> tuple[Sequence[PartnerRow], Sequence[OfficeRow]]:
    """Return a row for each partner and one for each office, those with most first."""
    # In one query: the page asks few
    rows = db.session.execute(
        sa.union_all(_referrals(actor, wanted), _procedures(actor, wanted)).order_by("sort_key")
    ).all()
    partners = [
        PartnerRow(key, name, *map(int, numbers))
        for key, name, _sort_key, _begun, _decided, *numbers in rows
        if key is not None
    ]
    spans: dict[str, list[tuple[date, date | None]]] = {}
    for key, name, _sort_key, begun_on, decided_on, *_none in rows:
        if key is None:
            spans.setdefault(name, []).append((begun_on, decided_on))
    offices = [_office(name, its, wanted) for name, its in spans.items()]
    return (
        sorted(partners, key=lambda row: -row.all),
        sorted(offices, key=lambda row: (-row.all, sort_key(row.office))),
    )


def _referrals(actor: Actor, wanted: FigureFilter) -> sa.Select[Any]:
    no_day = sa.cast(sa.null(), sa.Date())
    columns: list[Any] = [
        Referral.partner_id,
        Organisation.name,
        Organisation.sort_key.label("sort_key"),
        no_day,
        no_day,
        sa.func.count(),
        *map(_how_many, (State.OPEN, State.OVERDUE, State.ANSWERED, State.UNANSWERED)),
    ]
    return (
        selected(actor, wanted.referrals())
        .join(Referral.partner)
        .with_only_columns(*columns)
        .group_by(Referral.partner_id, Organisation.name, Organisation.sort_key)
    )


def _how_many(state: State) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((in_state(state), 1), else_=0))


def _procedures(actor: Actor, wanted: FigureFilter) -> sa.Select[Any]:
    accompanied = wanted.procedures()
    assert accompanied.procedures is not None
    columns: list[Any] = [
        sa.cast(sa.null(), Key()),
        Procedure.office,
        sa.literal("").label("sort_key"),
        Procedure.begun_on,
        Procedure.decided_on,
        *[sa.literal(0)] * 5,
    ]
    return (
        selected_concerns(actor, accompanied)
        .join(Concern.procedures)
        .where(*accompanied.procedures.conditions())
        .with_only_columns(*columns)
    )


def _office(
    name: str, spans: Sequence[tuple[date, date | None]], wanted: FigureFilter
) -> OfficeRow:
    since, until = wanted.period.since, wanted.period.until
    took = [(end - begun).days for begun, end in spans if end and since <= end <= until]
    return OfficeRow(
        office=name,
        all=len(spans),
        running=sum(end is None for _begun, end in spans),
        decided=len(took),
        days=float(median(took)) if took else None,
    )
