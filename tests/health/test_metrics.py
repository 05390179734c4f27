"""/metrics: what it tells, to whom, and that several processes count together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from config import Settings
from crm import create_app
from crm.db import transaction
from crm.health import services as health
from crm.mail.models import Mail, MailState, Reason
from crm.mail.services import queue_mail
from crm.tally import Tallied, Tally
from crm.types import new_id
from crm.web.access import public
from tests.databases import SECRET_KEY, application
from tests.make import Make
from tests.page import Browser

TOKEN = "metrics-" + SECRET_KEY[::-1]
AWAY = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"
Labels = Mapping[str, str]


def figures(browser: Browser) -> dict[str, list[tuple[Labels, float]]]:
    """Return every figure by its name, as a program of others reads them."""
    answer = browser.answer("GET", "/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def figure(browser: Browser, name: str, **labels: str) -> float | None:
    """Return the one figure of this name and these labels, None where there is none."""
    values = [value for given, value in figures(browser).get(name, []) if given == labels]
    assert len(values) <= 1
    return values[0] if values else None


def test_requests_are_counted_by_what_became_of_them(app: Flask) -> None:
    with application(app.config["CRM"].database_url) as fresh:
        browser = Browser(fresh)
        for path in ("/sign-in", "/sign-in", "/visits", "/nirgends/geheim?q=geheim"):
            browser.answer("GET", path)
        browser.answer("POST", "/sign-in")

        found = {
            (labels["endpoint"], labels["method"], labels["status"]): value
            for labels, value in figures(browser)["crm_requests_total"]
        }

    assert found == {
        ("accounts.sign_in", "GET", "2xx"): 2,
        ("accounts.sign_in", "POST", "4xx"): 1,
        ("visits.index", "GET", "3xx"): 1,
        ("", "GET", "4xx"): 1,
    }


def test_durations_are_a_histogram(app: Flask) -> None:
    with application(app.config["CRM"].database_url) as fresh:
        browser = Browser(fresh)
        browser.answer("GET", "/healthz")

        found = figures(browser)

    healthz = {"endpoint": "health.healthz", "method": "GET"}
    name = "crm_request_duration_seconds"
    within = [
        value for labels, value in found[f"{name}_bucket"] if healthz.items() <= labels.items()
    ]
    assert within == sorted(within)
    assert within[-1] == dict_of(found[f"{name}_count"], healthz) == 1
    assert 0 < dict_of(found[f"{name}_sum"], healthz) < 10


def dict_of(found: list[tuple[Labels, float]], labels: Labels) -> float:
    [value] = [value for given, value in found if given == labels]
    return value


def test_failures_are_told_by_what_is_to_blame() -> None:
    app = create_app(Settings(secret_key=SECRET_KEY, database_url=AWAY))

    @app.get("/fails")
    @public
    def fails() -> str:
        raise RuntimeError

    browser = Browser(app)
    browser.client.set_cookie("__Host-augenhoehe", "x" * 43, secure=True)
    browser.answer("GET", "/account")
    browser.client.delete_cookie("__Host-augenhoehe")
    for _ in range(2):
        browser.answer("GET", "/fails")

    assert figure(browser, "crm_errors_total", kind="database") == 1
    assert figure(browser, "crm_errors_total", kind="program") == 2
    assert figure(browser, "crm_database_up") == 0
    assert figure(browser, "crm_schema_current") == 0
    assert figure(browser, "crm_mails", state="waiting") is None


def test_worker_mails_and_version_are_told(app: Flask, browser: Browser) -> None:
    assert figure(browser, "crm_worker_seen_timestamp_seconds") is None

    with app.app_context():
        health.report_alive(new_id())
        with transaction() as session:
            for number in range(3):
                queue_mail(
                    to="o@kreis.example", reason=Reason.TEST, key=f"{number}", subject="x", text="x"
                )
            session.execute(sa.update(Mail).where(Mail.key == "0").values(state=MailState.REFUSED))

    assert (figure(browser, "crm_worker_seen_timestamp_seconds") or 0) > 1.7e9
    assert figure(browser, "crm_mails", state="waiting") == 2
    assert figure(browser, "crm_mails", state="refused") == 1
    assert figure(browser, "crm_database_up") == 1
    assert figure(browser, "crm_schema_current") == 1
    [(labels, _one)] = figures(browser)["crm_info"]
    assert labels["version"][0].isdigit()


def test_a_database_of_another_version_is_told(app: Flask, browser: Browser) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))

    assert figure(browser, "crm_schema_current") == 0
    assert figure(browser, "crm_database_up") == 1


def test_no_figure_names_anybody(app: Flask, make: Make) -> None:
    person = make.person(name="Kanarienvogel", email="kanarienvogel@kreis.example")
    visit = make.visit(owner=person)
    browser = Browser(app).signed_in_as(person)

    browser.answer("GET", f"/visits/{visit.id}?q=kanarienvogel")
    browser.answer("KANARIENVOGEL", "/kanarienvogel")

    said = browser.answer("GET", "/metrics").text.lower()
    assert 'endpoint="visits.show"' in said
    assert "kanarienvogel" not in said
    assert str(visit.id) not in said


def asked(
    settings: Settings, *, peer: str, headers: Mapping[str, str] | None = None
) -> TestResponse:
    browser = Browser(create_app(settings))
    return browser.answer(
        "GET", "/metrics", headers=dict(headers or {}), environ_base={"REMOTE_ADDR": peer}
    )


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_this_machine_is_told(peer: str, proxies: int) -> None:
    settings = Settings(secret_key=SECRET_KEY, trusted_proxies=proxies, database_url=AWAY)

    assert asked(settings, peer=peer).status_code == 200


@pytest.mark.parametrize("peer", ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7", "", "localhost."])
@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("claim", [{}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": "::1"}])
def test_others_are_told_nothing(claim: dict[str, str], proxies: int, peer: str) -> None:
    settings = Settings(secret_key=SECRET_KEY, trusted_proxies=proxies)

    answer = asked(settings, peer=peer, headers=claim)

    assert answer.status_code == 404
    assert "crm_" not in answer.text


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_who_comes_through_a_proxy_on_this_machine_is_not_on_it(name: str, proxies: int) -> None:
    settings = Settings(secret_key=SECRET_KEY, trusted_proxies=proxies)

    assert asked(settings, peer="127.0.0.1", headers={name: "192.0.2.7"}).status_code == 404
    assert asked(settings, peer="127.0.0.1", headers={name: "127.0.0.1"}).status_code == 404


def test_with_the_token_everybody_is_told() -> None:
    settings = Settings(secret_key=SECRET_KEY, metrics_token=TOKEN, database_url=AWAY)

    answer = asked(settings, peer="192.0.2.7", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "shown",
    [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer ", "", "ü"],
)
@pytest.mark.parametrize("token", [TOKEN, ""])
def test_with_another_token_nobody_is(shown: str, token: str) -> None:
    settings = Settings(secret_key=SECRET_KEY, metrics_token=token)

    answer = asked(settings, peer="192.0.2.7", headers={"Authorization": shown})

    assert answer.status_code == 404


def counted(tally: Tally) -> dict[str, Tallied]:
    return {row.endpoint: row for row in tally.read()}


def test_processes_count_together_and_nothing_twice(tmp_path: Path) -> None:
    one, two = Tally(["a", "b"]), Tally(["b", "a"])
    one.note("a", "GET", 200, 0.02)
    for tally in (one, two):
        tally.share(tmp_path / "metrics")
        tally.note("a", "GET", 200, 0.02)
        tally.note("b", "POST", 503, 20.0)

    assert counted(one) == counted(two)
    assert counted(one)["a"].outcomes == [3, 0, 0, 0, 0]
    assert counted(one)["a"].within[:3] == [0, 3, 3]
    assert counted(one)["b"].outcomes == [0, 0, 0, 0, 2]
    assert counted(one)["b"].within == [0] * 10
    assert counted(one)["b"].seconds == 40


def test_a_new_process_goes_on_where_one_has_ended(tmp_path: Path) -> None:
    gone, stays = Tally(["a"]), Tally(["a"])
    for tally in (gone, stays):
        tally.share(tmp_path)
        tally.note("a", "GET", 200, 0.1)
    os.close(gone._handle)

    new = Tally(["a"])
    new.share(tmp_path)
    new.note("a", "GET", 200, 0.1)

    assert counted(stays)["a"].outcomes[0] == counted(new)["a"].outcomes[0] == 3
    assert len(list(tmp_path.iterdir())) == 2


def test_what_an_earlier_version_counted_goes(tmp_path: Path) -> None:
    old = Tally(["a"])
    old.share(tmp_path)
    [file_of_old] = tmp_path.iterdir()
    Tally(["a", "b"]).share(tmp_path)
    assert file_of_old.exists()
    os.close(old._handle)

    Tally(["a", "b"]).share(tmp_path)

    assert not file_of_old.exists()
    assert len(list(tmp_path.iterdir())) == 2
