"""The targets of the demo's teams, and the views that its people keep of the dashboard."""

from __future__ import annotations

from datetime import date, datetime

from crm.clock import moment
from crm.dashboard.models import Target
from crm.demo.accounts import NORTH, SOUTH, TEAMS
from crm.demo.batch import Batch
from crm.demo.people import People
from crm.saved_views.models import Place, SavedView
from crm.text import sort_key

# Visits a year, as the demo's story has them: one team ahead, one behind, one without
_AIMS = {NORTH: 60, SOUTH: 40}
_VIEWS = (
    ("manager", Place.DASHBOARD, "Letztes Jahr", "span=last_year"),
    ("manager", Place.DASHBOARD, "Meine eigenen Zahlen", "span=this_year&mine=1"),
    ("officer", Place.VISITS, "Besuche vor Ort", "status=completed&mode=on_site"),
)


def add_aims(batch: Batch, people: People, *, today: date, since: datetime) -> None:
    """Add the targets of this year and the last, and a few saved views."""
    for team, visits in _AIMS.items():
        for year, aim in ((today.year, visits), (today.year - 1, visits - 10)):
            at = moment(date(year - 1, 12, 1))
            batch.add(
                Target,
                at,
                body_id=people.bodies[TEAMS[team]],
                team_id=people.teams[team],
                year=year,
                visits=aim,
                updated_at=at,
            )
    for owner, place, name, query in _VIEWS:
        batch.add(
            SavedView,
            since,
            owner_id=people.actors[owner].id,
            place=place,
            name=name,
            sort_key=sort_key(name),
            query=query,
            created_at=since,
        )
