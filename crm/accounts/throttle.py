"""The throttle of all credential paths: slows attempts, never locks anybody out for good.

Failures are counted per account, per network address and in all, in the database, so that every
process sees them. Each scope has some free attempts; every further failure doubles the wait.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from crm.accounts.models import Throttle
from crm.clock import now
from crm.db import db, transaction

# Free attempts per scope: a person mistypes, an office shares an address, a town shares a server
_FREE = {"account": 5, "address": 20, "all": 200}
_LONGEST_WAIT = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=1)


def _scopes(email: str, address: str) -> Iterator[tuple[bytes, int]]:
    for scope, value in (
        ("account", email.strip().lower()),
        ("address", _network(address)),
        ("all", ""),
    ):
        text = f"{scope}:{value}".encode("utf-8", "replace")
        yield hashlib.sha256(text).digest(), _FREE[scope]


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    # One customer gets a whole IPv6 /64
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004


def seconds_to_wait(email: str, address: str) -> int:
    """Return for how many seconds no further attempt is taken; 0 when one may go ahead."""
    free = dict(_scopes(email, address))
    rows = db.session.scalars(sa.select(Throttle).where(Throttle.key.in_(list(free)))).all()
    return max((_wait(row, free[row.key], now()) for row in rows), default=0)


def _wait(row: Throttle, free: int, moment: datetime) -> int:
    if row.failures < free or moment - row.last_failure_at > _FORGOTTEN_AFTER:
        return 0
    wait = min(timedelta(seconds=2 ** min(row.failures - free, 20)), _LONGEST_WAIT)
    return max(0, int((row.last_failure_at + wait - moment).total_seconds() + 1))


def count_failure(email: str, address: str) -> None:
    """Count one failed attempt."""
    with transaction() as session:
        for key, _ in _scopes(email, address):
            row = session.get(Throttle, key)
            if row is None:
                session.add(Throttle(key=key, failures=1, last_failure_at=now()))
            else:
                fresh = now() - row.last_failure_at > _FORGOTTEN_AFTER
                row.failures = 1 if fresh else Throttle.failures + 1
                row.last_failure_at = now()


def forget_failures(email: str) -> None:
    """Forget what an account got wrong, after it got it right."""
    key = next(_scopes(email, ""))[0]
    with transaction() as session:
        session.execute(sa.delete(Throttle).where(Throttle.key == key))
