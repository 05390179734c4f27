"""The figures of this installation, in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crm.health.queries import State
from crm.tally import OUTCOMES, RANGES, Tallied

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_CLASSES = {"2xx": "2xx", "3xx": "3xx", "4xx": "4xx", "500": "5xx", "503": "5xx"}
_FAULTS = {"500": "program", "503": "database"}


def metrics(
    state: State, requests: Iterable[Tallied], mails: Mapping[str, int] | None, *, version: str
) -> str:
    """Return all figures; what the database would have to tell is left out when it is away.

    mails  how many there are by what became of them
    """
    lines = [
        *_head("crm_info", "gauge", "The version that answers."),
        _line("crm_info", 1, version=version),
        *_head("crm_database_up", "gauge", "1: the database answers."),
        _line("crm_database_up", int(state.is_reachable)),
        *_head("crm_schema_current", "gauge", "1: its tables are those of this version."),
        _line("crm_schema_current", int(state.is_current)),
    ]
    if state.worker_seen_at:
        name = "crm_worker_seen_timestamp_seconds"
        lines += _head(name, "gauge", "When a worker last said that it lives.")
        lines.append(_line(name, state.worker_seen_at.timestamp()))
    if mails is not None:
        lines += _head("crm_mails", "gauge", "Mails that wait, and that were refused.")
        lines += [_line("crm_mails", number, state=name) for name, number in mails.items()]
    lines += _requests(list(requests))
    return "\n".join(lines) + "\n"


def _requests(rows: list[Tallied]) -> Iterator[str]:
    yield from _head("crm_requests_total", "counter", "Requests by what became of them.")
    for row in rows:
        told: dict[str, int] = {}
        for outcome, number in zip(OUTCOMES, row.outcomes, strict=True):
            told[_CLASSES[outcome]] = told.get(_CLASSES[outcome], 0) + number
        for status, number in told.items():
            if number:
                yield _line("crm_requests_total", number, **_of(row), status=status)
    yield from _head("crm_errors_total", "counter", "Requests that failed, and what is to blame.")
    for outcome, kind in _FAULTS.items():
        failed = sum(row.outcomes[OUTCOMES.index(outcome)] for row in rows)
        yield _line("crm_errors_total", failed, kind=kind)
    name = "crm_request_duration_seconds"
    yield from _head(name, "histogram", "How long answers took.")
    for row in rows:
        for end, number in zip(RANGES, row.within, strict=True):
            yield _line(f"{name}_bucket", number, **_of(row), le=str(end))
        yield _line(f"{name}_bucket", sum(row.outcomes), **_of(row), le="+Inf")
        yield _line(f"{name}_sum", round(row.seconds, 6), **_of(row))
        yield _line(f"{name}_count", sum(row.outcomes), **_of(row))


def _of(row: Tallied) -> dict[str, str]:
    return {"endpoint": row.endpoint, "method": row.method}


def _head(name: str, kind: str, help_text: str) -> list[str]:
    return [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]


def _line(name: str, value: float, **labels: str) -> str:
    """Return one figure. Labels are ours, and need no escaping."""
    inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"
