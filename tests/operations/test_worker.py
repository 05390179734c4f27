"""The worker of an installation: it looks when it is woken, and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from queue import Queue
from typing import IO

import pytest
import sqlalchemy as sa

from config import ROOT
from crm.clock import now
from crm.db import transaction
from crm.mail.models import Mail, MailState, Reason
from crm.mail.services import queue_mail
from crm.operations import instance
from tests.operations.conftest import Installation
from tests.post import Post

CRM = Path(sys.executable).with_name("crm")
_PATIENCE = 40


@contextmanager
def _working(
    installation: Installation, post: Post, *arguments: str, log: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    settings = post.settings
    process = subprocess.Popen(
        [CRM, *(arguments or ("worker",))],
        env={
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PORT": str(_free_port()),
            "CRM_WORKERS": "1",
            "CRM_INSTANCE": str(installation.settings.instance),
            "CRM_DATABASE_URL": installation.settings.database_url,
            "CRM_SMTP_HOST": settings.smtp_host,
            "CRM_SMTP_PORT": str(settings.smtp_port),
            "CRM_SMTP_TLS": settings.smtp_tls,
            "CRM_MAIL_FROM": settings.mail_from,
            "CRM_PUBLIC_URL": settings.public_url,
        },
        stderr=log,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def _wait_until(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def _wait_for(installation: Installation, question: str, number: int) -> None:
    _wait_until(lambda: installation.rows(question) == [(number,)])


def _wait_for_workers(installation: Installation, number: int) -> None:
    _wait_for(installation, "SELECT count(*) FROM worker", number)


def _queue(installation: Installation, key: str) -> None:
    with instance.opened(installation.settings), transaction():
        queue_mail(to="o@kreis.example", reason=Reason.REFERRAL, key=key, subject=key, text="x")


def test_a_worker_sends_what_waited_and_is_woken_by_what_comes(
    installation: Installation, post: Post
) -> None:
    arrived: Queue[None] = Queue()
    post.before_ok = lambda: arrived.put(None)
    _queue(installation, "waited")

    with _working(installation, post) as worker:
        arrived.get(timeout=_PATIENCE)
        assert installation.rows("SELECT count(*) FROM worker") == [(1,)]
        for number in range(3):
            _queue(installation, f"came {number}")
            arrived.get(timeout=_PATIENCE)
        worker.send_signal(signal.SIGTERM)

        assert worker.wait(timeout=_PATIENCE) == 0

    assert [message["Subject"] for message in post.got] == ["waited", "came 0", "came 1", "came 2"]
    assert installation.rows("SELECT count(*) FROM worker") == [(0,)]


def test_a_worker_clears_what_went_long_ago(installation: Installation, post: Post) -> None:
    _queue(installation, "went")
    with instance.opened(installation.settings), transaction() as session:
        went = now() - timedelta(days=200)
        session.execute(sa.update(Mail).values(state=MailState.SENT, sent_at=went))

    with _working(installation, post):
        _wait_for(installation, "SELECT count(*) FROM mail", 0)

    assert post.got == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_queue_may_be_lost(installation: Installation, post: Post) -> None:
    _queue(installation, "waited")
    (installation.settings.instance / "queue.sqlite3").unlink()
    arrived: Queue[None] = Queue()
    post.before_ok = lambda: arrived.put(None)

    with _working(installation, post):
        arrived.get(timeout=_PATIENCE)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_damaged_queue_holds_nothing_up(installation: Installation, post: Post) -> None:
    queue = installation.settings.instance / "queue.sqlite3"
    queue.write_bytes(b"no database at all, and longer than the header of one would be" * 20)
    arrived: Queue[None] = Queue()
    post.before_ok = lambda: arrived.put(None)

    _queue(installation, "saved")

    with _working(installation, post):
        arrived.get(timeout=_PATIENCE)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_worker_beside_the_web_ends_with_it_however_it_ends(
    installation: Installation, post: Post
) -> None:
    with _working(installation, post, "run", "--worker") as web:
        _wait_for_workers(installation, 1)
        beside = [*_children(web.pid), _worker_of(web.pid)]
        web.kill()
        web.wait()

        _wait_for_workers(installation, 0)
        _wait_until(lambda: not any(Path(f"/proc/{process}").exists() for process in beside))


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def _worker_of(web: int) -> int:
    """Return the process of the worker, which its keeper has begun, which the web has begun."""
    (worker,) = (worker for child in _children(web) for worker in _children(child))
    return worker


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_worker_that_is_killed_beside_the_web_starts_anew(
    installation: Installation, post: Post, tmp_path: Path
) -> None:
    arrived: Queue[None] = Queue()
    post.before_ok = lambda: arrived.put(None)
    log = tmp_path / "log"
    with log.open("wb") as err, _working(installation, post, "run", "--worker", log=err) as web:
        killed = []
        for number in (1, 2, 3):
            _wait_for_workers(installation, number)
            killed.append(_worker_of(web.pid))
            if number < 3:
                os.kill(killed[-1], signal.SIGKILL)
        _queue(installation, "came")
        arrived.get(timeout=_PATIENCE)
        processes = [*_children(web.pid), killed[-1]]

        web.terminate()
        web.wait(timeout=_PATIENCE)

    assert len(set(killed)) == 3
    # Of those that were killed a row stays for a day
    _wait_for_workers(installation, 2)
    assert [process for process in processes if Path(f"/proc/{process}").exists()] == []
    said = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert [event for event in said if "starts anew" in event] == [
        "The worker has ended (SIGKILL); it starts anew in 1 s.",
        "The worker has ended (SIGKILL); it starts anew in 2 s.",
    ]


def test_a_worker_refuses_a_database_of_another_version(fresh: Installation) -> None:
    assert "crm upgrade" in fresh.refused("worker")
