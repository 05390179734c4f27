"""Take the time: pages, saving a visit, the export, the weight of a first visit."""

from __future__ import annotations

import math
import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin
from uuid import UUID

from benchmarks.client import Answer, Client, Page, Pairs
from benchmarks.pages import Budget, Case, Known, Signed
from benchmarks.servers import Server
from crm.clock import today
from crm.types import new_id

REPORTING = "activity report of a year"
SAVING = "save a visit, 3 topics, 3 follow-ups"
_WARM_UP = 3
_PEOPLE, _PAGES_EACH = 8, 12
_POPULAR = ("/", "/visits", "/follow-ups", "/organisations")
# A case that is slow is not measured longer than this
LONGEST = 6.0
_CSS_URL = re.compile(rb"url\([\"']?([^\"')]+)[\"']?\)")
_JS_IMPORT = re.compile(rb"(?:from|import)\s*[\"'](\.[^\"']+)[\"']")


class Refused(Exception):  # noqa: N818 - read as a sentence
    """A page answers something else than it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured, in milliseconds."""

    name: str
    role: str
    times: Sequence[float]
    # Processor time of the server for one answer: hardly differs on a busy machine
    cpu: float
    kilobytes: float
    budget: Budget

    @property
    def p50(self) -> float:
        """Return the median."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """Return what 95 of 100 stay within."""
        ordered = sorted(self.times)
        return ordered[math.ceil(len(ordered) * 0.95) - 1]


def measure_case(server: Server, client: Client, role: str, case: Case, requests: int) -> Figures:
    """Open the pages of a case again and again.

    Raises `Refused` when one does not answer 200.
    """
    paths = [_deeper(client, path, case.deeper) for path in case.paths]
    for path in paths[:_WARM_UP]:
        expect(client.get(path), 200)
    answers = []
    cpu, started = server.cpu_milliseconds(), time.perf_counter()
    for number in range(requests):
        answers.append(expect(client.get(paths[number % len(paths)]), 200))
        if time.perf_counter() - started > LONGEST:
            break
    return Figures(
        name=case.name,
        role=role,
        times=[answer.whole for answer in answers],
        cpu=(server.cpu_milliseconds() - cpu) / len(answers),
        kilobytes=max(len(answer.body) for answer in answers) / 1000,
        budget=case.budget,
    )


def expect(answer: Answer, status: int) -> Answer:
    """Return the answer; raise `Refused` when it has another status."""
    if answer.status != status:
        raise Refused(f"answers {answer.status} instead of {status}")
    return answer


def _deeper(client: Client, path: str, pages: int) -> str:
    for _ in range(pages):
        page = Page(expect(client.get(path, plain=True), 200))
        further = [link for link in page.links if "after=" in link]
        if not further:
            break
        path = urljoin(path, further[-1])
    return path


def measure_saving(
    server: Server, client: Client, someone: Signed, keys: Known, times: int
) -> Figures:
    """Log visits with three topics and three follow-ups by the page's own form.

    Raises `Refused` when the form is not there or one is refused.
    """
    page = Page(expect(client.get("/visits/new", plain=True), 200))
    if not page.form:
        raise Refused("has no form")
    took, cpu = [], 0.0
    for number in range(_WARM_UP + times):
        if number == _WARM_UP:
            cpu = server.cpu_milliseconds()
        took.append(log_visit(client, page.form, keys, someone.person_id, number).whole)
    return Figures(
        name=SAVING,
        role=someone.role,
        cpu=(server.cpu_milliseconds() - cpu) / times,
        times=took[_WARM_UP:],
        kilobytes=0,
        budget=Budget(p50=None),
    )


def log_visit(client: Client, form: Pairs, keys: Known, person: UUID, number: int) -> Answer:
    """Log a visit with three topics and three follow-ups; raise `Refused` when it is refused."""
    answer = client.post("/visits/new", _filled(form, keys, person, number))
    if answer.status != 303:  # noqa: PLR2004 - See Other
        raise Refused(f"answers {answer.status}: {complaint(answer)}")
    return answer


def _filled(form: Pairs, keys: Known, person: UUID, number: int) -> Pairs:
    organisation, name = keys.organisations[number % len(keys.organisations)]
    typed = {
        "visit_id": str(new_id()),
        "organisation": name,
        "organisation_id": str(organisation),
        "visited_on": f"{today():%d.%m.%Y}",
        "mode": "on_site",
        "people": str(person),
        "summary": f"Gemessen am {datetime.now(UTC):%d.%m.%Y %H:%M:%S.%f}",
        "intent": "complete",
    }
    panels = {value: name for name, value in form if name.endswith("-topic_id")}
    for topic in keys.topics[:3]:
        panel = panels[str(topic)].removesuffix("-topic_id")
        line = f"{panel}-follow_ups-0-"
        typed |= {
            f"{panel}-chosen": "y",
            f"{panel}-note": "Was dazu gesagt wurde, in einem Satz oder zwei. " * 4,
            f"{panel}-flag": "info",
            f"{line}title": "Unterlagen schicken",
            f"{line}assignee": str(person),
            f"{line}due": "+1w",
        }
    return [*((name, value) for name, value in form if name not in typed), *typed.items()]


def measure_reporting(server: Server, client: Client, someone: Signed, times: int) -> Figures:
    """Draw up reports over the last year by the page's own form, figures counted before the answer.

    Raises `Refused` when the form is not there or one is refused.
    """
    page = Page(expect(client.get("/reports/new", plain=True), 200))
    year = today().year - 1
    span = {"since": f"01.01.{year}", "until": f"31.12.{year}", "key_date": f"31.12.{year}"}
    took, cpu = [], 0.0
    for number in range(1 + times):
        if number == 1:
            cpu = server.cpu_milliseconds()
        typed = {**span, "key": str(new_id())}
        pairs = [*((name, value) for name, value in page.form if name not in typed), *typed.items()]
        answer = client.post("/reports/new", pairs)
        if answer.status != 303:  # noqa: PLR2004 - See Other
            raise Refused(f"answers {answer.status}: {complaint(answer)}")
        took.append(answer.whole)
    return Figures(
        name=REPORTING,
        role=someone.role,
        cpu=(server.cpu_milliseconds() - cpu) / times,
        times=took[1:],
        kilobytes=0,
        budget=Budget(p50=None, p95=2000),
    )


def complaint(answer: Answer) -> str:
    """Return what a page says is wrong."""
    text = re.sub(r"<[^>]+>", " ", answer.body.decode(errors="replace"))
    found = re.search(r"(?:Bitte|Fehler|Error)[^.]{0,120}", text)
    return " ".join((found[0] if found else text[-200:]).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """How the CSV of the visits came."""

    first_byte: float
    rows: int
    rows_a_second: float


def measure_export(client: Client, path: str) -> Export:
    """Fetch a CSV whole.

    Raises `Refused` when it does not come.
    """
    answer = expect(client.get(path, plain=True), 200)
    rows = answer.body.count(b"\r\n") - 1
    return Export(
        first_byte=answer.first_byte,
        rows=rows,
        rows_a_second=rows / (answer.whole / 1000),
    )


def pages_a_second(port: int, token: str) -> float:
    """Return how many lists and pages eight people get in a second, all at once.

    Raises `Refused` when one of them gets anything else.
    """

    def open_some(_number: int) -> None:
        client = Client(port, token)
        for number in range(_PAGES_EACH):
            expect(client.get(_POPULAR[number % len(_POPULAR)]), 200)
        client.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(_PEOPLE) as people:
        list(people.map(open_some, range(_PEOPLE)))
    return _PEOPLE * _PAGES_EACH / (time.perf_counter() - started)


def weigh_first_visit(client: Client, path: str = "/") -> tuple[float, float]:
    """Return the kilobytes of a page with all its files, and of the page alone.

    Counts every font that the style sheets name: a browser fetches those it needs.
    """
    page = Page(expect(client.get(path, plain=True), 200))
    alone = len(client.get(path).body)
    waiting = [urljoin(path, file) for file in page.files if not file.startswith("data:")]
    seen: dict[str, int] = {}
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        plain = expect(client.get(file, plain=True), 200).body
        seen[file] = len(client.get(file).body)
        found = _CSS_URL.findall(plain) if file.endswith(".css") else _JS_IMPORT.findall(plain)
        names = [name.decode() for name in found if not name.startswith(b"data:")]
        waiting += [urljoin(file, name) for name in names if not name.startswith("#")]
    return (alone + sum(seen.values())) / 1000, alone / 1000
