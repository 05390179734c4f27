"""Requests made up by the thousand: whatever is sent, the answer is a sentence and no failure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.db import Base, db
from crm.visits import queries
from crm.web.sessions import COOKIE
from tests.databases import Kept
from tests.gates.table import ONE_DATABASE, rounds
from tests.make import Make
from tests.naughty import NAUGHTY, UNSTORABLE
from tests.page import Browser
from tests.security.doors import DOORS, NOBODYS, SAFE, Door, named
from tests.security.test_bad_input import HOSTILE
from tests.security.walking import busy, forms_of

_PER_DOOR = rounds(small=64, full=640)
_SEED = 27_11
_LONGEST = 2_000


class Inventor:
    """Makes up requests for one door after the other, the same ones each time."""

    def __init__(self, make: Make, browser: Browser):
        self._random = random.Random(_SEED)  # noqa: S311 - no secret
        self.person = busy(make, browser)
        forms = list(forms_of(self.person))
        self._names = sorted({name for form in forms for name in form.names} - {"csrf_token"})
        fine = {text for form in forms for _, text in form.pairs if len(text) < _LONGEST}
        odd = [text for text in [*HOSTILE, *NAUGHTY, *UNSTORABLE] if len(text) < _LONGEST]
        self._texts = [*sorted(fine), *odd]
        self._keys = make.run(_keys_there)
        self._state = Kept(self.person.app)
        self._cookies = [
            cookie
            for name in (COOKIE, "__Host-form")
            if (cookie := self.person.client.get_cookie(name)) is not None
        ]

    def send(self, doors: Sequence[Door], number: int) -> Iterator[str]:
        """Send so many requests to each door; name those that were answered by a failure."""
        for door in doors:
            # As it was: what one request ended must not shut the door for the next
            self._state.as_new()
            for cookie in self._cookies:
                self.person.client.set_cookie(cookie.key, cookie.value, secure=True)
            token = self.person.open("accounts.show").token
            for _ in range(number):
                url, body = self._invented(door, token)
                if fault := self._fault(door.method, url, body):
                    yield f"{door.method} {url} {body!r}: {fault}"

    def _fault(self, method: str, url: str, body: bytes | None) -> str:
        """Say what is wrong with an answer."""
        form: dict[str, Any] = {}
        if body is not None:
            length = {"Content-Length": str(len(body))}
            kind = "application/x-www-form-urlencoded"
            form = {"input_stream": BytesIO(body), "content_type": kind, "headers": length}
        try:
            answer = self.person.answer(method, url, **form)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            return repr(error)
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return str(answer.status_code)
        is_refused = answer.status_code >= HTTPStatus.BAD_REQUEST
        return "no word" if is_refused and not answer.get_data().strip() else ""

    def _invented(self, door: Door, token: str) -> tuple[str, bytes | None]:
        gaps = {name: self._gap(name) for name in door.rule.arguments}
        url = self.person.url(door.endpoint, **gaps)
        names = self._random.choices(self._names, k=self._random.randint(0, 12))
        pairs = [(name, self._random.choice(self._texts)) for name in names]
        if door.method not in SAFE:
            pairs.append(("csrf_token", token))
        # As bytes: half a character is none that a client would encode
        query = urlencode([(name, text.encode("utf-8", "surrogatepass")) for name, text in pairs])
        return (f"{url}?{query}", None) if door.method in SAFE else (url, query.encode())

    def _gap(self, name: str) -> Any:
        if name.endswith("_id"):
            return self._random.choice([*self._keys, NOBODYS])
        return self._random.choice(["topics", "x", "css/app.css", "..", "ä"])


def _keys_there() -> list[UUID]:
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.columns]
    found = (db.session.scalars(sa.select(table.c.id)).all() for table in tables)
    return sorted({key for keys in found for key in keys if isinstance(key, UUID)})


@ONE_DATABASE
@pytest.mark.gate("F1")
@pytest.mark.parametrize("half", [0, 1])
def test_no_made_up_request_ends_in_a_failure(
    half: int, make: Make, browser: Browser, reached: Any
) -> None:
    doors = DOORS[half::2]
    inventor = Inventor(make, browser)

    assert "\n".join(inventor.send(doors, _PER_DOOR)) == ""
    reached("F1", len(doors) * _PER_DOOR, "requests")


@ONE_DATABASE
@pytest.mark.defect("F1")
def test_a_division_by_zero_in_one_page_makes_it_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventor = Inventor(make, browser)
    monkeypatch.setattr(queries, "get", lambda _actor, key: 1 // (key.int * 0))

    found = list(inventor.send(named("visits.show"), 3))

    assert len(found) == 3
    assert all("ZeroDivisionError" in line for line in found)
