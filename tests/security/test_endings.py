"""What lets a person in, and what ends it: every cell at the next request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import ModuleType
from typing import Any

import pytest

from crm.accounts import services
from crm.accounts.services import access, rights
from tests.accounts.links import NEW_PASSWORD, administrator, choose
from tests.calendar.feeds import subscribe
from tests.make import PASSWORD, Make
from tests.page import Browser, Page

HERE, ELSEWHERE, LINK, CALENDAR = "this session", "another session", "a link", "the calendar"


class Keys:
    """All that lets one person in."""

    def __init__(self, make: Make, browser: Browser):
        self.make, self._browser = make, browser
        self.person = make.person()
        self.here = browser.signed_in_as(self.person)
        self._elsewhere = browser.signed_in_as(self.person)
        self._calendar = subscribe(browser, self.person)
        self.link = "/choose-password?token=" + make.run(lambda: services.make_link(self.person))

    @property
    def page_of_person(self) -> Page:
        """Return their page as administrators see it."""
        admin = administrator(self.make, self._browser)
        return admin.open("administration.person", person_id=self.person.id)

    def open(self) -> set[str]:
        """Return what lets in, now."""
        stranger = Browser(self._browser.app)
        tried = {
            HERE: self.here.answer("GET", "/account"),
            ELSEWHERE: self._elsewhere.answer("GET", "/account"),
            CALENDAR: stranger.answer("GET", self._calendar),
            LINK: stranger.answer("GET", self.link),
        }
        return {name for name, answer in tried.items() if answer.status_code == HTTPStatus.OK}


def _signs_out(keys: Keys) -> None:
    keys.here.open("accounts.show").submit(button="Abmelden")


def _signs_others_out(keys: Keys) -> None:
    keys.here.open("accounts.show").submit(form="form[action='/account/devices/sign-out']")


def _changes_password(keys: Keys) -> None:
    page = keys.here.open("accounts.password")
    page.submit(form="main form", current_password=PASSWORD, new_password=NEW_PASSWORD)


def _uses_link(keys: Keys) -> None:
    choose(keys.here, keys.link)


def _password_by_command(keys: Keys) -> None:
    keys.make.run(lambda: services.replace_password(keys.person.email, NEW_PASSWORD))


def _gets_another_role(keys: Keys) -> None:
    keys.page_of_person.submit(button="Rechte sichern", role="reader")


def _gets_another_team(keys: Keys) -> None:
    team = keys.make.team("Team Süd", body=keys.make.home_body)
    keys.page_of_person.submit(button="Rechte sichern", team=str(team.id))


def _is_closed(keys: Keys) -> None:
    keys.page_of_person.follow("Konto schließen").submit(button="Konto schließen")


# What still lets in afterwards; the password is asked for at once where it is one's own doing
ENDINGS: Mapping[Callable[[Keys], None], set[str]] = {
    _signs_out: {ELSEWHERE, LINK, CALENDAR},
    _signs_others_out: {HERE, LINK, CALENDAR},
    _changes_password: {HERE},
    _uses_link: set(),
    _password_by_command: set(),
    _gets_another_role: set(),
    _gets_another_team: set(),
    _is_closed: set(),
}


@pytest.mark.gate("A2")
@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__.strip("_"))
def test_what_let_in_ends_at_the_next_request(
    end: Callable[[Keys], None], make: Make, browser: Browser, reached: Any
) -> None:
    keys = Keys(make, browser)
    assert keys.open() == {HERE, ELSEWHERE, LINK, CALENDAR}

    end(keys)

    assert keys.open() == ENDINGS[end]
    reached("A2", 4, "cells")


# A closed account stays shut without it too: whoever is let in is looked up each time
@pytest.mark.defect("A2")
@pytest.mark.parametrize(
    ("end", "module"),
    [
        (_password_by_command, access),
        (_gets_another_role, rights),
        (_gets_another_team, rights),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_without_the_end_of_access_it_goes_red(
    end: Callable[[Keys], None],
    module: ModuleType,
    make: Make,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = Keys(make, browser)
    monkeypatch.setattr(module, "end_access", lambda _person_id, by: None)

    end(keys)

    assert keys.open() != ENDINGS[end]
