"""The doors of the product: every method of every endpoint, and who may enter."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from config import Settings
from crm import create_app
from crm.web.access import PUBLIC, access_of
from tests.databases import SECRET_KEY
from tests.page import Browser

SAFE = {"GET"}
NOBODYS = UUID("0198c0de-0000-7000-8000-000000000000")
# A value for each kind of gap in an address: nothing that exists
_SAMPLES = {"UUIDConverter": NOBODYS, "PathConverter": "css/app.css", "UnicodeConverter": "x"}


class Door(NamedTuple):
    """One method of one endpoint."""

    endpoint: str
    method: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    def url(self, browser: Browser) -> str:
        """Return an address behind which nothing is."""
        converters = self.rule._converters
        values = {name: _SAMPLES[type(c).__name__] for name, c in converters.items()}
        return browser.url(self.endpoint, **values)


def app_without_data() -> Flask:
    """Return an application whose database nobody has made."""
    return create_app(
        Settings(instance=Path(tempfile.gettempdir()), secret_key=SECRET_KEY), testing=True
    )


def _doors(app: Flask) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(rule.endpoint, method, rule)


_app = app_without_data()
DOORS = sorted(_doors(_app), key=str)
ACCESS = {name: access_of(view) for name, view in _app.view_functions.items()}
GUARDED = [door for door in DOORS if ACCESS[door.endpoint] != PUBLIC]


def named(*endpoints: str) -> list[Door]:
    """Return the doors of these endpoints."""
    return [door for door in DOORS if door.endpoint in endpoints]


def access_list() -> str:
    """Return one line per door: who may enter, by which method, where."""
    lines = (f"{ACCESS[door.endpoint]!s:<18} {door.method:<6} {door.rule.rule}" for door in DOORS)
    return "\n".join(sorted(lines)) + "\n"


if __name__ == "__main__":
    print(access_list(), end="")  # noqa: T201 - the list to approve
