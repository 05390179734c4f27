"""Open the concerns of topic notes, or let the notes join the ones there are."""

from __future__ import annotations

from uuid import UUID

from crm.accounts import queries as accounts
from crm.clock import moment
from crm.concerns import services as concerns
from crm.errors import Conflict
from crm.policy import Actor, Permission, may
from crm.topics import queries as topics
from crm.visits import queries
from crm.visits.models import TopicNote, Visit

_TITLE_LENGTH = 80


def open_or_join(actor: Actor, visit: Visit, note: TopicNote, joins: UUID | None) -> None:
    """Open or join once; later edits of the note can only narrow the concern's circle."""
    if visit.organisation_id is None or visit.visited_on is None:
        return
    held_at = moment(visit.visited_on, visit.visited_at)
    if note.concern_id is not None or not note.wants_concern:
        return
    if joins is not None:
        note.concern_id = concerns.join_concern(
            actor,
            joins,
            team_id=visit.team_id,
            organisation_id=visit.organisation_id,
            flag=note.flag,
            visibility=note.visibility,
            held_at=held_at,
        ).id
    else:
        note.concern_id = concerns.open_concern(
            actor,
            team_id=visit.team_id,
            organisation_id=visit.organisation_id,
            topic_id=note.topic_id,
            title=note.concern_title or title_of(note),
            flag=note.flag,
            visibility=note.visibility,
            opened_at=held_at,
        ).id


def notes_not_in_form(actor: Actor, visit: Visit) -> list[TopicNote]:
    """Return the notes that the actor does not see, or that are a second one on their topic."""
    in_form = {note.id for note in queries.note_per_topic(actor, visit).values()}
    return [note for note in visit.topic_notes if note.id not in in_form]


def open_concerns_of(visit: Visit, notes: list[TopicNote]) -> None:
    """Open or join what the owners of these notes had planned, as if each did it.

    Whoever completes the visit does not see them. A concern that was closed meanwhile, or is not
    the owner's to join any more, makes way for a new one; a person who has left opens none.
    """
    for note in notes:
        joins, note.concern_id = note.concern_id, None
        person = accounts.find_person(note.owner_id) if note.wants_concern else None
        if person is None or not may(person.actor, Permission.CONCERN_MOVE):
            continue
        try:
            open_or_join(person.actor, visit, note, joins)
        except Conflict:
            open_or_join(person.actor, visit, note, None)


def title_of(note: TopicNote) -> str:
    """Return the first sentence of a note, shortened at a word; else the topic's name."""
    first = note.note.strip().split("\n")[0].split(". ")[0].rstrip(".")
    if not first:
        names = {topic.id: topic.name_de for topic in topics.topics(with_retired=True)}
        return names[note.topic_id]
    if len(first) <= _TITLE_LENGTH:
        return first
    return (
        first[:_TITLE_LENGTH].rpartition(" ")[0] + " …"
        if " " in first[:_TITLE_LENGTH]
        else (first[:_TITLE_LENGTH] + "…")
    )
