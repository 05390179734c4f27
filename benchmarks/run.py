"""Measure every page: `python -m benchmarks.run --visits 10000` (`make bench`).

Generates the data, starts the product as an installation runs it (two processes) and, beside it, a
bare view behind the same server: the floor. Milliseconds differ by machine, the ratio less so.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from benchmarks import measure, pages, servers
from benchmarks.client import Client
from benchmarks.generate import generate
from benchmarks.measure import Figures, Missing
from benchmarks.pages import Budget, Case
from config import Settings
from crm import create_app
from crm.db import db, make_engine

_FLOOR_REQUESTS = 400
_FIRST_BYTE, _ROWS_A_SECOND, _CSV_MEGABYTES = 200, 40_000, 20
_FIRST_VISIT, _PAGE_ALONE = 150, 15
_START = 1.5


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
        with create_app(settings).app_context():
            signed, keys = pages.sign_in(), pages.known()
            for engine in db.engines.values():
                engine.dispose()
        base = _measure_floor(settings)
        print(f"The floor, a view that answers ok: p50 {base.p50:.2f} ms, p95 {base.p95:.2f} ms\n")
        product = stack.enter_context(servers.product(settings))
        print(_heading())
        for someone in signed:
            client = Client(product.port, someone.token)
            for case in pages.cases(keys):
                if wanted.only in case.name:
                    take = partial(
                        measure.measure_case, product, client, someone.role, case, wanted.requests
                    )
                    _say(case.name, someone.role, base, take)
            if wanted.only in measure.SAVING:
                take = partial(
                    measure.measure_saving, product, client, someone, keys, wanted.requests
                )
                _say(measure.SAVING, someone.role, base, take)
            client.close()
        if not wanted.only:
            print("\n".join(_rest(product, signed[1].token, wanted.visits)))


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
        case = Case(name="floor", paths=["/"])
        figures = measure.measure_case(server, client, "", case, _FLOOR_REQUESTS)
        client.close()
    return figures


def _say(name: str, role: str, base: Figures, take: Callable[[], Figures]) -> None:
    try:
        print(_line(take(), base), flush=True)
    except Missing as missing:
        print(f"{name:38} {role:8} {missing}", flush=True)


def _heading() -> str:
    times = f"{'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'x floor':>8} {'cpu ms':>8}"
    return f"{'page':38} {'as':8} {times} {'kB':>7} {'budget':>9}"


def _line(figures: Figures, base: Figures) -> str:
    budget = figures.budget or Budget()
    limits = f"{budget.p50 or '–'}/{budget.p95:.0f}"
    return (
        f"{figures.name:38} {figures.role:8} {figures.p50:8.1f} {figures.p95:8.1f}"
        f" {max(figures.times):8.1f} {figures.p50 / base.p50:8.1f}"
        f" {figures.cpu:8.1f} {figures.kilobytes:7.1f}"
        f" {limits:>9}  {'ok' if figures.is_ok else 'OVER'}"
    )


def _rest(server: servers.Server, token: str, visits: int) -> Iterator[str]:
    """Measure what is no page."""
    yield ""
    yield _judged("start to the first answer", server.seconds_to_answer, _START, "s")
    client = Client(server.port, token)
    before = server.worker_megabytes()
    try:
        export = measure.measure_export(client, "/visits.csv")
        grown = server.worker_megabytes() - before
        yield _judged("CSV of the visits, first byte", export.first_byte, _FIRST_BYTE, "ms")
        yield _judged(
            f"CSV, {export.rows:,} rows of {visits:,} visits",
            export.rows_a_second,
            _ROWS_A_SECOND,
            "rows/s",
            at_least=True,
        )
        yield _judged("CSV, memory of the process", grown, _CSV_MEGABYTES, "MB more")
        whole, alone = measure.weigh_first_visit(client)
        yield _judged("first visit over the wire", whole, _FIRST_VISIT, "kB")
        yield _judged("the next page", alone, _PAGE_ALONE, "kB")
    except Missing as missing:
        yield f"{missing}"
    client.close()


def _judged(name: str, value: float, limit: float, unit: str, *, at_least: bool = False) -> str:
    is_ok = value >= limit if at_least else value <= limit
    sign = "≥" if at_least else "≤"
    return f"{name:46} {value:10,.1f} {unit:8} {sign} {limit:,} {'ok' if is_ok else 'OVER'}"


if __name__ == "__main__":
    main()
