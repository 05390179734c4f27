"""Reports as people draw them up, write them and read them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from crm.clock import now
from crm.policy import Role
from crm.reports import services
from crm.reports.models import Chapter, Report, ReportKind, ReportState
from tests.make import Make
from tests.page import Browser
from tests.reports.steps import YEAR, chapter_of, drawn_up, places, stored

COVER: dict[str, Any] = {"since": f"01.01.{YEAR}", "until": f"31.12.{YEAR}", "key_date": "heute"}


def test_a_manager_draws_a_report_up_and_reads_it(make: Make, browser: Browser) -> None:
    for company in places(make, 3):
        make.visit(organisation=company, topics=["sites"])
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("reports.index").follow("Ersten Bericht erstellen").submit(**COVER)

    assert page.status == HTTPStatus.OK
    assert page.texts("h1") == [f"Tätigkeitsbericht {YEAR}"]
    assert f"„Tätigkeitsbericht {YEAR}“ ist angelegt." in page.texts("#flashes")[0]
    work = page.texts("#work table tbody tr")
    assert "Besuche bei Unternehmen und Gründungen 3 0" in work
    assert page.texts("#outlook p") == ["Hier steht noch kein Text."]
    assert manager.open("reports.index").texts("main tbody th") == [f"Tätigkeitsbericht {YEAR}"]


def test_every_kind_has_a_title_of_its_own(make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    third: dict[str, Any] = {
        "since": f"01.07.{YEAR - 1}",
        "until": f"30.09.{YEAR - 1}",
        "key_date": "heute",
    }

    page = manager.open("reports.new").submit(kind="quarterly", **third)

    assert page.texts("h1") == [f"Quartalsbericht 3. Quartal {YEAR - 1}"]


def test_the_usual_periods_are_one_click_away(make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("reports.new").follow(str(YEAR - 1))

    assert page.attributes("#since, #until", "value") == [f"01.01.{YEAR - 1}", f"31.12.{YEAR - 1}"]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"since": ""}, "since", "Bitte geben Sie ein Datum ein."),
        ({"until": f"31.12.{YEAR - 1}"}, "until", "Der Zeitraum endet vor seinem Anfang."),
        ({"until": f"31.12.{YEAR + 9}"}, "until", "Bitte wählen Sie höchstens 5 Jahre."),
        ({"key_date": "morgen"}, "key_date", "Der Stichtag liegt in der Zukunft."),
        ({"key_date": f"31.12.{YEAR - 1}"}, "key_date", "Der Stichtag liegt vor dem Zeitraum."),
        ({"key_date": "bald"}, "key_date", "Bitte geben Sie ein Datum wie"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    typed: dict[str, Any], field: str, message: str, make: Make, browser: Browser
) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("reports.new").submit(title="Mein Titel", **COVER | typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error")[0].startswith(message)
    assert page.attributes("#title", "value") == ["Mein Titel"]


def test_a_second_click_draws_up_no_second_report(make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    form = manager.open("reports.new")

    first, second = form.submit(**COVER), form.submit(**COVER)

    assert first.url == second.url
    assert len(manager.open("reports.index").texts("main tbody tr")) == 1


def test_an_officer_writes_a_chapter(make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER))
    officer = browser.signed_in_as(make.person())

    page = officer.open("reports.show", report_id=report.id).follow("Text schreiben : Nachfolge")
    page = page.submit(text="Drei Übergaben begleitet.\n\nEine steht bevor.")

    assert "„Nachfolge“ ist gesichert." in page.texts("#flashes")[0]
    assert page.texts("#succession .prose") == ["Drei Übergaben begleitet. Eine steht bevor."]


def test_a_chapter_can_be_left_out(make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER))
    officer = browser.signed_in_as(make.person())
    key = chapter_of(make, report, Chapter.EVENTS).id

    page = officer.open("reports.chapter", chapter_id=key).submit(is_included=False)

    assert page.texts("#events") == []
    assert "Veranstaltungen" in page.links
    reader = browser.signed_in_as(make.person(Role.READER))
    chapters = reader.open("reports.show", report_id=report.id).texts("main h2")
    assert "Förderung" in chapters
    assert "Veranstaltungen" not in chapters


def test_who_saves_a_chapter_second_sees_both_versions(make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER))
    key = chapter_of(make, report, Chapter.CARE).id
    mine, theirs = (
        browser.signed_in_as(make.person()).open("reports.chapter", chapter_id=key)
        for _ in range(2)
    )
    theirs.submit(text="Ihre Fassung")

    page = mine.submit(text="Meine Fassung")

    assert page.status == HTTPStatus.CONFLICT
    assert page.texts(".conflict tbody tr") == ["Text (verschieden) Meine Fassung Ihre Fassung"]
    assert page.submit().texts("#care .prose") == ["Meine Fassung"]


def test_who_changes_the_period_second_sees_both_versions(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    first, second = (
        browser.signed_in_as(manager).open("reports.edit", report_id=report.id) for _ in range(2)
    )
    first.submit(title="Erster")

    page = second.submit(title="Zweiter")

    assert page.status == HTTPStatus.CONFLICT
    assert "Zweiter Erster" in page.texts(".conflict tbody tr")[0]
    assert page.submit().texts("h1") == ["Zweiter"]


def test_texts_are_carried_over_and_marked(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    actor = make.actor(manager)
    former = drawn_up(make, manager)
    chapter = chapter_of(make, former, Chapter.OUTLOOK)
    make.run(
        lambda: services.write_chapter(
            actor, chapter.id, text="Wie im Vorjahr.", is_included=True, version=1
        )
    )

    report = drawn_up(make, manager)
    other_kind = drawn_up(make, manager, ReportKind.INTERNAL)

    page = browser.signed_in_as(manager).open("reports.show", report_id=report.id)
    assert page.texts("#outlook .prose") == ["Wie im Vorjahr."]
    assert page.texts("#outlook .kern-badge") == [
        "aus dem letzten Bericht übernommen, bitte prüfen"
    ]
    assert chapter_of(make, other_kind, Chapter.OUTLOOK).text == ""
    checked = page.follow("Text ändern : Ausblick").submit()
    assert checked.texts("#outlook .kern-badge") == []


def test_a_quarterly_report_keeps_its_texts_short(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager, ReportKind.QUARTERLY)
    key = chapter_of(make, report, Chapter.CARE).id
    form = browser.signed_in_as(manager).open("reports.chapter", chapter_id=key)

    for text in ("lang " * 200, "Zeile\n" * 13):
        page = form.submit(text=text)

        assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert page.texts("#text-error")[0].startswith("Der Quartalsbericht hat zwei Seiten.")


def test_finishing_locks_a_report_until_it_is_reopened(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    key = chapter_of(make, report, Chapter.CARE).id
    me = browser.signed_in_as(manager)
    form = me.open("reports.chapter", chapter_id=key)

    page = me.open("reports.show", report_id=report.id).submit(button="Bericht abschließen")

    assert "Der Bericht ist abgeschlossen." in page.texts("#flashes")[0]
    assert "Text schreiben : Bestandspflege" not in page.links
    refused = form.submit(text="Zu spät")
    assert refused.status == HTTPStatus.CONFLICT
    assert me.open("reports.edit", report_id=report.id).status == HTTPStatus.CONFLICT
    assert chapter_of(make, report, Chapter.CARE).text == ""
    reopened = page.submit(button="Rückgängig")
    assert "Text schreiben : Bestandspflege" in reopened.links


def test_an_archived_report_leaves_the_list_and_comes_back(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager, title="Fort damit")
    me = browser.signed_in_as(manager)

    page = me.open("reports.show", report_id=report.id).submit(button="Archivieren")

    assert "Fort damit" not in page.links
    assert "Fort damit" in me.open("reports.index", archived="1").links
    assert page.submit(button="Rückgängig").texts("h1") == ["Fort damit"]
    assert "Fort damit" in me.open("reports.index").links


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"state": ReportState.WAITING}, "Der Bericht wartet, bis er an der Reihe ist."),
        (
            {"state": ReportState.WORKING, "step": 3, "steps": 15, "heartbeat_at": now()},
            "Schritt 3 von 15",
        ),
        ({"state": ReportState.FAILED}, "Die Zahlen konnten nicht gezählt werden."),
        ({"state": ReportState.CANCELLED}, "Die Berechnung ist abgebrochen."),
    ],
)
def test_the_page_says_how_far_the_figures_are(
    columns: dict[str, Any], sentence: str, make: Make, browser: Browser
) -> None:
    report = make.report(figures=None, frozen_at=None, **columns)
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("reports.show", report_id=report.id)

    assert sentence in " ".join(page.texts("main"))
    file = reader.download("reports.pdf", report_id=report.id)
    assert file.status_code == HTTPStatus.CONFLICT
    assert "liegen noch nicht vor" in file.text


def test_what_failed_is_tried_again(make: Make, browser: Browser) -> None:
    report = make.report(figures=None, frozen_at=None, state=ReportState.FAILED)
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("reports.show", report_id=report.id).submit(button="Erneut versuchen")

    assert "Die Zahlen sind neu berechnet." in page.texts("#flashes")[0]


def test_counting_under_way_can_be_cancelled_and_begun_again(make: Make, browser: Browser) -> None:
    report = make.report(figures=None, frozen_at=None, state=ReportState.WAITING)
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("reports.show", report_id=report.id).submit(button="Abbrechen")

    assert "Der Bericht hat noch keine Zahlen." in " ".join(page.texts("main"))
    assert page.submit(button="Zahlen berechnen").texts("#work h2") == ["Was wir getan haben"]


def test_a_report_over_nothing_says_so(make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER))

    page = browser.signed_in_as(make.person(Role.READER)).open("reports.show", report_id=report.id)

    assert "In diesem Zeitraum ist nichts erfasst." in page.texts(".flash p")
    assert page.texts("main table") == []


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
def test_others_than_managers_read(role: Role, make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER))
    person = browser.signed_in_as(make.person(role))

    page = person.open("reports.show", report_id=report.id)

    assert page.status == HTTPStatus.OK
    assert "Bericht verwalten" not in page.texts("h2")
    assert person.open("reports.new").status == HTTPStatus.FORBIDDEN
    assert "Bericht erstellen" not in person.open("reports.index").links


def _doors(report: Report, chapter_id: Any) -> list[tuple[str, dict[str, Any]]]:
    pages = ("show", "edit", "pdf", "docx", "xlsx")
    return [(f"reports.{name}", {"report_id": report.id}) for name in pages] + [
        ("reports.chapter", {"chapter_id": chapter_id})
    ]


def test_another_bodys_report_does_not_exist(make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER))
    chapter_id = chapter_of(make, report, Chapter.CARE).id
    stranger = browser.signed_in_as(make.person(Role.MANAGER, team=make.team()))

    for endpoint, values in _doors(report, chapter_id):
        answer = stranger.download(endpoint, **values)

        assert answer.status_code == HTTPStatus.NOT_FOUND, endpoint
    assert stranger.open("reports.index").texts("main tbody tr") == []


def test_the_history_says_what_happened(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER, name="Mara Leitung")
    report = drawn_up(make, manager)

    page = browser.signed_in_as(manager).open("reports.show", report_id=report.id)

    assert [text.rpartition(" ")[0][:60] for text in page.texts("#history .entry__main")] == [
        "Das System hat die Zahlen",
        "Mara Leitung hat den Bericht",
    ]
    assert stored(make, manager, report).author_id == manager.id
