"""Headers on every answer, whatever it is."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from config import Settings
from crm import create_app
from crm.web.static_files import FOLDER, tree_hash
from tests.databases import SECRET_KEY
from tests.inspection import header_faults
from tests.make import Make
from tests.page import HOST, Browser

A_FILE = next(p for p in sorted(FOLDER.rglob("*.css"))).relative_to(FOLDER).as_posix()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in", 200),
        ("GET", "/", 302),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/nirgends", 404),
        ("GET", "/visits/keine-kennung", 404),
        ("POST", "/nirgends", 404),
        ("PUT", "/sign-in", 405),
        ("TRACE", "/sign-in", 405),
        ("OPTIONS", "/sign-in", 200),
        ("HEAD", "/sign-in", 200),
        ("POST", "/sign-in", 400),
        ("POST", "/sign-out", 400),
        ("GET", f"/static/{tree_hash()}/{A_FILE}", 200),
        ("GET", f"/static/anders/{A_FILE}", 200),
        ("GET", f"/static/{tree_hash()}/nichts.css", 404),
        ("GET", "/static/../config.py", 404),
        ("GET", f"/static/{tree_hash()}/..%2f..%2fconfig.py", 404),
    ],
)
def test_every_answer_has_the_headers(
    method: str, path: str, status: int, browser: Browser
) -> None:
    answer = browser.answer(method, path)

    assert answer.status_code == status
    assert _faults(answer) == []


def _faults(answer: TestResponse) -> list[str]:
    faults = header_faults(answer.headers)
    if not answer.headers.get("Strict-Transport-Security"):
        faults.append("no Strict-Transport-Security over https")
    if "Server" in answer.headers or "X-Powered-By" in answer.headers:
        faults.append("says what it runs on")
    return faults


def test_pages_of_people_are_kept_nowhere(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())

    answer = person.answer("GET", "/account")

    assert answer.headers["Cache-Control"] == "no-store"
    assert _faults(answer) == []


def test_static_files_are_kept_under_their_present_address_only(browser: Browser) -> None:
    present = browser.answer("GET", f"/static/{tree_hash()}/{A_FILE}")
    past = browser.answer("GET", f"/static/abc123/{A_FILE}")

    assert "immutable" in present.headers["Cache-Control"]
    assert past.headers["Cache-Control"] == "no-cache"


def test_a_request_that_is_too_large_is_told_so(browser: Browser) -> None:
    page = browser.open("accounts.sign_in")

    answer = browser.answer(
        "POST", "/sign-in", [("csrf_token", page.token), ("email", "x" * 5_000_000)]
    )

    assert answer.status_code == 413
    assert _faults(answer) == []


def test_without_tls_nothing_is_said_about_tls(browser: Browser) -> None:
    answer = browser.client.get("/sign-in", base_url=HOST.replace("https", "http"))

    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/nirgends"])
def test_under_a_foreign_name_nothing_answers(path: str) -> None:
    settings = Settings(trusted_hosts=("crm.example.org",), secret_key=SECRET_KEY)
    client = create_app(settings, testing=True).test_client()

    answer = client.get(path, base_url="https://evil.example")

    assert answer.status_code == 400
    assert "crm.example.org" not in answer.text
    assert _faults(answer) == []
    assert client.get("/healthz", base_url="https://crm.example.org").status_code == 200
