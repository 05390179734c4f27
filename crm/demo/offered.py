"""What was offered in the visits of the demo, and the procedures that its concerns wait for."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from crm.clock import BERLIN, moment, now, today
from crm.concerns.models import Concern, Procedure
from crm.demo.batch import Batch
from crm.demo.dice import Dice
from crm.demo.texts import DATA
from crm.offers.queries import offers
from crm.topics.models import Topic
from crm.visits.models import TopicNote, Visit, VisitOffer, VisitStatus

# Dice of its own: what is drawn here changes nothing of what is drawn elsewhere
_SEED = 2028
_MENTIONED, _USED, _ACCOMPANIED, _DECIDED_EARLY = 0.55, 0.4, 0.7, 0.25


def add_offered(session: Session) -> None:
    """Add offers to the visits that are stored, and procedures to the concerns."""
    rng = Dice(_SEED)
    batch = Batch(rng)
    told = tomllib.loads((DATA / "offered.toml").read_text(encoding="utf-8"))
    _offer(session, batch, rng, told["offers"])
    possible: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in told["procedure"]:
        for topic in entry["topics"]:
            possible[topic] += [(entry["office"], title) for title in entry["titles"]]
    for concern in session.scalars(
        sa.select(Concern)
        .options(joinedload(Concern.topic))
        .order_by(Concern.opened_at, Concern.id)
    ):
        fitting = possible.get(concern.topic.slug)
        if fitting and rng.happens(_ACCOMPANIED):
            _accompany(batch, rng, concern, *rng.choice(fitting))
    batch.save(session)


def _offer(session: Session, batch: Batch, rng: Dice, of_topic: dict[str, str]) -> None:
    keys = {offer.slug: offer.id for offer in offers()}
    known = set()
    for visit_id, topic in session.execute(
        sa.select(Visit.id, Topic.slug)
        .join(TopicNote, TopicNote.visit_id == Visit.id)
        .join(Topic, Topic.id == TopicNote.topic_id)
        .where(Visit.status == VisitStatus.COMPLETED)
        .order_by(Visit.visited_on, Visit.id, TopicNote.position)
    ):
        offer_id = keys.get(of_topic.get(topic, ""))
        if offer_id is None or (visit_id, offer_id) in known or not rng.happens(_MENTIONED):
            continue
        known.add((visit_id, offer_id))
        batch.link(VisitOffer, visit_id=visit_id, offer_id=offer_id, is_used=rng.happens(_USED))


def _accompany(batch: Batch, rng: Dice, concern: Concern, office: str, title: str) -> None:
    begun_on = _day_of(concern.opened_at) - timedelta(days=rng.randint(3, 60))
    decided_on = None
    if concern.closed_at is not None or rng.happens(_DECIDED_EARLY):
        latest = _day_of(concern.closed_at) if concern.closed_at else today()
        decided_on = min(begun_on + timedelta(days=rng.randint(20, 160)), latest)
    at = min(moment(_day_of(concern.opened_at), time(17, 40)), now() - timedelta(minutes=3))
    batch.add(
        Procedure,
        at,
        concern_id=concern.id,
        office=office,
        title=title,
        begun_on=begun_on,
        decided_on=decided_on,
        created_at=at,
        updated_at=at,
    )
    batch.audit(at, concern.owner_id, "procedure_added", (Concern, concern.id))


def _day_of(at: datetime) -> date:
    return at.astimezone(BERLIN).date()
