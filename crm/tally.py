"""How many requests were answered how, and how long that took: in this process and its siblings.

Each process counts for itself and writes what it has counted into a file of its own, which the
others read. Who begins takes up the file of one that has gone and counts on from there: nothing is
counted twice, and no number falls while the installation lives.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import accumulate, count
from pathlib import Path
from threading import Lock

OTHER = "other"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", OTHER)
# What became of a request; of the last two, the program or the database is to blame
OUTCOMES = ("2xx", "3xx", "4xx", "500", "503")
# Upper ends in seconds of the ranges that durations are counted in; the last one has no end
RANGES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SECONDS = len(OUTCOMES) + len(RANGES)
_WIDTH = _SECONDS + 1
_UNAVAILABLE = 503
_FAULTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """What was counted of one method of one endpoint.

    outcomes  by the kinds of `OUTCOMES`
    within    how many took no longer than each end of `RANGES`
    """

    endpoint: str
    method: str
    outcomes: Sequence[int]
    within: Sequence[int]
    seconds: float


class Tally:
    """The counts of one application; `endpoints` are all there are, "" is for what is none."""

    def __init__(self, endpoints: Sequence[str]):
        self._endpoints = {name: number for number, name in enumerate(sorted({"", *endpoints}))}
        self._counts = array("d", bytes(8 * _WIDTH * len(METHODS) * len(self._endpoints)))
        self._lock = Lock()
        self._own: Path | None = None
        self._handle = -1

    def note(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one answer; `method` is one of `METHODS`."""
        start = self._start(endpoint, method)
        with self._lock:
            self._counts[start + OUTCOMES.index(_outcome(status))] += 1
            self._counts[start + _SECONDS] += seconds
            if (place := bisect_left(RANGES, seconds)) < len(RANGES):
                self._counts[start + len(OUTCOMES) + place] += 1
            if self._own:
                # A full disk keeps nobody from working
                with suppress(OSError):
                    row = self._counts[start : start + _WIDTH].tobytes()
                    os.pwrite(self._handle, row, 8 * start)

    def share(self, folder: Path) -> None:
        """Let the processes that name the same folder count together from now on.

        Raises `OSError` where that cannot be; then this one counts for itself.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        layout = self._layout()
        _remove_others(folder, layout)
        size = len(self._counts.tobytes())
        for number in count(1):
            file = folder / f"{layout}-{number}"
            handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            if _is_mine(handle):
                break
            os.close(handle)
        os.ftruncate(handle, size)
        with self._lock:
            former = array("d", os.pread(handle, size, 0))
            self._counts = array("d", map(sum, zip(self._counts, former, strict=True)))
            self._own, self._handle = file, handle

    def read(self) -> Iterator[Tallied]:
        """Yield what all processes have counted, without what nobody asked for."""
        counts = self._counts[:]
        if self._own:
            size = len(counts.tobytes())
            for file in sorted(self._own.parent.glob(f"{self._layout()}-*")):
                if file != self._own and len(content := file.read_bytes()) == size:
                    counts = array("d", map(sum, zip(counts, array("d", content), strict=True)))
        for endpoint in self._endpoints:
            for method in METHODS:
                start = self._start(endpoint, method)
                row = counts[start : start + _WIDTH]
                if any(row):
                    *whole, seconds = row
                    numbers = [int(number) for number in whole]
                    yield Tallied(
                        endpoint=endpoint,
                        method=method,
                        outcomes=numbers[: len(OUTCOMES)],
                        within=list(accumulate(numbers[len(OUTCOMES) :])),
                        seconds=seconds,
                    )

    def _start(self, endpoint: str, method: str) -> int:
        row = self._endpoints.get(endpoint, 0) * len(METHODS) + METHODS.index(method)
        return row * _WIDTH

    def _layout(self) -> str:
        """Return a name of what stands where; another version may count other things."""
        said = repr((list(self._endpoints), METHODS, OUTCOMES, RANGES))
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def _outcome(status: int) -> str:
    if status == _UNAVAILABLE:
        return "503"
    return "500" if status >= _FAULTS else f"{status // 100}xx"


def _is_mine(handle: int) -> bool:
    """Take a file for as long as this process lives, however it ends, unless another one has it."""
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_others(folder: Path, layout: str) -> None:
    """Remove what earlier versions counted, unless one of them still answers."""
    for file in folder.iterdir():
        if not file.name.startswith(layout):
            handle = os.open(file, os.O_RDWR)
            if _is_mine(handle):
                file.unlink(missing_ok=True)
            os.close(handle)
