"""Let a worker say that it lives."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from crm.clock import now
from crm.db import transaction
from crm.health.models import Worker

_FORGOTTEN_AFTER = timedelta(days=1)


def report_alive(worker_id: UUID) -> None:
    """Note that a worker lives; forget those that have been silent for a day."""
    with transaction() as session:
        worker = session.get(Worker, worker_id)
        if worker is None:
            session.add(Worker(id=worker_id, started_at=now(), seen_at=now()))
        else:
            worker.seen_at = now()
        session.execute(sa.delete(Worker).where(Worker.seen_at < now() - _FORGOTTEN_AFTER))


def report_gone(worker_id: UUID) -> None:
    """Note that a worker has ended."""
    with transaction() as session:
        session.execute(sa.delete(Worker).where(Worker.id == worker_id))
