"""Results that are kept until what they were made of changes, in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """The latest results by their keys, each with the stamp of the data it was made of."""

    def __init__(self, *, most: int):
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[str, T]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Hashable, stamp: str, make: Callable[[], T]) -> T:
        """Return what is kept under `key`, if it is of this stamp; else make and keep it."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(key)
                return kept[1]
        # Not under the lock: others must not wait for one who counts
        made = make()
        with self._lock:
            self._kept[key] = (stamp, made)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
