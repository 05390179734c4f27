"""Results that are kept until what they were made of changes, in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from datetime import timedelta
from threading import Lock
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from crm.audit import AuditEntry
from crm.clock import now
from crm.db import db

T = TypeVar("T")
_LONGEST_TRANSACTION = timedelta(hours=1)


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


class Changes(NamedTuple):
    """What every change of this database changes: how many audit lines there are since then.

    One more for each commit, also for one that comes later than its line was written. What has no
    row, a sign-in or a file handed out, changes nothing that is kept.
    """

    first: UUID
    number: sa.ScalarSelect[int]

    def stamp(self, number: int) -> str:
        """Return the stamp of the data when there were so many."""
        return f"{db.engine.url} {self.first} {number}"


def changes(*, but_of: Collection[str] = ()) -> Changes:
    """Return what to ask for a stamp, also within another question.

    but_of  tables whose changes do not matter to what is kept
    """
    since = now().replace(minute=0, second=0, microsecond=0) - _LONGEST_TRANSACTION
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    of_things = sa.and_(AuditEntry.id >= first, AuditEntry.subject_id.is_not(None))
    lines = sa.select(sa.func.count()).where(of_things)
    if but_of:
        lines = lines.where(AuditEntry.subject_type.not_in(but_of))
    return Changes(first=first, number=lines.scalar_subquery())


def stamp() -> str:
    """Return the stamp of the data as they are now."""
    lately = changes()
    return lately.stamp(db.session.scalar(sa.select(lately.number)) or 0)
