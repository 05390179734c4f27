"""Gathers the figures that the page, its files and its charts show, in few queries."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

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
from crm.dashboard.queries.targets import Stamps, targets_and_stamps
from crm.memory import Memory
from crm.offers.models import AgencyOffer
from crm.policy import Actor
from crm.topics.models import Topic

T = TypeVar("T")
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

    key, stamps  under which they may be kept, and until when
    """

    key: Hashable
    stamps: Stamps
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


# Seven parts of each page
_memory: Memory[Any] = Memory(most=1_400)


def gather(actor: Actor, asked: Asked, *, smallest: int) -> Gathered:
    """Return the figures that `asked` asks for."""
    wanted = asked.wanted
    teams, stamps = targets_and_stamps(actor, asked.target_year or wanted.period.until.year)
    return Gathered(
        key=(actor, asked, today()),
        stamps=stamps,
        actor=actor,
        asked=asked,
        smallest=smallest,
        counted=_count(actor, asked, stamps),
        urgent=concern_lists.first(actor, wanted.concerns(flag=Flag.URGENT), limit=_URGENT_SHOWN),
        teams=teams,
    )


def _count(actor: Actor, asked: Asked, stamps: Stamps) -> Counted:
    """Count each part, or recall it: neither another part nor another question spoils it."""
    wanted = asked.wanted

    def of_visits(count: Callable[..., T], *more: Any, **named: Any) -> T:
        return _recall(stamps.visits, count, actor, wanted, *more, **named)

    def of_concerns(count: Callable[..., T]) -> T:
        return _recall(stamps.concerns, count, actor, wanted)

    by, is_compared = asked.by, asked.is_compared
    topics, offers = of_visits(queries.topics_and_offers, compared=is_compared)
    referrals, procedures = of_concerns(queries.referrals_and_procedures)
    return Counted(
        held=of_visits(queries.visits_held, compared=is_compared),
        parted=[] if by is Dimension.TEAM else of_visits(queries.visits_by, by),
        topics=topics,
        offers=offers,
        concerns=of_concerns(queries.concerns),
        follow_ups=_recall(stamps.follow_ups, queries.follow_ups_by_team, actor, wanted),
        referrals=referrals,
        procedures=procedures,
        targets=of_visits(queries.target_companies, months=asked.months),
    )


def _recall(stamp: str, count: Callable[..., T], *given: Any, **named: Any) -> T:
    key = (count, given, tuple(named.items()), today())
    found: T = _memory.recall(key, stamp, partial(count, *given, **named))
    return found
