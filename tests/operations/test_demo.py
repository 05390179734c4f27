"""The demo: one command shows it, and it never meets real data or other people's networks."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import ROOT
from crm.accounts import services
from crm.demo.accounts import ACCOUNTS
from crm.operations import instance
from tests.operations.conftest import Installation

CRM = Path(sys.executable).with_name("crm")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@contextmanager
def _running(installation: Installation, *arguments: str) -> Iterator[tuple[str, str]]:
    """Run the web server; yield its address and what it had said by the time it answered."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    said = installation.settings.instance.parent / "said.txt"
    with said.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [CRM, "run", *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                "PATH": os.environ["PATH"],
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(ROOT),
                "PORT": str(port),
                "CRM_WORKERS": "1",
                "CRM_INSTANCE": str(installation.settings.instance),
                "CRM_DATABASE_URL": installation.settings.database_url,
            },
        )
    try:
        _wait_for(url, process, said)
        yield url, said.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        assert process.poll() is None, said.read_text(encoding="utf-8")
        try:
            assert _status(f"{url}/healthz") == 200
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(said.read_text(encoding="utf-8"))


def _wait_for_worker(url: str) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as response:  # noqa: S310 - our own
            if json.load(response)["worker"] == "ok":
                return
        time.sleep(0.1)
    pytest.fail("no worker")


def _password_of(said: str, email: str) -> str:
    found = re.search(rf"{re.escape(email)} +(\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_one_command_shows_the_demo(fresh: Installation) -> None:
    with _running(fresh, "--demo") as (url, said):
        assert _status(f"{url}/readyz") == 200
        _wait_for_worker(url)
        assert f"{url} " in said
        for account in ACCOUNTS:
            line = rf"^{re.escape(account.role_name)} +{re.escape(account.email)} +\S+$"
            assert re.search(line, said, re.MULTILINE)

    # Ended together, and not by force: the worker has said goodbye
    assert fresh.rows("SELECT count(*) FROM worker") == [(0,)]
    with instance.opened(fresh.settings):
        password = _password_of(said, ACCOUNTS[0].email)
        assert services.sign_in(ACCOUNTS[0].email, password, address="127.0.0.1")[0].name


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_server_answers_without_the_demo_too(installation: Installation) -> None:
    with _running(installation) as (url, said):
        assert _status(f"{url}/readyz") == 200
        assert "Passwort" not in said


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_loading_twice_shows_the_same_accounts(fresh: Installation) -> None:
    first = fresh.done("demo", CRM_DEMO="1")
    before = fresh.rows("SELECT count(*) FROM visit")

    second = fresh.done("demo", CRM_DEMO="1")

    assert second == first
    assert fresh.rows("SELECT count(*) FROM visit") == before != [(0,)]
    kept = fresh.settings.instance / "demo-password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() in first


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_chosen_password_is_taken_and_shown_as_long_as_it_is_valid(fresh: Installation) -> None:
    chosen = "Vorführung im Rathaus"

    assert chosen in fresh.done("demo", CRM_DEMO="1", CRM_DEMO_PASSWORD=chosen)
    assert not (fresh.settings.instance / "demo-password").exists()
    assert "wie beim Laden" in fresh.done(
        "demo", CRM_DEMO="1", CRM_DEMO_PASSWORD="Ein anderes Wort"
    )


@pytest.mark.parametrize("command", [("demo",), ("run", "--demo")])
def test_real_people_never_meet_the_demo(
    installation: Installation, command: tuple[str, ...]
) -> None:
    before = installation.content()

    sentence = installation.refused(*command, CRM_DEMO="1")

    assert "echte Personen" in sentence
    assert installation.content() == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "crm.example.org"])  # noqa: S104
def test_the_demo_is_for_this_machine_only(fresh: Installation, address: str) -> None:
    assert "127.0.0.1" in fresh.refused("run", "--demo", "--bind", address)
    assert not fresh.settings.instance.exists()


def test_outside_demo_mode_nothing_is_made(fresh: Installation) -> None:
    sentence = fresh.refused("demo")

    assert "CRM_DEMO=1" in sentence
    assert not fresh.settings.instance.exists()
