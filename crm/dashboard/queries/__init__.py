"""The figures of a period, each counted by the very selection of the list that it opens.

    wanted = FigureFilter(period=Period(since=date(2026, 1, 1), until=date(2026, 12, 31)))
    held = visits_held(actor, wanted)          # per month, team and kind of conversation
    held.number(Counted.VISITS)                # Besuche
    visits_by(actor, wanted, Dimension.TEAM)   # rows with the number of their organisations
    conversations_by_topic(actor, wanted)
    concerns(actor, wanted)                    # open, late, outcomes, median working days
    follow_ups_by_team(actor, wanted)
    referrals_and_procedures(actor, wanted)    # by partner, by office
    topics_and_offers(actor, wanted, compared=True)
    target_companies(actor, wanted, months=24)

An `actor` counts what they may see. For the totals of an activity report, which count everything of
the body and show no single case, `whole_body(actor)` returns whom to count for.
"""

from crm.dashboard.queries.concerns import ConcernFigures, concerns
from crm.dashboard.queries.follow_ups import FollowUpRow, follow_ups_by_team
from crm.dashboard.queries.organisations import TargetFigures, target_companies
from crm.dashboard.queries.referrals import OfficeRow, PartnerRow, referrals_and_procedures
from crm.dashboard.queries.targets import TeamTarget, team_targets
from crm.dashboard.queries.topics import OfferRow, conversations_by_topic, topics_and_offers
from crm.dashboard.queries.visits import (
    ConversationFigures,
    Dimension,
    Row,
    visits_by,
    visits_held,
)
from crm.dashboard.queries.wanted import FigureFilter, whole_body

__all__ = [
    "ConcernFigures",
    "ConversationFigures",
    "Dimension",
    "FigureFilter",
    "FollowUpRow",
    "OfferRow",
    "OfficeRow",
    "PartnerRow",
    "Row",
    "TargetFigures",
    "TeamTarget",
    "concerns",
    "conversations_by_topic",
    "follow_ups_by_team",
    "referrals_and_procedures",
    "target_companies",
    "team_targets",
    "topics_and_offers",
    "visits_by",
    "visits_held",
    "whole_body",
]
