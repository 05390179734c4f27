from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from config import Settings
from crm import create_app
from crm.clock import now
from crm.db import transaction
from crm.health import services
from crm.health.models import Worker
from crm.health.queries import SILENT_AFTER
from crm.types import new_id
from tests.databases import SECRET_KEY
from tests.page import Browser


def test_a_migrated_database_is_ready(browser: Browser) -> None:
    answer = browser.download("health.readyz")

    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "migrations": "current", "worker": "missing"}


def test_a_worker_that_has_said_so_lives(app: Flask, browser: Browser) -> None:
    worker_id = new_id()
    with app.app_context():
        services.report_alive(worker_id)
        services.report_alive(worker_id)

    assert (browser.download("health.readyz").json or {})["worker"] == "ok"

    with app.app_context(), transaction() as session:
        session.get_one(Worker, worker_id).seen_at = now() - SILENT_AFTER

    assert (browser.download("health.readyz").json or {})["worker"] == "missing"


def test_a_worker_that_has_ended_lives_no_longer(app: Flask, browser: Browser) -> None:
    worker_id = new_id()
    with app.app_context():
        services.report_alive(worker_id)
        services.report_gone(worker_id)

    assert (browser.download("health.readyz").json or {})["worker"] == "missing"


def test_a_database_of_another_version_is_not(app: Flask, browser: Browser) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))

    answer = browser.download("health.readyz")

    assert answer.status_code == 503
    assert answer.json == {"database": "ok", "migrations": "pending", "worker": "unknown"}


def test_without_a_database_the_process_lives_and_is_not_ready() -> None:
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2",
        secret_key=SECRET_KEY,
    )
    browser = Browser(create_app(settings))

    assert browser.download("health.healthz").status_code == 200
    answer = browser.download("health.readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "database": "unreachable",
        "migrations": "unknown",
        "worker": "unknown",
    }


def test_without_a_database_a_page_says_so(browser: Browser) -> None:
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2",
        secret_key=SECRET_KEY,
    )
    cut_off = Browser(create_app(settings))
    cut_off.client.set_cookie("__Host-augenhoehe", "x" * 43, secure=True)

    page = cut_off.open("accounts.show")

    assert page.status == 503
