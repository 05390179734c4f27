"""Fill an empty database: `python -m benchmarks.generate --visits 100000`.

The data of the performance budgets, the same for the same number and day: visits over ten years,
with organisations, contacts, topic notes, concerns, referrals, procedures, offers, follow-ups,
notifications, attendances, reports and audit lines.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from benchmarks.directory import Directory
from benchmarks.happenings import Happenings
from benchmarks.material import years_back
from config import Settings
from crm.accounts.models import Person
from crm.clock import moment, today
from crm.db import make_engine
from crm.demo.dice import Dice
from crm.migrating import migrate
from crm.offers.queries import offers
from crm.offers.services import load_offers
from crm.operations.instance import opened
from crm.topics.queries import topics
from crm.topics.services import load_catalogue

YEARS = 10
_SEED = 4711


def generate(settings: Settings, visits: int) -> float:
    """Fill the empty database of these settings; return the seconds it took.

    Raises `RuntimeError` when there are people in it.
    """
    settings.make_secret_key()
    engine = make_engine(settings.url, write=True)
    try:
        with engine.begin() as connection:
            migrate(connection)
        return _fill(engine, visits, *_catalogues(settings))
    finally:
        engine.dispose()


def _catalogues(settings: Settings) -> tuple[Sequence[UUID], Sequence[UUID]]:
    """Bring both catalogues in; return the keys of the topics and of the offers."""
    with opened(settings):
        load_catalogue()
        load_offers()
        return [topic.id for topic in topics()], [offer.id for offer in offers()]


def _fill(
    engine: sa.Engine, visits: int, topic_ids: Sequence[UUID], offer_ids: Sequence[UUID]
) -> float:
    with engine.connect() as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(Person)):
            raise RuntimeError("The database is not empty.")
        connection.rollback()
        started = time.perf_counter()
        rng, first = Dice(_SEED), years_back(today(), YEARS)
        directory = Directory(connection, rng, visits, moment(first))
        directory.make(topic_ids)
        Happenings(rng, directory, topic_ids, offer_ids).make(connection, visits, first=first)
        seconds = time.perf_counter() - started
        # What the autovacuum of a running PostgreSQL does by itself
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("ANALYZE"))
            connection.commit()
    return seconds


def main() -> None:
    """Fill the database of the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=10_000)
    wanted = parser.parse_args()
    settings = Settings.from_env()
    try:
        seconds = generate(settings, wanted.visits)
    except RuntimeError as refused:
        sys.exit(str(refused))
    print(
        f"{wanted.visits} visits in {seconds:.1f} s: {wanted.visits / seconds * 60:,.0f} a minute"
    )


if __name__ == "__main__":
    main()
