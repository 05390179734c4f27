from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from crm.clock import today
from crm.concerns.models import Flag
from crm.dates import add_months
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.organisations.steps import rows
from tests.page import Browser

# --- archiving ------------------------------------------------------------------------------------


def test_archiving_needs_a_reason_and_can_be_undone(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    organisation = make.organisation("Muster GmbH")
    page = officer.open("organisations.show", organisation_id=organisation.id)
    form = page.follow("Archivieren")

    refused = form.submit(button="Archivieren", reason=" ")
    archived = form.submit(button="Archivieren", reason="Betrieb geschlossen")

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.texts("#reason-error") == ["Bitte geben Sie einen Grund an."]
    assert "Betrieb geschlossen" in archived.texts("main")[0]
    assert "Bearbeiten" not in archived.links
    assert rows(officer.open("organisations.index")) == []
    assert rows(officer.open("organisations.index", archived="1")) == ["Muster GmbH"]
    restored = archived.submit(button="Wiederherstellen")
    assert "Die Organisation ist wiederhergestellt." in restored.texts("#flashes")[0]
    assert rows(officer.open("organisations.index")) == ["Muster GmbH"]


# --- one organisation -----------------------------------------------------------------------------


def test_the_page_shows_what_is_open_first_and_then_the_visits(
    make: Make, browser: Browser
) -> None:
    organisation = make.organisation("Muster GmbH", cadence_months=6)
    make.contact(organisation, family_name="Beispiel", function="Geschäftsführung")
    make.concern("Halle zu klein", organisation=organisation, flag=Flag.URGENT)
    make.follow_up(
        "Auskunft geben", organisation_id=organisation.id, due_on=today() - timedelta(days=2)
    )
    make.follow_up("Schon erledigt", organisation_id=organisation.id, done=True)
    make.visit(VisitStatus.PLANNED, organisation=organisation)
    make.visit(organisation=organisation, topics=["outlook"], visited_on=add_months(today(), -12))

    page = browser.signed_in_as(make.officer).open(
        "organisations.show", organisation_id=organisation.id
    )

    still_open = page.texts("#open")[0]
    for text in ("Halle zu klein", "Dringend", "Auskunft geben", "2 Tage überfällig", "Geplante"):
        assert text in still_open
    assert "Schon erledigt" not in page.text
    assert "Lage & Ausblick" in page.texts("#visits")[0]
    assert "Kim Beispiel" in page.texts("#contacts")[0]
    assert "überfällig" in page.texts("main .facts")[0]
    assert page.links["Besuch erfassen"].endswith(f"/visits/new?organisation={organisation.id}")


def test_a_visit_at_anothers_table_stands_in_the_timeline(make: Make, browser: Browser) -> None:
    guest = make.organisation("Gast GmbH")
    make.visit(organisation=make.organisation("Wirt GmbH"), further=[guest])

    page = browser.signed_in_as(make.officer).open("organisations.show", organisation_id=guest.id)

    assert "mit am Tisch bei Wirt GmbH" in page.texts("#visits")[0]


def test_what_one_may_not_see_is_not_hinted_at(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Muster GmbH")
    secret: dict[str, Any] = {"visibility": Visibility.MANAGERS}
    make.visit(organisation=organisation, summary="Geheim", **secret)
    make.concern("Geheim", organisation=organisation, **secret)
    make.follow_up("Geheim", organisation_id=organisation.id, **secret)
    colleague = browser.signed_in_as(make.person())

    page = colleague.open("organisations.show", organisation_id=organisation.id)

    assert "Geheim" not in page.text
    assert "noch keiner" in page.texts("main .facts")[0]
    assert rows(colleague.open("organisations.index", not_visited="6")) == ["Muster GmbH"]
    own = browser.signed_in_as(make.officer)
    assert rows(own.open("organisations.index", not_visited="6")) == []


@pytest.mark.parametrize("endpoint", ["show", "edit", "archive"])
def test_foreign_and_missing_organisations_answer_alike(
    endpoint: str, make: Make, browser: Browser
) -> None:
    foreign = make.organisation("Fremd GmbH", team=make.team())
    officer = browser.signed_in_as(make.officer)
    missing = make.officer.id

    pages = [
        officer.open(f"organisations.{endpoint}", organisation_id=key)
        for key in (foreign.id, missing)
    ]

    assert [page.status for page in pages] == [HTTPStatus.NOT_FOUND] * 2
    assert "Fremd" not in pages[0].text


def test_a_shared_organisation_can_be_read_but_not_changed(make: Make, browser: Browser) -> None:
    shared = make.organisation("Gemeinsam GmbH", team=make.team(), shared=True, note="Unser Gast")
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.show", organisation_id=shared.id)

    assert page.status == HTTPStatus.OK
    assert "Bearbeiten" not in page.links
    for endpoint in ("edit", "archive"):
        refused = officer.open(f"organisations.{endpoint}", organisation_id=shared.id)
        assert refused.status == HTTPStatus.FORBIDDEN


def test_readers_read_and_change_nothing(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Muster GmbH")
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("organisations.show", organisation_id=organisation.id)

    assert page.status == HTTPStatus.OK
    assert not {"Bearbeiten", "Archivieren", "Besuch erfassen", "Person anlegen"} & set(page.links)
    assert reader.open("organisations.new").status == HTTPStatus.FORBIDDEN
    listing = reader.open("organisations.index")
    assert "Als CSV herunterladen" not in listing.links
    assert reader.open_url("/organisations.csv").status == HTTPStatus.FORBIDDEN


def test_the_page_runs_the_same_queries_for_one_and_for_many(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    organisation = make.organisation()

    def more() -> None:
        make.visit(organisation=organisation, topics=["outlook"])
        make.contact(organisation)
        make.concern(organisation=organisation)
        make.follow_up(organisation_id=organisation.id)

    more()
    officer.open("organisations.show", organisation_id=organisation.id)
    count_queries.clear()
    officer.open("organisations.show", organisation_id=organisation.id)
    for_one = list(count_queries)
    for _number in range(9):
        more()
    count_queries.clear()

    officer.open("organisations.show", organisation_id=organisation.id)

    assert len(count_queries) == len(for_one) <= 16, "\n".join(count_queries)


# --- the file -------------------------------------------------------------------------------------
