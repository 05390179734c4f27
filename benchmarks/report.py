"""Words and columns of what the runner prints."""

from __future__ import annotations

from benchmarks.measure import Figures
from benchmarks.pages import Budget

_WIDE = 38


def heading() -> str:
    """Return the heads of the columns."""
    times = f"{'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'x floor':>8} {'cpu ms':>8}"
    return f"{'page':{_WIDE}} {'as':8} {times} {'kB':>7} {'budget':>9}"


def line(figures: Figures, floor: Figures) -> str:
    """Return the line of a page."""
    times = f"{figures.p50:8.1f} {figures.p95:8.1f} {max(figures.times):8.1f}"
    rest = f"{figures.p50 / floor.p50:8.1f} {figures.cpu:8.1f} {figures.kilobytes:7.1f}"
    limits = f"{figures.budget.p50 or '–'}/{figures.budget.p95:.0f}"
    verdict = _verdict(figures, figures.budget)
    return f"{figures.name:{_WIDE}} {figures.role:8} {times} {rest} {limits:>9}  {verdict}"


def refused(name: str, role: str, why: object) -> str:
    """Return the line of a page that did not answer as it should."""
    return f"{name:{_WIDE}} {role:8} {why}"


def judged(name: str, value: float, limit: float, unit: str, *, at_least: bool = False) -> str:
    """Return the line of a figure that is no page's."""
    is_ok = value >= limit if at_least else value <= limit
    sign = "≥" if at_least else "≤"
    verdict = "ok" if is_ok else "OVER"
    return f"{name:{_WIDE + 9}} {value:10,.1f} {unit:8} {sign} {limit:,}  {verdict}"


def _verdict(figures: Figures, budget: Budget) -> str:
    over = [
        name
        for name, value, limit in (
            ("p50", figures.p50, budget.p50),
            ("p95", figures.p95, budget.p95),
        )
        if limit is not None and value > limit
    ]
    return f"over: {', '.join(over)}" if over else "ok"
