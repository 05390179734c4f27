from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.generate import generate
from config import Settings
from crm.clock import today
from crm.concerns.models import Concern, Procedure, Stage
from crm.contacts.models import Contact
from crm.db import make_engine
from crm.follow_ups.models import FollowUp
from crm.notifications.models import Notification
from crm.organisations.models import Organisation
from crm.referrals.models import Referral
from crm.reports.models import Report
from crm.visits.models import TopicNote, Visit, VisitOffer
from tests.databases import Databases

VISITS = 600


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path, database_url=databases.blank())


def _counts(settings: Settings, **wanted: Any) -> dict[str, int]:
    engine = make_engine(settings.url, write=False)
    with engine.connect() as connection:
        found = {
            name: connection.scalar(sa.select(sa.func.count()).where(condition)) or 0
            for name, condition in wanted.items()
        }
    engine.dispose()
    return found


def test_the_data_has_the_shape_of_the_budgets(settings: Settings) -> None:
    generate(settings, VISITS)

    counts = _counts(
        settings,
        visits=Visit.id.is_not(None),
        organisations=Organisation.id.is_not(None),
        contacts=Contact.id.is_not(None),
        notes=TopicNote.id.is_not(None),
        follow_ups=FollowUp.id.is_not(None),
        undone=FollowUp.done_at.is_(None),
        late=sa.and_(FollowUp.done_at.is_(None), FollowUp.due_on < today()),
        concerns=Concern.id.is_not(None),
        unsolved=Concern.stage != Stage.CLOSED,
        referrals=Referral.id.is_not(None),
        procedures=Procedure.id.is_not(None),
        mentioned=VisitOffer.offer_id.is_not(None),
        used=VisitOffer.is_used,
        unread=Notification.read_at.is_(None),
        read=Notification.read_at.is_not(None),
        reports=Report.id.is_not(None),
    )
    assert counts["visits"] == VISITS
    assert counts["organisations"] == VISITS / 20
    assert counts["contacts"] == VISITS / 10
    assert counts["notes"] == pytest.approx(2.5 * VISITS, rel=0.1)
    assert counts["follow_ups"] == pytest.approx(1.5 * VISITS, rel=0.1)
    assert counts["concerns"] == pytest.approx(0.3 * VISITS, rel=0.3)
    assert 0 < counts["late"] < counts["undone"] < 0.06 * counts["follow_ups"]
    # Besides, one of twenty visits' number came up by telephone, and is open
    assert counts["referrals"] == pytest.approx(0.2 * counts["concerns"], rel=0.5)
    assert counts["procedures"] == pytest.approx(0.1 * counts["concerns"], rel=0.5)
    # One or two offers in a fifth of the visits
    assert counts["mentioned"] == pytest.approx(0.2 * 4 / 3 * VISITS, rel=0.3)
    assert counts["used"] == pytest.approx(0.4 * counts["mentioned"], rel=0.3)
    assert counts["unread"]
    assert counts["read"]
    # More than one page of the list
    assert counts["reports"] == 40
    assert VISITS / 20 < counts["unsolved"] < 0.15 * counts["concerns"] + VISITS / 20


def test_the_same_number_gives_the_same_data(settings: Settings, tmp_path: Path) -> None:
    generate(settings, 50)
    again = Settings(instance=tmp_path / "again")
    generate(again, 50)

    def keys(of: Settings) -> list[Any]:
        engine = make_engine(of.url, write=False)
        with engine.connect() as connection:
            found = connection.scalars(sa.select(Visit.id).order_by(Visit.id)).all()
        engine.dispose()
        return list(found)

    assert keys(settings) == keys(again)


def test_it_leaves_a_database_with_people_alone(settings: Settings) -> None:
    generate(settings, 20)

    with pytest.raises(RuntimeError, match="not empty"):
        generate(settings, 20)

    assert _counts(settings, visits=Visit.id.is_not(None)) == {"visits": 20}
