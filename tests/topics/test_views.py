"""The catalogue of topics as managers and administrators keep it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest

from crm.policy import Role
from crm.topics.queries import topics
from crm.topics.services import load_catalogue
from crm.types import new_id
from tests.accounts.links import administrator
from tests.make import Make
from tests.page import Browser, Page

PLACES = "tbody th"


@pytest.fixture
def admin(make: Make, browser: Browser) -> Browser:
    """Give the browser of an administrator without a role."""
    return administrator(make, browser)


def _edit(admin: Browser, make: Make, slug: str = "outlook") -> Page:
    return admin.open("topics.edit", topic_id=make.topic(slug).id)


def _names(make: Make) -> list[str]:
    return [topic.name("de") for topic in make.run(topics)]


def _log(admin: Browser) -> list[str]:
    return admin.open("administration.audit_log", thing="topic").texts("tbody tr")


def test_a_topic_is_added_in_both_languages_behind_the_others(
    make: Make, admin: Browser, browser: Browser
) -> None:
    page = admin.open("topics.index").follow("Thema anlegen")

    after = page.submit(name_de="Wasserstoff", name_en="Hydrogen", visibility="team")

    assert after.texts(PLACES)[-1] == "Wasserstoff"
    assert "Wasserstoff" in browser.signed_in_as(make.person()).open("visits.new").text
    assert "Hydrogen" in browser.signed_in_as(make.person(language="en")).open("visits.new").text
    [line] = _log(admin)
    assert "Thema angelegt" in line


def test_a_second_click_adds_no_second_one(admin: Browser) -> None:
    form = admin.open("topics.new")

    pages = [form.submit(name_de="Wasserstoff", name_en="Hydrogen") for _ in range(2)]

    assert [page.status for page in pages] == [HTTPStatus.OK] * 2
    assert pages[1].texts(PLACES).count("Wasserstoff") == 1


def test_a_new_name_stands_in_old_visits_and_in_the_log(
    make: Make, admin: Browser, browser: Browser
) -> None:
    visit = make.visit(topics=["outlook"])

    after = _edit(admin, make).submit(
        button="Änderungen sichern", name_de="Lage", name_en="Situation", visibility="managers"
    )

    assert after.texts(PLACES)[0] == "Lage"
    shown = browser.signed_in_as(make.person()).open("visits.show", visit_id=visit.id)
    assert "Lage & Ausblick" not in shown.text
    assert "Lage" in shown.texts("main")[0]
    [line] = _log(admin)
    assert "Name auf Deutsch: Lage & Ausblick → Lage" in line


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name_de", "  "),
        ("name_en", ""),
        ("name_de", "NACHFOLGE"),
        ("name_en", "succession"),
        ("name_de", "ä" * 301),
    ],
)
def test_a_name_that_is_none_or_anothers_is_refused(
    field: str, typed: str, make: Make, admin: Browser
) -> None:
    for page in (
        admin.open("topics.new").submit(
            fields={"name_de": "Neu", "name_en": "New"} | {field: typed}
        ),
        _edit(admin, make).submit(button="Änderungen sichern", fields={field: typed}),
    ):
        assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert page.texts(f"#{field}-error")
    assert "Neu" not in _names(make)


def test_of_two_who_rename_the_second_is_told(make: Make, admin: Browser) -> None:
    first, second = (_edit(admin, make) for _ in range(2))
    first.submit(button="Änderungen sichern", name_de="Erste")

    refused = second.submit(button="Änderungen sichern", name_de="Zweite")

    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    assert refused.texts("h1") == ["Erste"]
    assert refused.attributes("#name_de", "value") == ["Zweite"]
    assert refused.submit(button="Änderungen sichern").texts(PLACES)[0] == "Zweite"


def test_the_order_is_changed_by_buttons_and_a_second_click_goes_no_further(
    make: Make, admin: Browser
) -> None:
    page = admin.open("topics.index")
    before = page.texts(PLACES)

    moved = [page.submit(button="Nach unten : Lage & Ausblick") for _ in range(2)]

    swapped = [before[1], before[0], *before[2:]]
    assert [after.texts(PLACES) for after in moved] == [swapped, swapped]
    assert "„Lage & Ausblick“ steht jetzt an Stelle 2." in moved[0].texts(".flash")[0]
    assert moved[1].submit(button="Nach oben : Lage & Ausblick").texts(PLACES) == before
    assert _names(make) == before
    assert ["Stelle: 2 → 1" in _log(admin)[0], "Stelle: 1 → 2" in _log(admin)[1]] == [True, True]


@pytest.mark.parametrize("to", ["", "x", "-1", "9999999999", "٣", "15"])
def test_any_place_is_some_place(to: str, make: Make, admin: Browser) -> None:
    page = admin.open("topics.index")

    after = admin.post(f"/admin/topics/{make.topic().id}/move", [("to", to)], page=page)

    assert after.status == HTTPStatus.OK
    assert sorted(after.texts(PLACES)) == sorted(page.texts(PLACES))


def test_a_topic_that_is_no_longer_offered_stays_readable_and_comes_back(
    make: Make, admin: Browser, browser: Browser
) -> None:
    visit = make.visit(topics=["markets"])
    officer = browser.signed_in_as(make.person())

    retired = _edit(admin, make, "markets").submit(button="Nicht mehr anbieten")

    assert "Märkte" not in retired.texts(PLACES)
    assert "Märkte" in retired.texts("#retired")[0]
    assert "Märkte" not in _names(make)
    assert "Märkte" in officer.open("visits.show", visit_id=visit.id).texts("main")[0]
    back = retired.submit(button="Wieder anbieten : Märkte")
    assert back.texts(PLACES)[-1] == "Märkte"
    assert ["wieder aufgenommen" in _log(admin)[0], "nicht mehr angeboten" in _log(admin)[1]] == [
        True, True,
    ]  # fmt: skip


def test_the_last_topic_stays(make: Make, admin: Browser) -> None:
    page = admin.open("topics.index")
    *others, last = [make.topic(topic.slug).id for topic in make.run(topics)]
    for key in others:
        admin.post(f"/admin/topics/{key}/retire", [], page=page)

    refused = admin.post(f"/admin/topics/{last}/retire", [], page=page)

    assert refused.status == HTTPStatus.CONFLICT
    assert "Das ist das letzte Thema." in refused.text
    assert len(_names(make)) == 1


def test_an_upgrade_adds_to_a_catalogue_of_ones_own_and_changes_nothing_in_it(
    make: Make, admin: Browser, tmp_path: Path
) -> None:
    _edit(admin, make).submit(button="Änderungen sichern", name_de="Lage")
    mine = admin.open("topics.index").submit(button="Nach unten : Lage").texts(PLACES)
    file = tmp_path / "next.toml"
    file.write_text(
        '[[topic]]\nslug = "hydrogen"\nde = "Wasserstoff"\nen = "Hydrogen"\n'
        '[[topic]]\nslug = "outlook"\nde = "Ausblick"\nen = "Outlook"\n',
        encoding="utf-8",
    )

    for _ in range(2):
        make.run(lambda: load_catalogue(file))

    assert _names(make) == [*mine, "Wasserstoff"]


def test_managers_keep_topics_too(make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("my_day.index").follow("Themen")

    assert page.texts("h1") == ["Themen"]
    assert "Verwaltung" not in page.links
    assert page.follow("Thema anlegen").status == HTTPStatus.OK


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
def test_who_may_not_changes_nothing(role: Role, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(role))
    key = make.topic().id

    assert "Themen" not in person.open("my_day.index").links
    for path in ("", "/new", f"/{key}", f"/{key}/move", f"/{key}/retire", f"/{key}/bring-back"):
        assert person.post(f"/admin/topics{path}", []).status in {
            HTTPStatus.FORBIDDEN,
            HTTPStatus.METHOD_NOT_ALLOWED,
        }
    assert _names(make)[0] == "Lage & Ausblick"


def test_a_topic_that_is_none_is_not_found(admin: Browser) -> None:
    key = new_id()

    assert admin.open("topics.edit", topic_id=key).status == HTTPStatus.NOT_FOUND
    for what in ("move", "retire", "bring-back"):
        answer = admin.post(f"/admin/topics/{key}/{what}", [])
        assert answer.status == HTTPStatus.NOT_FOUND
