"""Gathers the figures that the page, its files and its charts show, in few queries."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from crm.clock import today
from crm.concerns import queries as concern_lists
from crm.concerns.models import Concern, Flag
from crm.dashboard import queries
from crm.dashboard.asked import Asked
from crm.dashboard.queries import (
    ConcernFigures,
    ConversationFigures,
    Dimension,
    FollowUpRow,
    OfferRow,
    OfficeRow,
    PartnerRow,
    Row,
    TargetFigures,
    TeamTarget,
)
from crm.dashboard.queries.targets import targets_and_stamp
from crm.memory import Memory
from crm.offers.models import AgencyOffer
from crm.policy import Actor
from crm.topics.models import Topic

_URGENT_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What takes long to count.

    parted  the visits by the chosen dimension; empty for teams, which `held` knows
    """

    held: ConversationFigures
    parted: Sequence[Row]
    topics: Sequence[tuple[Topic, Row]]
    offers: Sequence[tuple[AgencyOffer, OfferRow]]
    concerns: ConcernFigures
    follow_ups: Sequence[FollowUpRow]
    referrals: Sequence[PartnerRow]
    procedures: Sequence[OfficeRow]
    targets: TargetFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All figures of the page for one question.

    key, stamp  under which they may be kept, and until when
    """

    key: Hashable
    stamp: str
    actor: Actor
    asked: Asked
    smallest: int
    counted: Counted
    urgent: Sequence[Concern]
    teams: Sequence[TeamTarget]

    @property
    def target(self) -> int | None:
        """Return the target of the chosen team, or of all; None where there is none to hold on."""
        if self.asked.target_year is None:
            return None
        team_id = self.asked.wanted.team_id
        return sum(t.visits or 0 for t in self.teams if team_id in {None, t.team_id}) or None


_memory: Memory[Counted] = Memory(most=200)


def gather(actor: Actor, asked: Asked, *, smallest: int) -> Gathered:
    """Return the figures that `asked` asks for."""
    wanted = asked.wanted
    teams, stamp = targets_and_stamp(actor, asked.target_year or wanted.period.until.year)
    key = (actor, asked, today())
    return Gathered(
        key=key,
        stamp=stamp,
        actor=actor,
        asked=asked,
        smallest=smallest,
        counted=_memory.recall(key, stamp, lambda: _count(actor, asked)),
        urgent=concern_lists.first(actor, wanted.concerns(flag=Flag.URGENT), limit=_URGENT_SHOWN),
        teams=teams,
    )


def _count(actor: Actor, asked: Asked) -> Counted:
    wanted = asked.wanted
    topics, offers = queries.topics_and_offers(actor, wanted, compared=asked.is_compared)
    referrals, procedures = queries.referrals_and_procedures(actor, wanted)
    return Counted(
        held=queries.visits_held(actor, wanted, compared=asked.is_compared),
        parted=[] if asked.by is Dimension.TEAM else queries.visits_by(actor, wanted, asked.by),
        topics=topics,
        offers=offers,
        concerns=queries.concerns(actor, wanted),
        follow_ups=queries.follow_ups_by_team(actor, wanted),
        referrals=referrals,
        procedures=procedures,
        targets=queries.target_companies(actor, wanted, months=asked.months),
    )
