"""Take the time of a page that is opened for the first time after a change.

Some pages keep what they have counted until something changes. The change is a real one, through
the door that people use; its own time does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.client import Client, Page
from benchmarks.measure import LONGEST, Figures, Refused, complaint, expect, log_visit
from benchmarks.pages import Budget, Known, Signed
from benchmarks.servers import Server
from crm.clock import today

_WARM_UP = 2


def _log_a_visit(client: Client, someone: Signed, keys: Known) -> Callable[[int], None]:
    """Return what logs a visit with three topics and three follow-ups."""
    form = Page(expect(client.get("/visits/new", plain=True), 200)).form

    def change(number: int) -> None:
        log_visit(client, form, keys, someone.person_id, number)

    return change


def _let_one_rest(client: Client, _someone: Signed, keys: Known) -> Callable[[int], None]:
    """Return what lets a follow-up rest, each time until another day."""
    path = f"/follow-ups/{keys.follow_up}"
    token = dict(Page(expect(client.get(path, plain=True), 200)).form)["csrf_token"]

    def change(number: int) -> None:
        until = today() + timedelta(weeks=1 + number)
        answer = client.post(
            f"{path}/snooze", [("csrf_token", token), ("until", f"{until:%d.%m.%Y}")]
        )
        if answer.status != 303:  # noqa: PLR2004 - See Other
            raise Refused(f"answers {answer.status}: {complaint(answer)}")

    return change


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """A page, and what makes the change before each opening."""

    path: str
    change: Callable[[Client, Signed, Known], Callable[[int], None]]


AFTER: Mapping[str, After] = {
    "dashboard, after a visit": After(path="/dashboard", change=_log_a_visit),
    "dashboard, after a follow-up": After(path="/dashboard", change=_let_one_rest),
    "concern board, after a follow-up": After(
        path="/concerns/board?scope=all", change=_let_one_rest
    ),
}


def measure_after(
    server: Server, client: Client, someone: Signed, keys: Known, name: str, requests: int
) -> Figures:
    """Change something and open the page, again and again.

    Raises `Refused` when one of both does not answer as it should.
    """
    path = AFTER[name].path
    change = AFTER[name].change(client, someone, keys)
    took, sizes, cpu = [], [], 0.0
    for number in range(_WARM_UP + requests):
        change(number)
        before = server.cpu_milliseconds()
        answer = expect(client.get(path), 200)
        if number >= _WARM_UP:
            cpu += server.cpu_milliseconds() - before
            took.append(answer.whole)
            sizes.append(len(answer.body))
        if sum(took) > LONGEST * 1000:
            break
    return Figures(
        name=name,
        role=someone.role,
        times=took,
        cpu=cpu / len(took),
        kilobytes=max(sizes) / 1000,
        budget=Budget(),
    )
