"""The throttle of all credential paths: slows attempts, never locks anybody out for good.

Failures are counted per account, per network address and in all, in the database, so that every
process sees them. Each scope has some free attempts; every further failure doubles the wait.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.accounts.models import Throttle
from crm.clock import now
from crm.db import db, transaction
from crm.errors import Conflict

_FORGOTTEN_AFTER = timedelta(hours=1)
_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class TooManyAttempts(Conflict):
    """Too many failed attempts; `values["seconds"]` says how long to wait."""


class _Scope(NamedTuple):
    """How patient one scope is.

    free         failures that cost nothing
    longest      no wait is longer
    leaks_every  so often one failure is forgotten; None when they stay until all are
    """

    free: int
    longest: timedelta
    leaks_every: timedelta | None = None

    def left(self, row: Throttle, moment: datetime) -> int:
        """Return how many failures still count."""
        passed = moment - row.last_failure_at
        if passed > _FORGOTTEN_AFTER:
            return 0
        leaked = int(passed / self.leaks_every) if self.leaks_every else 0
        return max(0, row.failures - leaked)

    def wait(self, row: Throttle, moment: datetime) -> int:
        """Return for how many seconds no further attempt is taken."""
        if (failures := self.left(row, moment)) < self.free:
            return 0
        wait = min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)
        return max(0, int((row.last_failure_at + wait - moment).total_seconds() + 1))


# A person mistypes, an office shares an address, a town shares a server. Colleagues of whoever
# guesses are slowed less and less; strangers are never slowed for longer than a breath.
_SCOPES = {
    "account": _Scope(free=5, longest=timedelta(minutes=15)),
    "address": _Scope(free=20, longest=timedelta(minutes=15), leaks_every=timedelta(minutes=3)),
    "all": _Scope(free=200, longest=timedelta(seconds=5)),
}


def _scopes(email: str, address: str) -> Iterator[tuple[bytes, _Scope]]:
    for scope, value in (
        ("account", email.strip().lower()),
        ("address", _network(address)),
        ("all", ""),
    ):
        text = f"{scope}:{value}".encode("utf-8", "replace")
        yield hashlib.sha256(text).digest(), _SCOPES[scope]


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    # One customer gets a whole IPv6 /64
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004


def seconds_to_wait(email: str, address: str) -> int:
    """Return for how many seconds no further attempt is taken; 0 when one may go ahead."""
    scopes = dict(_scopes(email, address))
    rows = db.session.scalars(sa.select(Throttle).where(Throttle.key.in_(list(scopes)))).all()
    return max((scopes[row.key].wait(row, now()) for row in rows), default=0)


def refuse_too_many(email: str, address: str) -> None:
    """Raise `TooManyAttempts` while no further attempt is taken."""
    if wait := seconds_to_wait(email, address):
        raise TooManyAttempts("too_many_attempts", values={"seconds": wait})


def count_failure(email: str, address: str) -> None:
    """Count one failed attempt."""
    with transaction() as session:
        insert = _INSERT[session.get_bind().dialect.name]
        for key, scope in _scopes(email, address):
            # First that there is a row, then the row alone: several may fail at once
            row = {"key": key, "failures": 0, "last_failure_at": now()}
            session.execute(insert(Throttle).values(row).on_conflict_do_nothing())
            known = session.get_one(Throttle, key, with_for_update=True)
            known.failures, known.last_failure_at = scope.left(known, now()) + 1, now()
            session.flush()


def forget_failures(email: str) -> None:
    """Forget what an account got wrong, after it got it right."""
    key = next(_scopes(email, ""))[0]
    with transaction() as session:
        session.execute(sa.delete(Throttle).where(Throttle.key == key))


def clear_failures() -> None:
    """Forget what everybody got wrong so long ago that it counts no more."""
    with transaction() as session:
        session.execute(
            sa.delete(Throttle).where(Throttle.last_failure_at < now() - _FORGOTTEN_AFTER)
        )
