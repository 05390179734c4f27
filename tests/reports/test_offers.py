"""What a report counts of our offers and of the procedures that were accompanied."""

from __future__ import annotations

from datetime import date, timedelta

from crm.policy import Role
from crm.reports.figures import HIDDEN
from crm.reports.models import Chapter, ReportKind
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.reports.steps import YEAR, drawn_up, places, section, table, value

WORK, BROKERING = Chapter.WORK, Chapter.BROKERING
FIRST = date(YEAR, 1, 1)


def test_procedures_are_counted_with_their_days_and_by_office_only_inside(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    long_ago, last = FIRST - timedelta(days=400), date(YEAR, 1, 31)
    for number, company in enumerate(places(make, 6)):
        circle = Visibility.MANAGERS if number else Visibility.BODY
        concern = make.concern(organisation=company, owner=make.person(), visibility=circle)
        decided_on = FIRST + timedelta(days=10 * number) if number < 3 else None
        make.procedure(concern, begun_on=FIRST - timedelta(days=10), decided_on=decided_on)
    make.procedure(concern, "Forstamt", begun_on=FIRST, decided_on=last + timedelta(days=1))
    make.procedure(concern, begun_on=long_ago, decided_on=FIRST - timedelta(days=300))
    make.procedure(concern, begun_on=last + timedelta(days=1))

    public = drawn_up(make, manager, until=last, key_date=last)
    internal = drawn_up(make, manager, ReportKind.INTERNAL, until=last, key_date=last)

    found = {row.key: row.values[0] for row in table(public, BROKERING, "procedures").rows}
    assert found == {
        "procedures": 7,
        "procedures_decided": 3,
        # What was decided after the key date was still running
        "procedures_running": 4,
        "days_to_decision": 20,
    }
    assert not [t for t in section(public, BROKERING).tables if t.key == "offices"]
    # One office with one company: hidden, and with it the other that would tell its number
    offices = {row.key: row.values for row in table(internal, BROKERING, "offices").rows}
    assert offices == {"Bauamt Probedorf": (HIDDEN, HIDDEN), "Forstamt": (HIDDEN, 0)}


def test_offers_are_counted_and_hidden_where_few_companies_stand_behind(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    for number, company in enumerate(places(make, 7)):
        succession = {"succession-day": False} if number < 5 else {}
        make.visit(organisation=company, visited_on=FIRST, visibility=Visibility.MANAGERS,
                   owner=make.person(),
                   offers={"funding-advice": number < 4, **succession})  # fmt: skip
    make.visit(VisitStatus.PLANNED, visited_on=FIRST, offers={"funding-advice": True})

    report = drawn_up(make, manager)

    rows = {row.key: row for row in table(report, WORK, "offers").rows}
    assert rows["funding-advice"].name == {"de": "Fördermittelberatung", "en": "Advice on funding"}
    assert rows["funding-advice"].values == (7, 0, 4)
    assert rows["succession-day"].values == (5, 0, 0)
    assert value(report, Chapter.FUNDING, "topic", "offers_mentioned") == 7
    assert value(report, Chapter.FUNDING, "topic", "offers_used") == 4
    assert value(report, Chapter.SUCCESSION, "topic", "offers_used") == 0
    assert value(report, Chapter.FOUNDING, "topic", "offers_mentioned") == 0


def test_how_many_used_an_offer_is_hidden_where_it_tells_of_who_did_not(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    for number, company in enumerate(places(make, 5)):
        make.visit(organisation=company, offers={"funding-advice": number > 0})
    for company in places(make, 2):
        make.visit(organisation=company, offers={"networking": True})

    report = drawn_up(make, manager)

    rows = {row.key: row.values for row in table(report, WORK, "offers").rows}
    assert rows == {"funding-advice": (5, 0, HIDDEN), "networking": (HIDDEN, 0, HIDDEN)}
