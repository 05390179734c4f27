"""One look of a worker in a process of its own, which can be killed where a test wants it.

`python -m tests.reminders.worker URL PORT DAY DIES_AFTER`: the address of the database, the port of
the mail server, the working day it is, and after how many mornings it is killed; 0: never.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from itertools import count
from typing import Any

import sqlalchemy as sa

from config import ROOT, Settings
from crm.clock import moment
from crm.mail.services import send_waiting
from crm.mail.smtp import SmtpLine
from crm.reminders.documents import composers
from crm.reminders.models import Morning
from crm.reminders.services import remind
from tests.databases import application
from tests.post import Post
from tests.reminders.morning import EIGHT


def start(url: str, post: Post, day: date, *, dies_after: int = 0) -> subprocess.Popen[bytes]:
    """Start such a process."""
    arguments = [url, str(post.port), day.isoformat(), str(dies_after)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reminders.worker", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
    )


def _die_after(mornings: int) -> None:
    numbers = count(1)

    @sa.event.listens_for(Morning, "after_insert")
    def _on_insert(*_arguments: Any) -> None:
        if next(numbers) > mornings:
            os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, port: str, day: str, dies_after: str) -> None:
    """Look once, and send what waits."""
    if int(dies_after):
        _die_after(int(dies_after))
    settings: Settings = Post(port=int(port)).settings
    with application(url) as app, app.app_context(), SmtpLine(settings) as line:
        remind(hour=7, at=moment(date.fromisoformat(day), EIGHT), with_mails=True)
        send_waiting(line, composers=composers(settings.public_url))


if __name__ == "__main__":
    main(*sys.argv[1:])
