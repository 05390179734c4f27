from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from crm.accounts.models import Body
from crm.clock import now, today
from crm.concerns.models import Flag
from crm.dates import add_months
from crm.db import db
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import Mode, VisitStatus
from tests.make import Make
from tests.page import Browser, Page, Value

WHOLE: dict[str, Value] = {
    "name": "Häusler Metallbau GmbH",
    "municipality": "Musterstadt",
    "kind": "founder",
    "other_names": "Häusler-Geländer",
    "legal_form": "GmbH",
    "street": "Beispielweg 3",
    "postal_code": "39104",
    "town": "Musterstadt",
    "ags": "15003000",
    "other_addresses": "Werk 2\nBeispielweg 5\n39104 Musterstadt",
    "website": "www.haeusler.example",
    "email": "info@haeusler.example",
    "phones": "0391 123456 Zentrale\n+49 391 123457",
    "register_court": "Stendal",
    "register_number": "HRB 4711",
    "w_idnr": "DE123456789-00001",
    "industry": "Metallbau",
    "wz_2008": "25.11",
    "wz_2025": "C 25.11.0",
    "employees": "1.084",
    "employees_to": "1200",
    "employees_source": "told",
    "employees_as_of": "01.02.2026",
    "apprentices": "7",
    "turnover_from": "1,5",
    "turnover_to": "1.200",
    "status": "active",
    "is_target": True,
    "cadence_months": "12",
    "next_visit_due_on": "01.03.2030",
    "shared": True,
    "tags": "Stahl, Innung",
    "source": "Gespräch",
    "note": "Erste Zeile\nZweite Zeile",
}


def rows(page: Page) -> list[str]:
    return page.texts("main tbody th a")


def filled(page: Page) -> dict[str, Any]:
    return dict(page.filled_in("main form[method=post]", {}))


# --- adding ---------------------------------------------------------------------------------------


