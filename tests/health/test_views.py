from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from config import Settings
from crm import create_app
from crm.db import transaction
from tests.databases import SECRET_KEY
from tests.page import Browser


def test_a_migrated_database_is_ready(browser: Browser) -> None:
    answer = browser.download("health.readyz")

    assert (answer.status_code, answer.json) == (200, {"database": "ok", "migrations": "current"})


def test_a_database_of_another_version_is_not(app: Flask, browser: Browser) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))

    answer = browser.download("health.readyz")

    assert (answer.status_code, answer.json) == (503, {"database": "ok", "migrations": "pending"})


def test_without_a_database_the_process_lives_and_is_not_ready() -> None:
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2",
        secret_key=SECRET_KEY,
    )
    browser = Browser(create_app(settings))

    assert browser.download("health.healthz").status_code == 200
    answer = browser.download("health.readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"database": "unreachable", "migrations": "unknown"},
    )


def test_without_a_database_a_page_says_so(browser: Browser) -> None:
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2",
        secret_key=SECRET_KEY,
    )
    cut_off = Browser(create_app(settings))
    cut_off.client.set_cookie("__Host-augenhoehe", "x" * 43, secure=True)

    page = cut_off.open("accounts.show")

    assert page.status == 503
