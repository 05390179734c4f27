"""Every door that changes something, knocked at by requests that nobody meant to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import pytest

from crm.extensions import csrf
from crm.policy import Role
from crm.visits import queries
from tests.gates.table import ONE_DATABASE
from tests.make import Make
from tests.page import Browser, Pairs
from tests.security.doors import DOORS, GUARDED, SAFE, Door, named
from tests.security.matrix import writing
from tests.security.scene import Scene, Way

CHANGING = [door for door in DOORS if door.method not in SAFE]
READING = [door for door in GUARDED if door.method in SAFE]
# What reading may write: that a file was handed out, and when a session was last used
_NOTED = ("INSERT INTO audit_", "UPDATE audit_", "UPDATE sign_in")


class Forger:
    """Sends what a person who may do everything would not want to be sent."""

    def __init__(self, make: Make, browser: Browser):
        self._scene = Scene(make, Role.MANAGER, is_administrator=True)
        self.person = browser.signed_in_as(self._scene.person)
        ended = browser.signed_in_as(self._scene.person)
        own = self._token(self.person)
        self.forgeries: Mapping[str, tuple[Pairs, dict[str, str]]] = {
            "no token": ([], {}),
            "a token made up": ([("csrf_token", "made up")], {}),
            "somebody else's token": (self._token(browser.signed_in_as(make.person())), {}),
            "the token of a session that has ended": (self._token(ended), {}),
            "from another site": (own, {"Sec-Fetch-Site": "cross-site"}),
            "from another origin": (own, {"Origin": "https://evil.example"}),
        }
        ended.open("accounts.show").submit(button="Abmelden")

    @staticmethod
    def _token(browser: Browser) -> Pairs:
        return [("csrf_token", browser.open("accounts.show").token)]

    def url(self, door: Door) -> str:
        """Return the address of something of one's own."""
        kinds = [kind for kind in door.rule.arguments if kind.endswith("_id")]
        gaps: dict[str, Any] = {**self._scene.keys(Way.OWN, kinds, drafts=False)}
        if "name" in door.rule.arguments:
            gaps["name"] = "topics"
        return self.person.url(door.endpoint, **gaps)

    def accepted(self, doors: Sequence[Door]) -> Iterator[str]:
        """Name each forgery that was answered otherwise than as a bad request, or wrote."""
        for door in doors:
            url = self.url(door)
            for name, (data, headers) in self.forgeries.items():
                with writing() as written:
                    answer = self.person.answer(door.method, url, data, headers=headers)
                if answer.status_code != HTTPStatus.BAD_REQUEST or written:
                    yield f"{door}, {name}: {answer.status_code} {written}"

    def writes(self, doors: Sequence[Door]) -> Iterator[str]:
        """Name what a page wrote that was only opened."""
        for door in doors:
            url = self.url(door)
            with writing() as written:
                self.person.answer(door.method, url)
            yield from (f"{door}: {w}" for w in written if not w.startswith(_NOTED))


@ONE_DATABASE
@pytest.mark.gate("C1")
def test_no_forged_request_is_accepted(make: Make, browser: Browser, reached: Any) -> None:
    forger = Forger(make, browser)

    assert list(forger.accepted(CHANGING)) == []
    reached("C1", len(CHANGING) * len(forger.forgeries), "forgeries")


@ONE_DATABASE
@pytest.mark.gate("C1")
def test_what_is_only_opened_changes_nothing(make: Make, browser: Browser, reached: Any) -> None:
    assert list(Forger(make, browser).writes(READING)) == []
    reached("C1", len(READING), "pages opened")


@ONE_DATABASE
@pytest.mark.defect("C1")
def test_one_view_without_a_token_makes_it_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = browser.app.view_functions["visits.archive"]
    monkeypatch.setattr(csrf, "_exempt_views", {f"{view.__module__}.{view.__name__}"})

    found = list(Forger(make, browser).accepted([d for d in CHANGING if "archive" in d.endpoint]))

    assert len(found) == 4
    assert all(line.startswith("POST /visits/") for line in found)


@ONE_DATABASE
@pytest.mark.defect("C1")
def test_not_asking_where_a_request_comes_from_makes_it_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.web.access.comes_from_elsewhere", lambda: False)

    forger = Forger(make, browser)

    found = list(forger.accepted(named("accounts.language")))
    assert any("from another site" in line for line in found)


@ONE_DATABASE
@pytest.mark.defect("C1")
def test_a_page_that_writes_makes_it_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = queries.get

    def writing_get(actor: Any, key: Any) -> Any:
        make.saved_view("Nebenbei")
        return get(actor, key)

    monkeypatch.setattr(queries, "get", writing_get)

    found = list(Forger(make, browser).writes(named("visits.show")))

    assert "GET /visits/<uuid:visit_id>: INSERT INTO saved_view" in found
