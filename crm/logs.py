"""What the product says while it runs: one line on stderr for each request and each event.

Nothing about people: of a failure its kinds and where it happened, never its words, which may quote
what somebody typed. Our own messages hold nothing else; what libraries say is repeated only where
no request and no record is at hand.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import g, has_request_context

from config import ROOT, Settings, SettingsError

_FACTS = "crm_facts"
# Places of a failure that are told, the innermost last
_MOST_PLACES = 12
_LIBRARIES = "site-packages"
# Their words are made for whoever runs the installation, and name settings and files only
_SAYABLE = (SettingsError,)


def facts(**values: str | float) -> Mapping[str, Any]:
    """Return what a line holds besides its message, for `extra`."""
    return {_FACTS: values}


class Lines(logging.Formatter):
    """Makes one line of each record."""

    def __init__(self, *, as_json: bool, repeats_libraries: bool):
        super().__init__()
        self._as_json = as_json
        self._repeats_libraries = repeats_libraries

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        said = dict(self._said(record))
        if self._as_json:
            return json.dumps(said, ensure_ascii=False)
        first = [said.pop(name) for name in ("time", "level", "event")]
        return " ".join([*first, *(f"{name}={_in_words(value)}" for name, value in said.items())])

    def _said(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        at = datetime.fromtimestamp(record.created, UTC)
        yield "time", at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield "level", record.levelname.lower()
        # Flask's own messages come under the bare name of the package, and quote addresses
        is_ours = record.name.startswith("crm.")
        yield "event", record.getMessage() if is_ours or self._repeats_libraries else "library"
        if not is_ours:
            yield "logger", record.name
        if has_request_context() and "request_id" in g:
            yield "request", g.request_id
        yield from getattr(record, _FACTS, {}).items()
        if record.exc_info and record.exc_info[1]:
            yield from _failure(record.exc_info[1])


def _in_words(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _failure(error: BaseException) -> Iterator[tuple[str, Any]]:
    chain = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) and before not in chain:
        chain.append(before)
    yield "error", [f"{type(e).__module__}.{type(e).__qualname__}" for e in chain]
    if isinstance(error, _SAYABLE):
        yield "reason", str(error)
    places = traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
    yield "at", [f"{_short(place.filename)}:{place.lineno}" for place in places]


def _short(filename: str) -> str:
    """Return the path of a file from our folder, or from that of the libraries."""
    path = Path(filename)
    if _LIBRARIES in path.parts:
        return Path(*path.parts[path.parts.index(_LIBRARIES) + 1 :]).as_posix()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def to_stderr(settings: Settings, *, repeats_libraries: bool = False) -> None:
    """Let this process say what happens, as the settings want it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=settings.logs_json, repeats_libraries=repeats_libraries))
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("crm").setLevel(logging.WARNING if settings.logs_less else logging.INFO)
