"""Views kept by name: of the dashboard and of the list of visits."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.policy import Role
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser, Page

SAVE = "Ansicht sichern"


def _menu(page: Page) -> list[str]:
    return page.texts(".saved-views a.menu__item")


def _keep(person: Browser, name: str, endpoint: str = "dashboard.index", **wanted: str) -> Page:
    return person.open(endpoint, **wanted).submit(button=SAVE, name=name)


@pytest.mark.parametrize(
    ("endpoint", "wanted"),
    [
        ("dashboard.index", {"span": "last_year", "by": "size"}),
        ("visits.index", {"status": "planned", "q": "Häusler & Söhne"}),
    ],
)
@pytest.mark.parametrize("role", [Role.READER, Role.MANAGER])
def test_a_view_remembers_the_filters_of_its_page(
    endpoint: str, wanted: dict[str, str], role: Role, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person(role))

    saved = _keep(person, "Mein Blick", endpoint, **wanted)

    assert saved.url == person.url(endpoint, **wanted)
    assert "Die Ansicht „Mein Blick“ ist gesichert." in saved.texts(".flash p")
    again = person.open(endpoint).follow("Mein Blick")
    assert again.url == person.url(endpoint, **wanted)
    assert again.attributes(".saved-views [aria-current]", "href") == [again.url]


def test_a_view_is_for_its_page_and_its_owner_alone(make: Make, browser: Browser) -> None:
    owner = browser.signed_in_as(make.person())
    colleague = browser.signed_in_as(make.person())
    _keep(owner, "Meins")
    (deletion,) = owner.open("saved_views.index").attributes("form[action$=delete]", "action")

    assert _menu(owner.open("visits.index")) == []
    assert _menu(colleague.open("dashboard.index")) == []
    for step in ("delete", "rename", "restore"):
        answer = colleague.post(deletion.replace("delete", step), [("name", "Deins")])
        assert answer.status == HTTPStatus.NOT_FOUND
    assert _menu(owner.open("dashboard.index"))[0] == "Meins"


def test_saving_is_taken_back(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())

    _keep(person, "Versehen").submit(button="Rückgängig")

    assert _menu(person.open("dashboard.index")) == []


def test_the_second_click_saves_no_second_one(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())
    page = person.open("dashboard.index")
    page.submit(button=SAVE, name="Einmal")

    again = page.submit(button=SAVE, name="Einmal")

    assert again.status == HTTPStatus.OK
    assert _menu(again)[0] == "Einmal"
    assert len(_menu(again)) == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "böse\x00", "EINS"])
def test_a_name_that_will_not_do_comes_back_with_a_sentence(
    name: str, make: Make, browser: Browser
) -> None:
    person = browser.signed_in_as(make.person())
    _keep(person, "Eins")
    page = person.open("dashboard.index", span="last_year")
    form = page.filled_in("form[action='/saved-views']", {"name": "x"})
    sent = [(key, name if key == "name" else value) for key, value in form]

    refused = person.post("/saved-views", sent, page=page)

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.texts("#name-error")
    kept = refused.submit(button=SAVE, name="Zwei")
    assert kept.url == person.url("dashboard.index", span="last_year")


@pytest.mark.parametrize("name", NAUGHTY[18:30])
def test_a_naughty_name_is_a_name(name: str, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())
    page = person.open("dashboard.index")
    form = [pair for pair in page.filled_in("form[action='/saved-views']", {"name": "x"})
            if pair[0] != "name"]  # fmt: skip

    answer = person.post("/saved-views", [*form, ("name", name)], page=page)

    assert answer.status == HTTPStatus.OK
    assert _menu(answer)[0] == " ".join(name.split())


@pytest.mark.parametrize(
    "query", ["//elsewhere.example", "a=1&after=x", "%0d%0aX: y", "a=%00", "q=" + "ä" * 1900]
)
def test_a_view_leads_nowhere_else(query: str, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())
    page = person.open("dashboard.index")
    form = dict(page.filled_in("form[action='/saved-views']", {"name": "Weg"}))

    saved = person.post("/saved-views", [*(form | {"query": query}).items()], page=page)

    assert saved.url.startswith("/dashboard")
    assert "after=" not in saved.url
    assert saved.status == HTTPStatus.OK


def test_a_page_that_keeps_no_views_is_refused(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())

    answer = person.post("/saved-views", [("name", "x"), ("place", "account"), ("query", "")])

    assert answer.status == HTTPStatus.BAD_REQUEST


def test_a_view_is_renamed_deleted_and_brought_back(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())
    _keep(person, "Alt")
    _keep(person, "Anderes")

    renamed = person.open("saved_views.index").submit(button="Umbenennen : Alt", name="Neu")
    taken = renamed.submit(button="Umbenennen : Neu", name="ANDERES")
    deleted = renamed.submit(button="Löschen : Neu")
    back = deleted.submit(button="Rückgängig")

    assert "Neu" in renamed.texts(".entries a")
    assert taken.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert taken.texts("#name-error") == ["Diesen Namen gibt es schon."]
    assert deleted.texts(".entries a") == ["Anderes"]
    assert back.texts(".entries a") == ["Anderes", "Neu"]


def test_without_any_view_the_page_says_how_to_get_one(make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person()).open("saved_views.index")

    assert page.texts(".empty p")[0] == "Noch ist keine Ansicht gesichert."
