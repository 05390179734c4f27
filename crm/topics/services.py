"""Keep the catalogue of topics: bring it up to the data file, until the agency changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.catalogue import bring_up
from crm.clock import now
from crm.db import db, transaction, unless_at_once
from crm.errors import Conflict, NotFound, Stale
from crm.policy import Actor, Permission, authorize
from crm.text import search_key
from crm.topics.models import Topic
from crm.visibility import Visibility

CATALOGUE = Path(__file__).with_name("catalogue.toml")


def load_catalogue(path: Path = CATALOGUE) -> None:
    """Add new topics, rename and reorder known ones, and retire those that the file leaves out.

    In a catalogue that the agency has changed, new topics come last, and nothing else changes.
    """
    with transaction() as session:
        own = session.execute(sa.select(Topic.slug, Topic.position).where(Topic.is_own)).all()
        last = max((position for _, position in own), default=-1)
        for topic, says in bring_up(session, Topic, path, kept={slug for slug, _ in own}):
            topic.visibility = Visibility(says.get("visibility", Visibility.BODY))
            if own:
                last += 1
                topic.position, topic.is_own = last, True


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDraft:
    """What a topic is called, and the circle that is preset for notes on it."""

    name_de: str
    name_en: str
    visibility: Visibility


def add_topic(actor: Actor, draft: TopicDraft, *, key: UUID) -> None:
    """Add a topic behind the others; the same `key` again adds none.

    Raises `Conflict` with the field of a name that there is.
    """
    authorize(actor, Permission.TOPIC_MANAGE)

    def save() -> None:
        with transaction() as session:
            every = _own_catalogue()
            if any(topic.id == key for topic in every):
                return
            _refuse_taken(draft, every)
            topic = Topic(
                id=key,
                slug=f"own-{key.hex}",
                name_de=draft.name_de,
                name_en=draft.name_en,
                visibility=draft.visibility,
                position=max((topic.position for topic in every), default=-1) + 1,
                is_own=True,
            )
            session.add(topic)
            session.flush()
            audit.record(actor.id, "added", topic)

    unless_at_once(save, "pk_topic", "uq_topic_slug")


def change_topic(actor: Actor, topic_id: UUID, draft: TopicDraft, *, version: int) -> bool:
    """Rename a topic, or preset another circle; tell whether anything has changed.

    Raises `NotFound`, `Stale`, or `Conflict` with the field of a name that there is.
    """
    authorize(actor, Permission.TOPIC_MANAGE)
    with transaction():
        every = _own_catalogue()
        topic = _one_of(every, topic_id)
        if topic.version != version:
            raise Stale
        _refuse_taken(draft, [other for other in every if other.id != topic_id])
        changes: dict[str, Any] = {}
        for name in ("name_de", "name_en", "visibility"):
            before, after = getattr(topic, name), getattr(draft, name)
            if before != after:
                changes[name] = [str(before), str(after)]
                setattr(topic, name, after)
        if changes:
            audit.record(actor.id, "edited", topic, changes)
        return bool(changes)


def move_topic(actor: Actor, topic_id: UUID, *, to: int) -> int:
    """Let a topic stand at another place, the first is 0; return at which it does.

    A second click moves it no further. Raises `NotFound`, also for a retired one.
    """
    authorize(actor, Permission.TOPIC_MANAGE)
    with transaction():
        every = _own_catalogue()
        offered = [topic for topic in every if topic.retired_at is None]
        topic = _one_of(offered, topic_id)
        before = offered.index(topic)
        offered.remove(topic)
        offered.insert(max(0, to), topic)
        after = offered.index(topic)
        retired = [topic for topic in every if topic.retired_at is not None]
        for position, other in enumerate([*offered, *retired]):
            if other.position != position:
                other.position = position
        if after != before:
            audit.record(actor.id, "moved", topic, {"place": [before + 1, after + 1]})
        return after


def retire_topic(actor: Actor, topic_id: UUID) -> None:
    """Offer a topic no more; it stays readable where it is. A retired one stays so.

    Raises `NotFound`, or `Conflict` for the last one.
    """
    authorize(actor, Permission.TOPIC_MANAGE)
    with transaction():
        every = _own_catalogue()
        topic = _one_of(every, topic_id)
        if topic.retired_at is not None:
            return
        if sum(other.retired_at is None for other in every) == 1:
            raise Conflict("last_topic")
        topic.retired_at = now()
        audit.record(actor.id, "retired", topic)


def bring_topic_back(actor: Actor, topic_id: UUID) -> None:
    """Offer a retired topic again, behind the others; an offered one stays. Raises `NotFound`."""
    authorize(actor, Permission.TOPIC_MANAGE)
    with transaction():
        every = _own_catalogue()
        topic = _one_of(every, topic_id)
        if topic.retired_at is None:
            return
        topic.retired_at = None
        topic.position = every[-1].position + 1
        audit.record(actor.id, "brought_back", topic)


def _own_catalogue() -> Sequence[Topic]:
    """Return all topics in their order; from now on, they are the agency's.

    PostgreSQL makes who changes one of them wait.
    """
    db.session.execute(sa.select(Topic.id).order_by(Topic.id).with_for_update())
    db.session.execute(sa.update(Topic).where(~Topic.is_own).values(is_own=True))
    return db.session.scalars(sa.select(Topic).order_by(Topic.position, Topic.id)).all()


def _one_of(topics: Sequence[Topic], topic_id: UUID) -> Topic:
    found = next((topic for topic in topics if topic.id == topic_id), None)
    if found is None:
        raise NotFound(topic_id)
    return found


def _refuse_taken(draft: TopicDraft, others: Sequence[Topic]) -> None:
    """Raise `Conflict` for a name that reads like that of another topic, also a retired one."""
    for field, name in (("name_de", draft.name_de), ("name_en", draft.name_en)):
        alike = search_key(name)
        for other in others:
            taken = getattr(other, field)
            if taken == name or (alike and search_key(taken) == alike):
                raise Conflict("name_taken", field=field)
