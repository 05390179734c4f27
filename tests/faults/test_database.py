"""A database that takes nothing, or is not there: said plainly, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db
from crm.policy import Role
from tests.databases import application
from tests.make import Make
from tests.page import Browser, Value


@pytest.fixture
def database_kind() -> str:
    """Use SQLite, where a disk can be filled from inside: by its limit of pages."""
    return "sqlite"


@contextmanager
def full_disk(app: Flask) -> Iterator[None]:
    """Let the file of the database grow no further."""

    def limit(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite keeps what is there already

    with app.app_context():
        engine = db.engines["write"]
    raw = engine.raw_connection()
    raw.execute("VACUUM")  # what earlier tests have left free would take the visit
    raw.close()
    engine.dispose()
    sa.event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", limit)
        engine.dispose()


def test_a_full_disk_is_said_and_the_visit_can_be_sent_again(
    app: Flask, make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.person(Role.OFFICER))
    make.organisation("Beispielwerk GmbH")
    form = officer.open("visits.new")
    typed: dict[str, Value] = {
        "organisation": "Beispielwerk GmbH",
        "summary": "Viel gesagt. " * 1_500,
    }

    with full_disk(app):
        page = form.submit(button="Besuch abschließen", fields=typed)

    assert page.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert page.texts("h1") == ["Im Augenblick nicht erreichbar"]
    assert officer.open("visits.index").texts(".result-line")[0].startswith("0 Einträge")

    page = page.submit(button="Noch einmal senden")

    assert page.status == HTTPStatus.OK
    assert "Viel gesagt." in page.texts("main")[0]


def test_a_missing_database_is_said(tmp_path: Path) -> None:
    with application(f"sqlite:///{tmp_path / 'gone' / 'crm.sqlite3'}") as app:
        stranger = Browser(app)

        page = stranger.post("/sign-in", [("email", "a@example.org"), ("password", "x" * 12)])

        assert page.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert stranger.answer("GET", "/healthz").status_code == HTTPStatus.OK
        assert stranger.answer("GET", "/readyz").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "crm.sqlite3"
    with application(f"sqlite:///{file}") as app:
        file.write_bytes(b"no database at all " * 500)
        stranger = Browser(app)

        page = stranger.post("/sign-in", [("email", "a@example.org"), ("password", "x" * 12)])

        assert page.status == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_missing_postgresql_is_said() -> None:
    with application("postgresql://nobody@127.0.0.1:1/nothing") as app:
        stranger = Browser(app)

        page = stranger.post("/sign-in", [("email", "a@example.org"), ("password", "x" * 12)])

        assert page.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert stranger.answer("GET", "/readyz").status_code == HTTPStatus.SERVICE_UNAVAILABLE
