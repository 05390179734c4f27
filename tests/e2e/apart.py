"""Run our own code beside Playwright.

Playwright's plain functions keep an event loop running in the thread of the tests, and the
application's database sessions refuse to be closed in such a thread. So the application and its
builders work in a thread apart.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def apart(work: Callable[P, R]) -> Callable[P, R]:
    """Return `work` as a function that runs in a thread of its own."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(work, *args, **kwargs).result()

    return run


class Apart:
    """An object whose every method and property works in a thread apart."""

    def __init__(self, target: Any):
        self._target = target

    def __getattr__(self, name: str) -> Any:
        found = apart(getattr)(self._target, name)
        return apart(found) if callable(found) else found
