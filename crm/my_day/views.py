"""The start page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from crm.clock import today
from crm.concerns import queries as concerns
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.desk import openable
from crm.follow_ups.models import FollowUp
from crm.follow_ups.queries import end_of_week
from crm.organisations import listing
from crm.organisations.next_visit import later_visits, proposed_day
from crm.policy import Permission
from crm.referrals import queries as referrals
from crm.visits import queries as visits
from crm.visits.models import Visit
from crm.web.access import current_actor, requires

bp = Blueprint("my_day", __name__)

# More than these are a click away
_SHOWN = 20
_DUE_VISITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something of a day: a follow-up or a planned visit."""

    day: date
    at: time | None = None
    follow_up: FollowUp | None = None
    visit: Visit | None = None


def by_time(due: Collection[FollowUp], planned: Collection[Visit]) -> list[Entry]:
    """Return follow-ups and planned visits together: day by day, visits by time, then the rest."""
    entries = [Entry(day=f.due_on, follow_up=f) for f in due]
    entries += [Entry(day=v.visited_on, at=v.visited_at, visit=v) for v in planned if v.visited_on]
    return sorted(entries, key=lambda e: (e.day, e.visit is None, e.at or time.max))


@bp.get("/")
@requires(Permission.VISIT_READ)
def index() -> ResponseReturnValue:
    """Show what is overdue, what is due today and this week, and what waits."""
    actor = current_actor()
    day = today()
    sunday = end_of_week(day)
    overdue, coming, of_teams = follow_ups.of_day(actor, until=sunday, limit=_SHOWN + 1)
    planned = visits.planned(actor, until=sunday)
    found = listing.due_visits(actor, limit=_DUE_VISITS + 1)
    due_visits = [(due, proposed_day(due.due_on, actor.land)) for due in found]
    entries = by_time(coming, [visit for visit in planned if _day(visit) >= day])
    return render_template(
        "my_day/index.html",
        missed=[visit for visit in planned if _day(visit) < day],
        overdue=overdue[:_SHOWN],
        has_more_overdue=len(overdue) > _SHOWN,
        todays=[entry for entry in entries if entry.day == day],
        weeks=[entry for entry in entries if entry.day > day],
        drafts=visits.drafts(actor),
        urgent=concerns.mine_urgent(actor),
        referrals=referrals.due(actor, until=sunday, limit=_SHOWN),
        of_teams=of_teams[:_SHOWN],
        has_more_of_teams=len(of_teams) > _SHOWN,
        due_visits=due_visits[:_DUE_VISITS],
        has_more_due_visits=len(due_visits) > _DUE_VISITS,
        later_days=later_visits(actor.land),
        openable=openable(actor, [*overdue, *coming, *of_teams]),
        actor=actor,
        sunday=sunday,
    )


def _day(visit: Visit) -> date:
    """Return the day of a planned visit, which always has one."""
    assert visit.visited_on is not None
    return visit.visited_on
