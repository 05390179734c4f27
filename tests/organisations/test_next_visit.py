"""When an organisation is visited next: proposed by its cadence, listed when due, put off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.accounts.models import Person
from crm.clock import next_working_day, today
from crm.dates import add_months
from crm.db import db
from crm.organisations import listing
from crm.organisations.listing import OrganisationFilter
from crm.organisations.models import Organisation, OrganisationStatus
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import Mode, VisitStatus
from tests.make import Make
from tests.page import Browser, Page

LAND = "ST"
A_DAY = timedelta(days=1)
MONDAY = date(2027, 5, 3)


def next_on(make: Make, organisation: Organisation) -> date | None:
    query = sa.select(Organisation.next_visit_due_on).where(Organisation.id == organisation.id)
    return make.run(lambda: db.session.scalar(query))


def complete_visit(person: Browser, organisation: Organisation, **fields: Any) -> Page:
    page = person.open("visits.new", organisation=organisation.id)
    fields = {"summary": "Ein gutes Gespräch.", **fields}
    return page.submit(button="Besuch abschließen", form="#visit-form", **fields)


def due(make: Make, person: Person) -> list[tuple[str, date | None]]:
    actor = make.actor(person)
    found = make.run(lambda: listing.due_visits(actor, limit=20))
    return [(row.organisation.name, row.due_on) for row in found]


def test_a_completed_visit_proposes_the_next_by_the_cadence(make: Make, browser: Browser) -> None:
    organisation = make.organisation(cadence_months=12, next_visit_due_on=today() - A_DAY)
    mine = browser.signed_in_as(make.person())

    complete_visit(mine, organisation)

    assert next_on(make, organisation) == next_working_day(add_months(today(), 12), LAND)


def test_a_date_of_ones_own_goes_before_the_cadence(make: Make, browser: Browser) -> None:
    organisation = make.organisation(cadence_months=12)
    mine = browser.signed_in_as(make.person())

    complete_visit(mine, organisation, next_visit_due="3.5.2027")

    assert next_on(make, organisation) == MONDAY


def test_without_a_cadence_the_date_that_has_come_is_done_with(
    make: Make, browser: Browser
) -> None:
    over = make.organisation(next_visit_due_on=today() - A_DAY)
    ahead = make.organisation(next_visit_due_on=today() + A_DAY)
    mine = browser.signed_in_as(make.person())

    complete_visit(mine, over)
    complete_visit(mine, ahead)

    assert next_on(make, over) is None
    assert next_on(make, ahead) == today() + A_DAY


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ({"cadence_months": 6}, {"mode": "phone"}),
        ({"cadence_months": 6}, {"visibility": "team"}),
        ({"cadence_months": 6, "next_visit_due_on": date(2099, 1, 5)}, {}),
    ],
)
def test_calls_hidden_visits_and_later_dates_change_nothing(
    columns: dict[str, Any], fields: dict[str, str], make: Make, browser: Browser
) -> None:
    organisation = make.organisation(**columns)
    mine = browser.signed_in_as(make.person())

    complete_visit(mine, organisation, **fields)

    assert next_on(make, organisation) == columns.get("next_visit_due_on")


def test_a_visit_logged_late_counts_from_the_last_one(make: Make, browser: Browser) -> None:
    organisation = make.organisation(cadence_months=6)
    make.visit(organisation=organisation, visited_on=today() - A_DAY)
    mine = browser.signed_in_as(make.person())

    complete_visit(mine, organisation, visited_on="2.3.2026")

    expected = next_working_day(add_months(today() - A_DAY, 6), LAND)
    assert next_on(make, organisation) == expected


def test_the_most_overdue_come_first_and_the_never_visited_last(make: Make) -> None:
    me, long_ago = make.person(), today() - timedelta(days=400)
    make.organisation("Ziel, nie besucht", is_target=True)
    make.organisation("Heute", next_visit_due_on=today())
    make.organisation("Längst", next_visit_due_on=long_ago)
    turn = make.organisation("Turnus um", cadence_months=12)
    make.visit(organisation=turn, visited_on=long_ago)
    rules: dict[str, dict[str, Any]] = {
        "Kein Ziel": {},
        "Später": {"next_visit_due_on": today() + A_DAY},
        "Geschlossen": {"is_target": True, "status": OrganisationStatus.CLOSED},
        "Fremdes Team": {"is_target": True, "team": make.team(body=make.home_body)},
        "Anderer Träger": {"is_target": True, "team": make.team()},
    }
    for name, columns in rules.items():
        make.organisation(name, **columns)
    recent = make.organisation("Turnus läuft", cadence_months=12)
    make.visit(organisation=recent, visited_on=today() - timedelta(days=300))
    planned = make.organisation("Geplant", next_visit_due_on=long_ago)
    make.visit(VisitStatus.PLANNED, organisation=planned)
    visited = make.organisation("Ziel, besucht", is_target=True)
    make.visit(organisation=make.organisation(), further=[visited])

    assert due(make, me) == [
        ("Längst", long_ago),
        ("Heute", today()),
        ("Turnus um", add_months(long_ago, 12)),
        ("Ziel, nie besucht", None),
    ]


@pytest.mark.parametrize(
    "columns",
    [
        {"visibility": Visibility.MANAGERS},
        {"mode": Mode.PHONE},
        {"status": VisitStatus.CANCELLED},
    ],
)
def test_only_visits_that_one_sees_count(columns: dict[str, Any], make: Make) -> None:
    target = make.organisation("Ziel", is_target=True)
    make.visit(organisation=target, owner=make.person(), **columns)

    assert due(make, make.person()) == [("Ziel", None)]


def test_the_day_and_the_filtered_list_agree(make: Make, browser: Browser) -> None:
    me = make.person()
    for number in range(7):
        make.organisation(f"Ziel {number}", is_target=True)
    make.organisation("Ohne")
    page = browser.signed_in_as(me).open("my_day.index")
    actor = make.actor(me)

    listed = page.follow("Alle fälligen")

    assert len(page.texts("#due-visits li .entry__main > a")) == 5
    assert "alle fälligen Besuche zeigen" in page.texts("#due-visits")[0]
    assert len(listed.texts("tbody th a")) == 7
    wanted = OrganisationFilter(visit_due=True, team_id=make.home.id)
    assert make.run(lambda: listing.count(actor, wanted)).number == 7


def test_nothing_due_says_so_and_readers_have_no_buttons(make: Make, browser: Browser) -> None:
    reader = browser.signed_in_as(make.person(Role.READER))
    assert "Kein Besuch ist fällig." in reader.open("my_day.index").texts("#due-visits")[0]
    make.organisation("Ziel", is_target=True)

    page = reader.open("my_day.index")

    assert page.texts("#due-visits .entry__main > a") == ["Ziel"]
    assert page.soup.select("#due-visits form, #due-visits .kern-btn") == []


def test_a_visit_is_planned_in_one_step_and_then_no_longer_due(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    organisation = make.organisation("Ziel", is_target=True)
    day = browser.signed_in_as(me).open("my_day.index")

    form = day.follow("Besuch planen : Ziel")
    proposed = form.attributes("#visited_on", "value")
    form.submit(button="Als geplant sichern", form="#visit-form")

    assert proposed == [next_working_day(today() + timedelta(days=7), LAND).strftime("%d.%m.%Y")]
    assert form.texts("[data-primary]") == ["Als geplant sichern"]
    assert due(make, me) == []
    assert next_on(make, organisation) is None


def test_later_sets_another_date_and_is_undone(make: Make, browser: Browser) -> None:
    before = today() - timedelta(days=9)
    organisation = make.organisation("Ziel", next_visit_due_on=before)
    day = browser.signed_in_as(make.person()).open("my_day.index")

    after = day.submit(button="in 3 Monaten", form="#due-visits form")

    assert next_on(make, organisation) == next_working_day(add_months(today(), 3), LAND)
    assert "Der nächste Besuch bei „Ziel“ ist fällig am" in after.texts(".flash")[0]
    assert after.url == "/"
    after.submit(button="Rückgängig", form=".flash .button-form")
    assert next_on(make, organisation) == before


def test_a_holiday_is_no_day_for_a_visit_and_no_date_can_come_back(
    make: Make, browser: Browser
) -> None:
    organisation = make.organisation("Ziel", is_target=True)
    mine = browser.signed_in_as(make.person())
    page = mine.open("organisations.next_visit", organisation_id=organisation.id)

    after = page.submit(button="Datum sichern", due_on="1.5.2027")

    assert next_on(make, organisation) == MONDAY
    assert "Der 01.05.2027 ist kein Arbeitstag; es gilt der nächste." in after.texts(".flash")[0]
    after.submit(button="Rückgängig", form=".flash .button-form")
    assert next_on(make, organisation) is None


@pytest.mark.parametrize("typed", ["", "bald", "heute", "gestern", "31.02.2027", "💥"])
def test_only_a_day_to_come_will_do(typed: str, make: Make, browser: Browser) -> None:
    organisation = make.organisation()
    mine = browser.signed_in_as(make.person())
    page = mine.open("organisations.next_visit", organisation_id=organisation.id)

    after = page.submit(button="Datum sichern", due_on=typed)

    assert after.status == 422
    assert len(after.texts("#due_on-error")) == 1
    assert next_on(make, organisation) is None


def test_foreign_shared_and_missing_ones_stay_as_they_are(make: Make, browser: Browser) -> None:
    foreign = make.organisation(team=make.team())
    shared = make.organisation(team=make.team(), shared=True)
    ours = make.organisation()
    officer = browser.signed_in_as(make.person())
    reader = browser.signed_in_as(make.person(Role.READER))

    def put_off(person: Browser, key: UUID) -> int:
        url = person.url("organisations.next_visit", organisation_id=key)
        return person.post(url, [("due_on", "+2m")]).status

    assert put_off(officer, foreign.id) == put_off(officer, UUID(int=1)) == 404
    assert put_off(officer, shared.id) == 403
    assert put_off(reader, ours.id) == 403
    assert [next_on(make, o) for o in (foreign, shared, ours)] == [None] * 3


def test_the_list_and_its_file_say_when_the_cadence_has_passed(
    make: Make, browser: Browser
) -> None:
    turn = make.organisation("Turnus", cadence_months=12)
    make.visit(organisation=turn, visited_on=date(2024, 2, 29))
    mine = browser.signed_in_as(make.person())

    page = mine.open("organisations.index", visit_due="1")
    file = mine.download("organisations.export", visit_due="1").get_data(as_text=True)

    assert page.texts("tbody th a") == ["Turnus"]
    assert page.attributes("tbody td time", "datetime") == ["2025-02-28"]
    assert "28.02.2025" in file
