"""Measure every page: `python -m benchmarks.run --visits 10000` (`make bench`).

Generates the data, starts the product as an installation runs it (two processes) and, in the same
minutes, a bare view behind the same server: the floor. Milliseconds differ by machine, the ratio
less so; "cpu ms" is the server's processor time for one answer, which a busy machine changes
least. Ends with 1 when a page does not answer as it should, never for being slow.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from benchmarks import measure, pages, report, servers
from benchmarks.after import AFTER, measure_after
from benchmarks.client import Client
from benchmarks.generate import generate
from benchmarks.measure import Figures, Refused
from benchmarks.pages import Budget, Case, Known, Signed
from config import Settings
from crm.db import make_engine
from crm.operations.instance import opened
from crm.policy import Role

_FLOOR_REQUESTS = 400
_FIRST_BYTE, _ROWS_A_SECOND, _CSV_MEGABYTES = 200, 40_000, 20
_FIRST_VISIT, _PAGE_ALONE = 150, 15
_START = 1.5
_PAGES_A_SECOND = 150


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=40, help="of each page and person")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--postgresql", action="store_true", help="on an embedded PostgreSQL")
    parser.add_argument(
        "--instance", type=Path, help="folder to keep and use again; otherwise a temporary one"
    )
    return parser.parse_args()


class Run:
    """Measures a running product and prints what it finds."""

    def __init__(self, server: servers.Server, keys: Known, floor: Figures, wanted: str):
        self._server, self._keys, self._floor, self._wanted = server, keys, floor, wanted
        self.has_refusals = False

    def measure_pages(self, someone: Signed, requests: int) -> None:
        """Measure every page as one person."""
        client = Client(self._server.port, someone.token)
        for case in pages.cases(self._keys):
            if case.role not in {None, someone.role}:
                continue

            def page(case: Case = case) -> Figures:
                return measure.measure_case(self._server, client, someone.role, case, requests)

            self._print(case.name, someone.role, page)
        client.close()

    def measure_writing(self, someone: Signed, requests: int) -> None:
        """Measure saving a visit, a report, and pages after a change, as one person."""
        client = Client(self._server.port, someone.token)

        def saving() -> Figures:
            return measure.measure_saving(self._server, client, someone, self._keys, requests)

        def reporting() -> Figures:
            return measure.measure_reporting(self._server, client, someone, min(requests, 5))

        self._print(measure.SAVING, someone.role, saving)
        if someone.role == Role.MANAGER:
            self._print(measure.REPORTING, someone.role, reporting)

        for name in AFTER:

            def after(name: str = name) -> Figures:
                return measure_after(
                    self._server, client, someone, self._keys, name, min(requests, 20)
                )

            self._print(name, someone.role, after)
        client.close()

    def measure_rest(self, someone: Signed, visits: int) -> None:
        """Measure what is no page of its own."""
        if self._wanted:
            return
        started = self._server.seconds_to_answer
        print(f"\n{report.judged('start to the first answer', started, _START, 's')}")
        client = Client(self._server.port, someone.token)
        try:
            self._export(client, visits)
            whole, alone = measure.weigh_first_visit(client)
            print(report.judged("first visit over the wire", whole, _FIRST_VISIT, "kB"))
            print(report.judged("the next page", alone, _PAGE_ALONE, "kB"))
            speed = measure.pages_a_second(self._server.port, someone.token)
            print(
                report.judged("8 people at once", speed, _PAGES_A_SECOND, "pages/s", at_least=True)
            )
        except Refused as why:
            self._refuse("the rest", someone.role, why)
        client.close()

    def _export(self, client: Client, visits: int) -> None:
        before = self._server.worker_megabytes()
        export = measure.measure_export(client, "/visits.csv")
        grown = self._server.worker_megabytes() - before
        name = f"CSV, {export.rows:,} rows of {visits:,} visits"
        speed = export.rows_a_second
        print(report.judged("CSV of the visits, first byte", export.first_byte, _FIRST_BYTE, "ms"))
        print(report.judged(name, speed, _ROWS_A_SECOND, "rows/s", at_least=True))
        print(report.judged("CSV, memory of the process", grown, _CSV_MEGABYTES, "MB more"))

    def _print(self, name: str, role: str, take: Callable[[], Figures]) -> None:
        if self._wanted not in name:
            return
        try:
            print(report.line(take(), self._floor), flush=True)
        except Refused as why:
            self._refuse(name, role, why)

    def _refuse(self, name: str, role: str, why: Refused) -> None:
        self.has_refusals = True
        print(report.refused(name, role, why), flush=True)


def main() -> None:
    """Generate, measure, print."""
    wanted = _arguments()
    with ExitStack() as stack:
        folder = wanted.instance or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="augenhoehe-bench-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        url = ""
        if wanted.postgresql:
            url = stack.enter_context(servers.postgresql(folder / "postgresql"))
        settings = Settings(instance=folder, database_url=url, workers=2)
        _fill(settings, wanted.visits)
        with opened(settings):
            signed, keys = pages.sign_in(), pages.known()
        floor = _measure_floor(settings)
        print(f"The floor, a view that answers ok: p50 {floor.p50:.2f} ms, p95 {floor.p95:.2f} ms")
        server = stack.enter_context(servers.product(settings))
        print(f"\n{report.heading()}")
        run = Run(server, keys, floor, wanted.only)
        for someone in signed:
            run.measure_pages(someone, wanted.requests)
        # What one writes would lie on the pages of the next: dozens of visits to few companies
        for someone in signed:
            run.measure_writing(someone, wanted.requests)
        run.measure_rest(signed[-1], wanted.visits)
    sys.exit(1 if run.has_refusals else 0)


def _fill(settings: Settings, visits: int) -> None:
    engine = make_engine(settings.url, write=True)
    is_there = sa.inspect(engine).has_table("visit")
    engine.dispose()
    if is_there:
        print(f"Using the data of {settings.instance}")
        return
    seconds = generate(settings, visits)
    print(f"{visits:,} visits generated: {visits / seconds * 60:,.0f} a minute")


def _measure_floor(settings: Settings) -> Figures:
    with servers.floor(settings) as server:
        client = Client(server.port)
        case = Case(name="floor", paths=["/"], budget=Budget())
        figures = measure.measure_case(server, client, "", case, _FLOOR_REQUESTS)
        client.close()
    return figures


if __name__ == "__main__":
    main()
