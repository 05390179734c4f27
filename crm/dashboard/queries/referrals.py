"""Figures of the referrals to partners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.dashboard.queries.wanted import FigureFilter
from crm.db import db
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.referrals.models import Referral
from crm.referrals.queries import State, in_state, selected


class PartnerRow(NamedTuple):
    """The referrals of the period to one partner, by where they stand now."""

    partner_id: UUID
    partner: str
    all: int
    open: int
    overdue: int
    answered: int
    unanswered: int


def referrals_by_partner(actor: Actor, wanted: FigureFilter) -> Sequence[PartnerRow]:
    """Return a row for each partner to whom something was referred, most referrals first."""
    number = sa.func.count().label("number")
    found = db.session.execute(
        selected(actor, wanted.referrals())
        .join(Referral.partner)
        .with_only_columns(
            Referral.partner_id,
            Organisation.name,
            number,
            *map(_how_many, (State.OPEN, State.OVERDUE, State.ANSWERED, State.UNANSWERED)),
        )
        .group_by(Referral.partner_id, Organisation.name, Organisation.sort_key)
        .order_by(number.desc(), Organisation.sort_key, Referral.partner_id)
    )
    return [PartnerRow(key, name, *map(int, numbers)) for key, name, *numbers in found]


def _how_many(state: State) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((in_state(state), 1), else_=0))
