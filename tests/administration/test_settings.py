"""Clocks and the works agreement: set while the product runs, for what comes from then on."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

import pytest

from crm.accounts.models import Person
from crm.clock import add_working_days, today
from crm.concerns.queries import get
from crm.dates import write_day
from crm.policy import Role
from tests.accounts.links import administrator
from tests.make import Make
from tests.page import Browser, Page


@pytest.fixture
def admin(make: Make, browser: Browser) -> Browser:
    """Give the browser of an administrator without a role."""
    return administrator(make, browser)


def _log(admin: Browser) -> list[str]:
    return admin.open("administration.audit_log", thing="agency").texts("tbody tr")


# --- clocks -------------------------------------------------------------------------------------


def test_a_concern_gets_the_clock_that_is_set_and_a_running_one_keeps_its_own(
    make: Make, admin: Browser, browser: Browser
) -> None:
    officer = make.person()
    me = browser.signed_in_as(officer)
    make.organisation("Beispielwerk GmbH")
    before = _open_urgent(me, make, "Vorher")
    admin.open("agency.clocks").submit(urgent_response="5", urgent_resolution="30")
    after = _open_urgent(me, make, "Nachher")

    def due(key: UUID) -> tuple[date | None, date | None]:
        found = make.run(lambda: get(make.actor(officer), key))
        return found.first_response_due_on, found.resolution_due_on

    assert due(before) == tuple(add_working_days(today(), days, "ST") for days in (2, 20))
    assert due(after) == tuple(add_working_days(today(), days, "ST") for days in (5, 30))
    [line] = _log(admin)
    assert "Dringend: erste Rückmeldung: 2 → 5; Dringend: Lösung: 20 → 30" in line
    assert "Ziel bei Dringendem: 5" in me.open("dashboard.index").text


def _open_urgent(browser: Browser, make: Make, title: str) -> UUID:
    page = browser.open("concerns.new").submit(
        organisation="Beispielwerk", title=title, flag="urgent", topic=str(make.topic().id)
    )
    return UUID(page.url.rpartition("/")[2])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("urgent_response", "0"),
        ("urgent_response", ""),
        ("urgent_response", "zwei"),
        ("urgent_response", "-1"),
        ("watch_resolution", "251"),
        ("watch_resolution", "9"),
        ("urgent_resolution", "9" * 400),
        ("watch_response", "1.5"),
    ],
)
def test_clocks_that_make_no_sense_are_refused(field: str, typed: str, admin: Browser) -> None:
    page = admin.open("agency.clocks").submit(fields={field: typed})

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error")
    assert page.attributes(f"#{field}", "value") == [typed]
    assert _log(admin) == []


def test_of_two_who_set_clocks_the_second_is_told(admin: Browser) -> None:
    first, second = (admin.open("agency.clocks") for _ in range(2))
    first.submit(watch_response="8")

    refused = second.submit(watch_response="9")

    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    again = refused.submit(button="Fristen sichern")
    assert again.attributes("#watch_response", "value") == ["9"]


# --- the works agreement ------------------------------------------------------------------------


def _enter(admin: Browser) -> Page:
    page = admin.open("agency.agreement")
    return page.submit(
        button="Zahlen je Person erlauben", reference="Az. 11.3", agreed_on=write_day(today(), "de")
    )


def _totals(reader: Browser, person: Person) -> list[str]:
    pages = (
        reader.open("visits.index", person=person.id),
        reader.open("follow_ups.index", person=person.id, scope="all"),
    )
    return [text for page in pages for text in page.texts(".result-line") if text[:1].isdigit()]


def test_with_an_agreement_who_leads_a_team_sees_the_figures_of_its_people(
    make: Make, admin: Browser, browser: Browser
) -> None:
    officer = make.person()
    make.visit(owner=officer)
    make.follow_up(owner=officer)
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    neighbour = make.person(Role.MANAGER, team=make.team("Team Süd", body=make.home_body))
    colleague, elsewhere = browser.signed_in_as(make.person()), browser.signed_in_as(neighbour)
    assert _totals(manager, officer) == []

    page = _enter(admin)

    assert "erlaubt" in page.texts("#state")[0]
    assert "Anna Amt" in page.texts("#state")[0]
    assert _totals(manager, officer) == ["1 Eintrag", "1 Wiedervorlage"]
    assert _totals(colleague, officer) == _totals(elsewhere, officer) == []

    page.submit(button="Nicht mehr erlauben")

    assert _totals(manager, officer) == []
    withdrawn, entered = _log(admin)
    assert "Vereinbarung zu Zahlen je Person: – → Az. 11.3" in entered
    assert "Vereinbarung zu Zahlen je Person: Az. 11.3 → –" in withdrawn


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("reference", "  "),
        ("reference", "x" * 301),
        ("agreed_on", ""),
        ("agreed_on", "99.99."),
        ("agreed_on", write_day(today() + timedelta(days=1), "de")),
    ],
)
def test_an_agreement_that_is_none_is_refused(field: str, typed: str, admin: Browser) -> None:
    whole = {"reference": "Az. 11.3", "agreed_on": write_day(today(), "de")}

    page = admin.open("agency.agreement").submit(
        button="Zahlen je Person erlauben", fields=whole | {field: typed}
    )

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error")
    assert "aus" in page.texts("#state")[0]


def test_a_second_click_enters_it_once(admin: Browser) -> None:
    _enter(admin)
    again = admin.open("agency.agreement").submit(button="Vereinbarung sichern")

    assert "nichts geändert" in again.texts(".flash")[0]
    assert len(_log(admin)) == 1


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
@pytest.mark.parametrize("path", ["clocks", "works-agreement", "works-agreement/withdraw"])
def test_who_does_not_run_it_sets_nothing(
    path: str, role: Role, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person(role))

    assert person.post(f"/admin/{path}", [("version", "0")]).status == HTTPStatus.FORBIDDEN
