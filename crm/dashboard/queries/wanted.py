"""What figures are counted of, and the filters of the lists that hold the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Team
from crm.concerns.procedures import ProcedureFilter
from crm.concerns.queries import ConcernFilter
from crm.dashboard.periods import Period
from crm.db import db
from crm.finding import Days, Scope
from crm.follow_ups.queries import FollowUpFilter
from crm.organisations.listing import OrganisationFilter
from crm.organisations.models import OrganisationStatus
from crm.policy import Actor, Permission, authorize
from crm.referrals.queries import ReferralFilter, State
from crm.visits.listing import VisitFilter
from crm.visits.models import VisitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter:
    """What the figures are counted of.

    mine  only what is the actor's own: figures by person are for oneself (rule of the works
          agreement), so there is no key of anybody else
    """

    period: Period
    team_id: UUID | None = None
    municipality: str = ""
    industry: str = ""
    topic_id: UUID | None = None
    mine: bool = False

    @property
    def a_year_before(self) -> FigureFilter:
        """Return the same for the same days of the year before."""
        return replace(self, period=self.period.a_year_before)

    def visits(self, actor: Actor, **more: Any) -> VisitFilter:
        """Return the filter of the list of conversations in the period that took place."""
        wanted = VisitFilter(
            since=self.period.since,
            until=self.period.until,
            status=VisitStatus.COMPLETED,
            team_id=self.team_id,
            municipality=self.municipality,
            industry=self.industry,
            topic_id=self.topic_id,
            person_id=actor.id if self.mine else None,
        )
        return replace(wanted, **more)

    def concerns(self, **more: Any) -> ConcernFilter:
        """Return the filter of the list of open concerns; `more` may ask for closed ones."""
        wanted = ConcernFilter(
            scope=Scope.MINE if self.mine else Scope.ALL,
            team_id=self.team_id,
            municipality=self.municipality,
            industry=self.industry,
            topic_id=self.topic_id,
        )
        return replace(wanted, **more)

    def procedures(self, *, decided: bool = False, **more: Any) -> ConcernFilter:
        """Return the filter of the list of concerns, open or closed, with procedures of the period.

        decided  only those decided in the period, not all that were running on any of its days
        """
        days = Days(since=self.period.since, until=self.period.until)
        asked = ProcedureFilter(decided=days) if decided else ProcedureFilter(accompanied=days)
        return self.concerns(with_closed=True, procedures=replace(asked, **more))

    def follow_ups(self, **more: Any) -> FollowUpFilter:
        """Return the filter of the list of open follow-ups, resting ones too, or of done ones."""
        wanted = FollowUpFilter(
            scope=Scope.MINE if self.mine else Scope.ALL,
            snoozed=None,
            team_id=self.team_id,
            municipality=self.municipality,
            industry=self.industry,
            topic_id=self.topic_id,
        )
        return replace(wanted, **more)

    def referrals(self, **more: Any) -> ReferralFilter:
        """Return the filter of the list of referrals made in the period, wherever they stand."""
        wanted = ReferralFilter(
            scope=Scope.MINE if self.mine else Scope.ALL,
            state=State.ALL,
            since=self.period.since,
            until=self.period.until,
            team_id=self.team_id,
            municipality=self.municipality,
            industry=self.industry,
            topic_id=self.topic_id,
        )
        return replace(wanted, **more)

    def targets(self, **more: Any) -> OrganisationFilter:
        """Return the filter of the list of target companies; topic and person do not part them."""
        wanted = OrganisationFilter(
            target=True,
            status=OrganisationStatus.ACTIVE,
            team_id=self.team_id,
            municipality=self.municipality,
            industry=self.industry,
        )
        return replace(wanted, **more)


def whole_body(actor: Actor) -> Actor:
    """Return whom to count for where totals count everything of the body (domain, rule 6).

    Only for sums that show no single case. Leading every team is what sees everything, so figures
    need no second way of looking. Raises `NotAllowed` for all but managers.
    """
    authorize(actor, Permission.FIGURES_WHOLE)
    teams = db.session.scalars(sa.select(Team.id).where(Team.body_id == actor.body_id))
    return replace(actor, led_team_ids=frozenset(teams))
