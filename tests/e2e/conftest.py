"""The real product in a real browser. Each test has a server and a database of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from config import Settings
from crm.accounts.models import Person
from crm.accounts.services import begin_session
from crm.demo.services import load_demo
from tests.conftest import Servers
from tests.databases import application
from tests.e2e.apart import Apart, apart
from tests.e2e.live import last_words, running
from tests.e2e.window import ARGUMENTS, Windows, find_chromium
from tests.make import PASSWORD, Make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser: `-m "not browser"` leaves it out."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


# Ends with each module: while it lives, no other test of this process could close a session
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a Chromium; without one, skip by name, or fail where it is required."""
    path = find_chromium()
    if path is None:
        say = pytest.fail if os.environ.get("CRM_REQUIRE_BROWSER") == "1" else pytest.skip
        say("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def database_kind() -> str:
    """Use SQLite: what differs between the databases is proven without a browser."""
    return "sqlite"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """Give the instance folder of the server."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def database_url(servers: Servers, instance: Path) -> str:
    """Give the database in the instance folder, which server and builders share."""
    return _copy(servers, instance)


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """Give the application on the database of the server, for the builders."""
    built = application(database_url)
    yield apart(built.__enter__)()
    apart(built.__exit__)(None, None, None)


@pytest.fixture
def make(app: Flask) -> Make:
    """Give the builders of people and records."""
    return cast("Make", Apart(Make(app)))


@pytest.fixture
def live(instance: Path, database_url: str) -> Iterator[str]:
    """Run the product on the test's database; give its address."""
    with running(instance) as url:
        yield url


@pytest.fixture
def windows(chromium: Browser, live: str, instance: Path) -> Iterator[Windows]:
    """Give windows on the live product; the browser's complaints fail the test."""
    windows = Windows(chromium, live)
    yield windows
    windows.close()
    assert windows.faults == [], last_words(instance)


@pytest.fixture
def window(windows: Windows, app: Flask) -> Callable[..., Page]:
    """Give `window(person, width=…, scheme=…, javascript=…)`: a page where they are signed in."""

    @apart
    def sign_in(person: Person) -> str:
        with app.app_context():
            return begin_session(person.id)

    def open_window(person: Person | None = None, **how: Any) -> Page:
        return windows.open(sign_in(person) if person else "", **how)

    return open_window


@pytest.fixture(scope="session")
def demo_instance(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an instance with the demo data; all its accounts have `PASSWORD`."""
    folder = tmp_path_factory.mktemp("demo")
    url = _copy(servers, folder)
    apart(_load_demo)(url)
    return folder


def _load_demo(url: str) -> None:
    with application(url) as app, app.app_context():
        load_demo(Settings(demo=True), password=PASSWORD)


def _copy(servers: Servers, folder: Path) -> str:
    """Put a migrated database into an instance folder; return its address."""
    databases = servers.of_kind("sqlite")
    copy = databases.copy(apart(servers.template)("sqlite"))
    file = folder / "crm.sqlite3"
    shutil.move(copy.removeprefix("sqlite:///"), file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def demo(demo_instance: Path) -> Iterator[str]:
    """Run the product on the demo data, for tests that only look; give its address."""
    with running(demo_instance) as url:
        yield url


@pytest.fixture
def demo_windows(chromium: Browser, demo: str, demo_instance: Path) -> Iterator[Windows]:
    """Give windows on the demo; the browser's complaints fail the test."""
    windows = Windows(chromium, demo)
    yield windows
    windows.close()
    assert windows.faults == [], last_words(demo_instance)
