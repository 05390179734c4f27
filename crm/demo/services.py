"""Load the demo."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from crm.accounts.models import Person
from crm.audit import chain
from crm.clock import moment, today
from crm.db import transaction
from crm.demo.aims import add_aims
from crm.demo.batch import Batch
from crm.demo.dice import Dice
from crm.demo.directory import add_directory
from crm.demo.drafts import add_drafts
from crm.demo.offered import add_offered
from crm.demo.people import add_people
from crm.demo.referred import Referring
from crm.demo.reports import add_reports
from crm.demo.scenes import Scenes
from crm.demo.story import DAYS_BACK, LEFT_DAYS_AGO, Story
from crm.demo.texts import Texts
from crm.demo.told import add_notifications
from crm.demo.writing import Writer
from crm.errors import Conflict
from crm.offers.services import load_offers
from crm.organisations.models import Organisation
from crm.topics.queries import topics
from crm.topics.services import load_catalogue
from crm.visits.models import Visit, VisitStatus

_SEED = 2026


def load_demo(settings: Settings, *, password: str) -> None:
    """Fill an empty database with the demo; every account gets this password.

    Raises `Conflict` outside demo mode, when there are people already, and with field
    `new_password` for a password that must not be used. Nothing is loaded by half.
    """
    if not settings.demo:
        raise Conflict("demo_mode_off")
    rng = Dice(_SEED)
    day = today()
    since = moment(day - timedelta(days=DAYS_BACK + 20))
    with transaction() as session:
        if session.scalar(sa.select(sa.exists().select_from(Person))):
            raise Conflict("demo_not_empty")
        load_catalogue()
        load_offers()
        batch = Batch(rng)
        left_at = moment(day - timedelta(days=LEFT_DAYS_AGO))
        people = add_people(batch, password=password, since=since, left_at=left_at)
        batch.save(session)
        directory = add_directory(session, rng, people, today=day, since=since)
        known_topics = {topic.slug: topic.id for topic in topics()}
        writer = Writer(batch, rng, people, directory, known_topics)
        texts = Texts(rng)
        scenes = Scenes(day)
        told = [*scenes.visits(), *Story(rng, texts, people, directory, day).visits()]
        for plan in sorted(told, key=lambda plan: plan.day):
            writer.write_visit(plan)
        for concern in scenes.concerns():
            writer.write_concern(concern)
        add_aims(batch, people, today=day, since=since)
        add_drafts(batch, rng, people, directory, known_topics)
        referring = Referring(batch, people, directory)
        referring.add_offers(known_topics, since=since)
        batch.save(session)
        referring.add_referrals(session)
        batch.save(session)
        add_offered(session)
        _set_next_visits(session)
        add_notifications(session, rng)
    # Counts what is stored, so it comes after
    add_reports(people, today=day)
    chain.seal_rest()


def _set_next_visits(session: Session) -> None:
    """Let each organisation know what its last visit said about the next one."""
    said = session.execute(
        sa.select(Visit.organisation_id, Visit.next_visit_due_on)
        .join(Organisation, Organisation.id == Visit.organisation_id)
        .where(
            Visit.status == VisitStatus.COMPLETED,
            Visit.next_visit_due_on.is_not(None),
            Visit.body_id == Organisation.body_id,
        )
        .order_by(Visit.visited_on, Visit.id)
    )
    # The last word of each organisation remains
    for organisation_id, due_on in {row[0]: row[1] for row in said}.items():
        session.execute(
            sa.update(Organisation)
            .where(Organisation.id == organisation_id)
            .values(next_visit_due_on=due_on)
        )
