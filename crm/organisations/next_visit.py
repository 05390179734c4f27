"""When an organisation is visited next: the proposed day, and the quick choices for later."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import ngettext

from crm.clock import next_working_day, today
from crm.dates import add_months

_MONTHS = (1, 3, 6)
_A_WEEK = timedelta(weeks=1)


def proposed_day(due_on: date | None, land: str) -> date:
    """Return the working day for which a visit is proposed: in a week, or when it is due."""
    soon = today() + _A_WEEK
    return next_working_day(max(due_on or soon, soon), land)


def later_visits(land: str) -> list[tuple[str, date]]:
    """Return the quick choices for a later visit, each a working day of the Land."""
    return [
        (
            ngettext("in %(num)s Monat", "in %(num)s Monaten", count),
            next_working_day(add_months(today(), count), land),
        )
        for count in _MONTHS
    ]
