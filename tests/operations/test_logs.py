"""What the product says while it runs: a line for each request and event, nothing about people."""

from __future__ import annotations

import json
import logging
import socket
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from config import SettingsError
from crm.logs import Lines, facts
from tests.e2e.live import running
from tests.operations.conftest import Installation

# In seconds; processes may begin slowly
_PATIENCE = 120
ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])

CANARY = "kanarienvogel"
ADDRESS = "203.0.113.77"
HEADERS = {
    "Host": "crm.example.org",
    "User-Agent": CANARY,
    "Referer": f"https://crm.example.org/{CANARY}",
    "Cookie": f"__Host-augenhoehe={CANARY}; {CANARY}={CANARY}",
    "Authorization": f"Bearer {CANARY}",
    "Accept-Language": CANARY,
    "X-Request-Id": CANARY,
    "X-Forwarded-For": ADDRESS,
    "X-Forwarded-Proto": "https",
}
FORM = f"email={CANARY}%40kreis.example&password={CANARY}&{CANARY}=1"
PATHS = [
    *(f"/{name}/{CANARY}" for name in ("fails", "fails-late", "breaks-off", "visits", "nirgends")),
    f"/calendar/{CANARY}.ics",
    f"/static/{CANARY}/{CANARY}.css",
]
# What no WSGI application ever sees
UNREADABLE = (
    f"{CANARY} {CANARY} {CANARY}\r\n\r\n",
    f"GET /{CANARY} HTTP/7.{CANARY}\r\n\r\n",
    f"GET /{CANARY} HTTP/1.1\r\n{CANARY} {CANARY}: x\r\n\r\n",
    f"GET /{CANARY}{'x' * 9_000} HTTP/1.1\r\n\r\n",
    f"GET /{CANARY} HTTP/1.1\r\nx: {CANARY}{'x' * 9_000}\r\n\r\n",
    f"POST /{CANARY} HTTP/1.1\r\nTransfer-Encoding: {CANARY}\r\n\r\n",
)


def _ask(url: str, method: str, path: str, body: str = "", **headers: str) -> int:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    try:
        connection.request(method, path, body or None, HEADERS | form | headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return 0
    else:
        return answer.status
    finally:
        connection.close()


def _send(url: str, raw: str) -> bytes:
    """Send what no client would, and return the answer."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=_PATIENCE) as connection:
        connection.sendall(raw.encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.fixture
def said(installation: Installation, request: pytest.FixtureRequest) -> list[str]:
    """Give what the server said of requests that hold a canary in every place."""
    folder = installation.settings.instance
    program = (sys.executable, "-m", "tests.operations.failing")
    environment = {
        "CRM_DATABASE_URL": installation.settings.database_url,
        "CRM_TRUSTED_HOSTS": "crm.example.org",
        "CRM_TRUSTED_PROXIES": "1",
        "CRM_LOG_FORMAT": getattr(request, "param", ""),
    }
    with running(folder, program=program, **environment) as url:
        for path in PATHS:
            _ask(url, "GET", f"{path}?q={CANARY}&{CANARY}=1")
        _ask(url, "GET", f"/visits?q={CANARY}")
        _ask(url, "POST", f"/fails/{CANARY}", FORM)
        _ask(url, "POST", "/sign-in", FORM)
        _ask(url, "POST", f"/{CANARY}", FORM)
        _ask(url, CANARY.upper(), f"/{CANARY}")
        _ask(url, "GET", f"/{quote(CANARY)}", Host=f"{CANARY}.example")
        for raw in UNREADABLE:
            _send(url, raw)
    return (folder / "server.log").read_text(encoding="utf-8").splitlines()


def _canaries(said: list[str]) -> list[str]:
    return [line for line in said if CANARY in line.lower() or ADDRESS in line]


@ON_SQLITE
def test_each_request_and_each_failure_is_an_object_of_json(said: list[str]) -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in said]
    requests = [line for line in lines if line["event"] == "request"]
    failures = [line for line in lines if "error" in line]

    assert all({"time", "level", "event"} <= line.keys() for line in lines)
    assert {"request", "ms"} <= requests[0].keys()
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("GET", "/fails/<text>", 500),
        ("GET", "/fails-late/<text>", 500),
        ("GET", "/breaks-off/<text>", 200),
        ("GET", "", 404),
        ("GET", "", 404),
        ("GET", "/calendar/<token>.ics", 404),
        ("GET", "/static/<build>/<path:filename>", 404),
        ("GET", "/visits", 302),
        ("POST", "/fails/<text>", 500),
        ("POST", "/sign-in", 400),
        ("POST", "", 404),
        ("other", "", 404),
        ("GET", "", 400),
    ]
    assert failures[0]["level"] == "error"
    assert failures[0]["error"] == ["builtins.ValueError", "builtins.KeyError"]
    assert failures[0]["at"][-1].startswith("tests/operations/failing.py:")
    assert failures[0]["request"] == requests[0]["request"]
    assert {"crm", "gunicorn.error"} == {
        line["logger"] for line in failures if line["event"] == "library"
    }
    assert sum(line["event"] == "no request that can be read" for line in lines) == len(UNREADABLE)
    assert _canaries(said) == []


@ON_SQLITE
@pytest.mark.parametrize("said", ["text"], indirect=True)
def test_nothing_of_a_request_reaches_a_log_of_text_either(said: list[str]) -> None:
    assert len(said) > len(PATHS) + len(UNREADABLE)
    assert _canaries(said) == []


@ON_SQLITE
def test_what_cannot_be_read_is_answered_like_everything_else(installation: Installation) -> None:
    environment = {"CRM_DATABASE_URL": installation.settings.database_url}
    with running(installation.settings.instance, **environment) as url:
        answers = [_send(url, raw).decode() for raw in UNREADABLE]

    for answer in answers:
        head, _blank, body = answer.partition("\r\n\r\n")
        assert head.split(" ")[1] in {"400", "414", "431", "501"}
        assert "Content-Security-Policy: default-src 'none'" in head
        assert "X-Content-Type-Options: nosniff" in head
        assert "Cache-Control: no-store" in head
        assert CANARY not in answer.lower()
        assert len(body) < 40


def _record(name: str, error: Exception | None = None, **said: str) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord(name, logging.WARNING, "x.py", 1, "said %s", (CANARY,), info)
    record.__dict__.update(facts(**said))
    return record


def test_words_of_libraries_are_repeated_where_no_request_is(tmp_path: Path) -> None:
    first = Lines(as_json=True, repeats_libraries=True)
    later = Lines(as_json=True, repeats_libraries=False)

    assert CANARY in first.format(_record("gunicorn.error"))
    for name in ("gunicorn.error", "huey.consumer", "crm", "root"):
        assert CANARY not in later.format(_record(name))


def test_wrong_settings_are_told_in_words() -> None:
    lines = Lines(as_json=False, repeats_libraries=False)

    assert "CRM_X" in lines.format(_record("gunicorn.error", SettingsError("CRM_X is missing")))
    assert CANARY not in lines.format(_record("gunicorn.error", ValueError(CANARY)))


def test_a_line_of_text_stays_one_line() -> None:
    lines = Lines(as_json=False, repeats_libraries=False)

    line = lines.format(_record("crm.x", ValueError("a\nb"), route="/visits"))

    assert "\n" not in line
    assert line.split(" ", 2)[1] == "warning"
    assert line.endswith("route=/visits error=builtins.ValueError at=")
