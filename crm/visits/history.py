"""What happened to a visit, as its page tells it: nothing of notes that its reader may not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from crm import audit
from crm.audit import Event
from crm.policy import Actor
from crm.topics import queries as topics
from crm.visibility import may_see, strictest
from crm.visits import queries
from crm.visits.models import TopicNote, Visit
from crm.visits.services.changes import ChangedNote, notes_in
from crm.visits.wording import happened
from crm.web.rendering import catalogue_name


def history_of(actor: Actor, visit: Visit) -> list[tuple[datetime, str, str]]:
    """Return when, who and what, newest first; `visit` is loaded as its page shows it.

    What changed nothing but notes that the actor may not see is left out.
    """
    events = audit.history(visit.id)
    names = _names(actor, visit, events)
    return list(_told(events, names))


def _told(
    events: Sequence[Event], names: Mapping[UUID, str]
) -> Iterator[tuple[datetime, str, str]]:
    for event in events:
        shown = [names[note.id] for note in notes_in(event.changes) if note.id in names]
        is_hidden = event.action == "edited" and set(event.changes) == {"notes"} and not shown
        if not is_hidden:
            yield event.at, event.actor_name, happened(event, shown)


def _names(actor: Actor, visit: Visit, events: Sequence[Event]) -> Mapping[UUID, str]:
    """Return the topics of the notes that are named, as far as the actor may see these."""
    names = {note.id: catalogue_name(note.topic) for note in visit.topic_notes}
    others: dict[UUID, list[ChangedNote]] = defaultdict(list)
    for event in events:
        for note in notes_in(event.changes):
            if note.id not in names:
                others[note.id].append(note)
    if not others:
        return names
    for key in queries.note_ids(visit.id):
        # It is there and not among those shown
        others.pop(key, None)
    catalogue = {topic.id: catalogue_name(topic) for topic in topics.topics(with_retired=True)}
    for key, lines in others.items():
        if may_see(actor, _removed(visit, lines)):
            names[key] = catalogue[lines[0].topic_id]
    return names


def _removed(visit: Visit, lines: Sequence[ChangedNote]) -> TopicNote:
    """Return a note that was removed, for the narrowest circle it ever had."""
    return TopicNote(
        body_id=visit.body_id,
        team_id=visit.team_id,
        owner_id=lines[0].owner_id,
        visibility=strictest(*(note.visibility for note in lines)),
    )
