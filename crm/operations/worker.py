"""The worker: it listens to the queue, and looks once a minute for what is due."""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from typing import NoReturn
from uuid import UUID

from flask import Flask

from config import Settings
from crm import create_app, jobs, logs
from crm.accounts import documents as accounts
from crm.clock import now, today
from crm.health import services as health
from crm.mail import services as mail
from crm.mail.smtp import SmtpLine
from crm.operations.clearing import clear
from crm.reminders import documents as reminders
from crm.reminders.services import remind
from crm.reports import services as reports
from crm.types import new_id

_log = logging.getLogger(__name__)
# In seconds, before a worker that has ended starts anew: twice as long each time
_FIRST_PAUSE = 1
_LONGEST_PAUSE = 60


def _send_mails(settings: Settings) -> None:
    if not settings.sends_mails:
        return
    with SmtpLine(settings) as line:
        composers = {
            **accounts.composers(settings.public_url),
            **reminders.composers(settings.public_url),
        }
        if mail.send_waiting(line, composers=composers):
            jobs.wake(mail.WORK)


def _remind(settings: Settings) -> None:
    remind(hour=settings.digest_hour, at=now(), with_mails=settings.sends_mails)


def _count_reports(settings: Settings) -> None:
    reports.make_waiting_reports(smallest=settings.smallest_group)


class _OnceADay:
    """What one worker does when it begins and then once a day; done by several, it is the same."""

    def __init__(self, act: Callable[[Settings], None]):
        self._act = act
        self._done_on: date | None = None

    def __call__(self, settings: Settings) -> None:
        day = today()
        if self._done_on != day:
            self._act(settings)
            self._done_on = day


# What a worker does when it is woken by a name, and once a minute. Each may run several times at
# once, in several workers: what must happen once is kept to that by the tables.
WORK: Mapping[str, Callable[[Settings], None]] = {
    mail.WORK: _send_mails,
    "reminders": _remind,
    reports.WORK: _count_reports,
    "clearing": _OnceADay(clear),
}


def work(settings: Settings) -> None:
    """Do what is due until the process is told to end."""
    logs.to_stderr(settings)
    app = create_app(settings)
    queue: jobs.Jobs = app.extensions["jobs"]
    worker_id = new_id()
    alive = "alive"

    def do(name: str) -> None:
        with app.app_context():
            if name == alive:
                health.report_alive(worker_id)
            elif name in WORK:
                WORK[name](settings)

    queue.work = do
    names = (alive, *WORK)
    consumer = queue.consumer(names)
    do(alive)
    with app.app_context():
        for name in names:
            jobs.wake(name)
    _log.info("The worker works.")
    try:
        consumer.run()
    finally:
        _end(app, worker_id)
        _log.info("The worker ends.")


def _end(app: Flask, worker_id: UUID) -> None:
    with app.app_context():
        health.report_gone(worker_id)


@contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """Run a worker in a process of its own for the length of the block; both end together.

    A third process keeps it: it starts the worker anew when it has ended, however that was.
    """
    # Keeper and worker read from the pipe until whoever holds its other end has gone, however
    its_end, our_end = os.pipe()
    parent = os.getpid()
    keeper = os.fork()
    if keeper == 0:
        os.close(our_end)
        _in_process_of_its_own(lambda: _keep(settings, its_end))
    os.close(its_end)
    try:
        yield
    finally:
        # The web processes leave this block too, as copies of the one that opened it
        if os.getpid() == parent:
            os.close(our_end)
            with suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGTERM)
            with suppress(ChildProcessError):
                os.waitpid(keeper, 0)


def _keep(settings: Settings, pipe: int) -> None:
    """Let a worker work, and another one when it has ended, until nobody is there to work for."""
    logs.to_stderr(settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    worker, pause = 0, _FIRST_PAUSE
    try:
        while not _is_alone(pipe, wait=0):
            began = time.monotonic()
            worker = os.fork()
            if worker == 0:
                _in_process_of_its_own(lambda: _work_until_alone(settings, pipe))
            code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
            worker = 0
            if _is_alone(pipe, wait=0):
                return
            if time.monotonic() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            why = signal.Signals(-code).name if code < 0 else f"code {code}"
            _log.error("The worker has ended (%s); it starts anew in %s s.", why, pause)
            _is_alone(pipe, wait=pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    finally:
        if worker:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGTERM)
            os.waitpid(worker, 0)


def _is_alone(pipe: int, *, wait: int) -> bool:
    """Tell whether whoever held the other end has gone, waiting so many seconds for it."""
    return bool(select.select([pipe], [], [], wait)[0])


def _work_until_alone(settings: Settings, pipe: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def watch() -> None:
        os.read(pipe, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
    work(settings)


def _in_process_of_its_own(act: Callable[[], None]) -> NoReturn:
    """Do this in a process that was just begun, and end it; nothing behind it is reached."""
    # Ctrl+C is for the one that began it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 1
    try:
        act()
        code = 0
    except SystemExit:
        code = 0
    except Exception:  # noqa: BLE001 - nobody above would say it
        _log.exception("The worker has ended.")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