def test_an_officer_adds_an_organisation_with_name_and_municipality(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.index").follow("Organisation anlegen")
    page = page.submit(name="Müller & Söhne", municipality="Musterstadt")

    assert page.status == HTTPStatus.OK
    assert page.texts("h1") == ["Müller & Söhne"]
    assert "„Müller & Söhne“ ist angelegt." in page.texts("#flashes")[0]
    assert make.home.name in page.texts("main")[0]


def test_every_field_is_kept_as_it_was_typed(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(fields=WHOLE)
    shown = page.texts("main")[0]
    edited = filled(page.follow("Bearbeiten"))

    assert page.status == HTTPStatus.OK
    for text in (
        "1.084 bis 1.200",
        "1,5 bis 1.200",
        "01.02.2026",
        "HRB 4711",
        "großes Unternehmen",
    ):
        assert text in shown
    same = WHOLE | {
        "website": "https://www.haeusler.example",
        "employees": "1084",
        "turnover_to": "1200",
    }
    for name, value in same.items():
        typed = edited[name].replace("\r\n", "\n")
        assert typed == ("y" if value is True else value), name


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "  ", "Bitte geben Sie den Namen der Organisation ein."),
        ("municipality", "", "Bitte geben Sie die Gemeinde ein."),
        ("name", "M" * 301, "Bitte kürzen Sie den Text auf 300 Zeichen."),
        ("name", "Mus\x00ter", "Der Text enthielt Steuerzeichen"),
        ("postal_code", "3910", "Fünf Ziffern wie 39104"),
        ("ags", "1500300", "Der Gemeindeschlüssel hat acht Ziffern"),
        ("website", "keine Adresse", "Bitte geben Sie eine Internetadresse wie"),
        ("website", "data:text/html,x", "Bitte geben Sie eine Internetadresse wie"),
        ("website", "http://a:b@c.example", "Bitte geben Sie eine Internetadresse wie"),
        ("website", "http://c.example:99999", "Bitte geben Sie eine Internetadresse wie"),
        ("email", "info@", "Bitte geben Sie eine E-Mail-Adresse wie"),
        ("phones", "0391 123456\nnachts: keine", "„nachts: keine“ ist keine Telefonnummer."),
        ("w_idnr", "123", "Die Nummer beginnt mit DE"),
        ("wz_2008", "Metall", "Bitte geben Sie den Code wie"),
        ("employees", "viele", "Bitte geben Sie eine ganze Zahl ab 0 ein."),
        ("employees", "-1", "Bitte geben Sie eine ganze Zahl ab 0 ein."),
        ("employees_as_of", "31.02.2026", "Bitte geben Sie ein Datum wie"),
        ("turnover_from", "1,234", "Bitte geben Sie den Betrag in Millionen Euro ein"),
        ("cadence_months", "0", "Bitte geben Sie eine ganze Zahl ab 1 ein."),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(
    field: str, value: str, message: str, make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    form = officer.open("organisations.new")
    typed: dict[str, Value] = {
        "name": "Muster",
        "municipality": "Musterstadt",
        "note": "Bleibt",
    }
    typed[field] = value

    page = form.submit(fields=typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert message in page.texts(f"#{field}-error")[0]
    assert message in page.texts(".error-summary a")[0]
    assert page.texts("#note") == ["Bleibt"]
    assert "1" not in officer.open("organisations.index").texts("main .strong")[0]


def test_a_range_that_ends_before_it_begins_is_refused(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(
        name="Muster", municipality="M", employees="50", employees_to="9"
    )

    assert page.texts("#employees_to-error") == [
        "Der zweite Wert darf nicht kleiner sein als der erste."
    ]


def test_a_name_of_a_megabyte_is_refused_with_a_sentence(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.new").submit(name="ä" * 500_000, municipality="M")

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#name-error") == ["Bitte kürzen Sie den Text auf 300 Zeichen."]


def test_likely_duplicates_are_shown_before_a_second_one_is_made(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(name="Häusler GmbH", municipality="Musterstadt")

    page = officer.open("organisations.new").submit(name="Haeusler KG", municipality="Anderswo")

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("[data-part=duplicates] li") == [
        "Häusler GmbH (neues Fenster) Musterstadt · Unternehmen · gleicher Name"
    ]
    assert page.texts("#confirm_new-error") == [
        "Bitte prüfen Sie, ob es diese Organisation schon gibt."
    ]
    done = page.submit(confirm_new=True)
    assert done.texts("h1") == ["Haeusler KG"]


# --- editing --------------------------------------------------------------------------------------


def test_an_edit_is_kept_and_stands_in_the_history(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    organisation = make.organisation("Muster GmbH")

    page = officer.open("organisations.edit", organisation_id=organisation.id)
    page = page.submit(name="Muster AG", phones="0391 123456")

    assert page.texts("h1") == ["Muster AG"]
    assert "Olga Oft hat geändert: Name, Telefon" in page.texts("#history")[0]
    assert officer.open("organisations.index", q="0391").status == HTTPStatus.OK
    assert rows(officer.open("organisations.index", q="muster ag")) == ["Muster AG"]


def test_the_second_of_two_people_sees_both_versions(make: Make, browser: Browser) -> None:
    first, second = browser.signed_in_as(make.officer), browser.signed_in_as(make.person())
    organisation = make.organisation("Muster GmbH")
    theirs = first.open("organisations.edit", organisation_id=organisation.id)
    mine = second.open("organisations.edit", organisation_id=organisation.id)
    theirs.submit(name="Muster AG", industry="Handel")

    page = mine.submit(name="Muster KG", town="Anderswo")

    assert page.status == HTTPStatus.CONFLICT
    assert page.texts(".conflict tbody tr") == [
        "Name (verschieden) Muster KG Muster AG",
        "Ort (verschieden) Anderswo",
        "Branche (verschieden) Handel",
    ]
    saved = page.submit(button="Änderungen sichern")
    assert saved.texts("h1") == ["Muster KG"]


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
    assert "Liste herunterladen (CSV)" not in listing.links
    assert reader.open_url("/organisations.csv").status == HTTPStatus.FORBIDDEN


# --- the list -------------------------------------------------------------------------------------


def test_the_list_counts_and_sorts_by_name(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    empty = officer.open("organisations.index")
    for name in ("Zebra", "Ärzte", "Ahorn"):
        make.organisation(name)

    page = officer.open("organisations.index")

    assert "Erste Organisation anlegen" in empty.links
    assert page.texts("main .strong") == ["3 Organisationen"]
    assert rows(page) == ["Ahorn", "Ärzte", "Zebra"]


def test_the_list_sorts_by_municipality_and_last_visit(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    long_ago = make.organisation("Lange her", municipality="Zielitz")
    lately = make.organisation("Neulich", municipality="Ägidien")
    make.organisation("Nie", municipality="Biederitz")
    make.visit(organisation=long_ago, visited_on=date(2020, 1, 1))
    make.visit(organisation=lately, visited_on=date(2024, 1, 1))
    # A telephone call is no visit
    make.visit(organisation=long_ago, visited_on=date(2025, 1, 1), mode=Mode.PHONE)

    page = officer.open("organisations.index", sort="municipality")
    oldest = page.follow("Letzter Besuch")

    assert rows(page) == ["Neulich", "Nie", "Lange her"]
    assert rows(oldest) == ["Nie", "Lange her", "Neulich"]
    assert rows(oldest.follow("Letzter Besuch")) == ["Neulich", "Lange her", "Nie"]
    assert "01.01.2020" in oldest.texts("main tbody")[0]


def test_every_filter_narrows_the_list(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    team = make.team("Team Süd", body=make.run(lambda: db.session.get_one(Body, make.home.body_id)))
    found = make.organisation(
        "Gesucht",
        team=team,
        kind=OrganisationKind.PARTNER,
        municipality="Suchdorf",
        industry="Handel",
        wz_2008="46.11",
        is_target=True,
        status="closed",
    )
    other = make.organisation("Anderes")
    make.visit(organisation=other)

    for name, value in {
        "q": "such ges",
        "kind": "partner",
        "municipality": "Suchdorf",
        "industry": "46",
        "team": str(team.id),
        "status": "closed",
        "target": "1",
        "not_visited": "12",
    }.items():
        page = officer.open("organisations.index", **{name: value})
        assert rows(page) == [found.name], name
        assert page.texts("main .strong") == ["1 Organisation"]


@pytest.mark.parametrize(
    "query",
    ["kind=nonsense", "team=1", "not_visited=x", "not_visited=99999999999999999999", "sort=rm",
     "after=%00", "after=W10", "before=abc", "q=%00", "q=" + "x" * 5000, "archived=2",
     "after=W1sidSIsIjEiXV0", "municipality=%F0%9F%98%80"],
)  # fmt: skip
def test_a_strange_address_shows_a_list(query: str, make: Make, browser: Browser) -> None:
    make.organisation()

    page = browser.signed_in_as(make.officer).open_url(f"/organisations?{query}")

    assert page.status == HTTPStatus.OK


def test_nothing_found_offers_the_way_back(make: Make, browser: Browser) -> None:
    make.organisation("Muster")
    officer = browser.signed_in_as(make.officer)

    page = officer.open("organisations.index", q="gibt es nicht")

    assert page.texts("main [role=status].strong") == ["0 Organisationen"]
    assert rows(page.follow("Alle Organisationen zeigen")) == ["Muster"]


@pytest.mark.parametrize("sort", ["name", "municipality", "oldest", "newest"])
def test_pages_follow_each_other_without_gap(sort: str, make: Make, browser: Browser) -> None:
    for number in range(52):
        made = make.organisation(f"Muster {number:02}", municipality=f"Ort {number % 3}")
        if number % 10 == 0:
            make.visit(organisation=made, visited_on=date(2024, 1, 1 + number // 10))
    officer = browser.signed_in_as(make.officer)

    first = officer.open("organisations.index", sort=sort, q="muster")
    second = first.follow("Nächste Seite")

    assert len(rows(first)) == 50
    assert sorted(rows(first) + rows(second)) == [f"Muster {number:02}" for number in range(52)]
    assert rows(second.follow("Vorige Seite")) == rows(first)


def test_the_list_runs_the_same_queries_for_one_and_for_fifty(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    make.visit(organisation=make.organisation())
    officer.open("organisations.index")
    count_queries.clear()
    officer.open("organisations.index")
    for_one = list(count_queries)
    for _number in range(49):
        make.organisation()
    count_queries.clear()

    officer.open("organisations.index")

    assert len(count_queries) == len(for_one) <= 12, "\n".join(count_queries)


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


def test_the_file_holds_exactly_what_is_filtered(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(fields=WHOLE | {"name": "=1+1", "note": "-x"})
    make.organisation("Anderes")
    make.organisation("Fremd", team=make.team())

    page = officer.open("organisations.index", kind="founder")
    answer = officer.answer("GET", page.links["Liste herunterladen (CSV)"])
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    cells = dict(zip(lines[0], lines[1], strict=True))

    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    assert len(lines) == 2
    assert cells["Name"] == "'=1+1"
    assert cells["Bemerkung"] == "'-x"
    assert cells["Gemeindeschlüssel (AGS)"] == "15003000"
    assert cells["Umsatz ab (Mio. €)"].startswith("1,5")
    assert cells["Stand der Zahl"] == "01.02.2026"
    assert cells["Telefon"] == "0391 123456 Zentrale\n+49 391 123457"
    assert cells["Zielunternehmen"] == "ja"
    assert cells["Größenklasse"] == "großes Unternehmen"
    assert cells["Letzter Besuch"] == ""


def test_the_file_has_the_order_and_the_last_visits_of_the_list(
    make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    for number, name in enumerate(("Bald", "Alt", "Nie")):
        made = make.organisation(name)
        if name != "Nie":
            make.visit(organisation=made, visited_on=date(2024 - number, 5, 6))

    answer = officer.download("organisations.export", sort="oldest")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))

    assert [(line["Name"], line["Letzter Besuch"]) for line in lines] == [
        ("Nie", ""),
        ("Alt", "06.05.2023"),
        ("Bald", "06.05.2024"),
    ]


# --- suggestions ----------------------------------------------------------------------------------


def test_suggestions_say_name_place_and_kind(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(name="Häusler <b>GmbH</b>", municipality="Musterstadt")
    make.organisation("Häusler fremd", team=make.team())

    answer = officer.download("organisations.suggest", q="haeus")

    assert [(item["name"], item["detail"]) for item in answer.json or []] == [
        ("Häusler <b>GmbH</b>", "Musterstadt · Unternehmen")
    ]
    assert answer.headers["Cache-Control"] == "no-store"
    found = (answer.json or [])[0]
    assert found["url"] == f"/organisations/{found['id']}"


def test_duplicates_are_answered_while_typing(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(
        name="Häusler GmbH", municipality="M", phones="0391 123456"
    )

    by_phone = officer.download(
        "organisations.suggest", q="Anders", duplicates="1", phone="+49391123456"
    )
    by_name = officer.download("organisations.suggest", q="Haeusler", duplicates="1")

    assert [item["reason"] for item in by_phone.json or []] == ["gleiche Telefonnummer"]
    assert [item["reason"] for item in by_name.json or []] == ["gleicher Name"]


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_who_reads_organisations_gets_suggestions(role: Role, make: Make, browser: Browser) -> None:
    answer = browser.signed_in_as(make.person(role)).download("organisations.suggest", q="x")

    assert answer.json == []


def test_an_administrator_alone_gets_none(make: Make, browser: Browser) -> None:
    alone = make.person(Role.NONE, is_administrator=True)

    answer = browser.signed_in_as(alone).download("organisations.suggest", q="x")

    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_an_archived_organisation_may_be_a_duplicate_and_says_so(
    make: Make, browser: Browser
) -> None:
    make.organisation("Muster", archived_at=now(), archived_reason="zu")
    officer = browser.signed_in_as(make.officer)

    answer = officer.download("organisations.suggest", q="Muster", duplicates="1")

    assert [item["detail"] for item in answer.json or []] == [
        "Musterstadt · Unternehmen · archiviert"
    ]
