"""What a change of a visit changed, as its audit line keeps it.

Short values stand there with the former and the new one, of texts and people only the names of
their fields; of a topic note whose it was, on which topic and for whom, never what was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm.visibility import Visibility, strictest
from crm.visits.models import TopicNote, Visit
from crm.visits.services.offers import in_history, mentioned_in
from crm.visits.services.people import people_of


@dataclass(frozen=True, slots=True)
class _Note:
    topic_id: UUID
    owner_id: UUID
    visibility: Visibility
    said: tuple[object, ...]

    @classmethod
    def of(cls, note: TopicNote) -> _Note:
        said = (note.note, note.flag, note.visibility, note.confidential, note.for_company,
                note.look_again_on, note.concern_id)  # fmt: skip
        return cls(note.topic_id, note.owner_id, note.visibility, said)


@dataclass(frozen=True, slots=True)
class Told:
    """What a visit said at one moment, by the names of its form."""

    short: Mapping[str, object]
    long: Mapping[str, object]
    notes: Mapping[UUID, _Note]

    @classmethod
    def by(cls, visit: Visit) -> Told:
        """Return what `visit` says now; its rows are loaded."""
        return cls(
            {
                "visited_on": visit.visited_on,
                "visited_at": visit.visited_at,
                "mode": visit.mode,
                "occasion": visit.occasion,
                "organisation_id": visit.organisation_id,
                "visibility": visit.visibility,
                "offers": in_history(mentioned_in(visit)),
            },
            {
                "further": [further.organisation_id for further in visit.further],
                "contacts": [a.contact_id for a in visit.attendances if a.contact_id],
                "people": people_of(visit),
                "outsiders": [a.outsider for a in visit.attendances if a.outsider],
                "summary": visit.summary,
                "company_text": visit.company_text,
                "next_visit_due": visit.next_visit_due_on,
                "file_reference": visit.file_reference,
            },
            {note.id: _Note.of(note) for note in visit.topic_notes},
        )

    def changes_to(self, later: Told) -> dict[str, Any]:
        """Return what differs later."""
        changes: dict[str, Any] = {
            name: [str(old), str(later.short[name])]
            for name, old in self.short.items()
            if old != later.short[name]
        }
        if fields := [name for name, old in self.long.items() if old != later.long[name]]:
            changes["fields"] = fields
        keys = dict.fromkeys([*self.notes, *later.notes])
        pairs = ((key, self.notes.get(key), later.notes.get(key)) for key in keys)
        if notes := [_in_line(key, old, new) for key, old, new in pairs if old != new]:
            changes["notes"] = notes
        return changes


def of_note(note: TopicNote) -> dict[str, Any]:
    """Return the changes of a visit of which this note has changed."""
    return {"notes": [_in_line(note.id, _Note.of(note), None)]}


def _in_line(key: UUID, *versions: _Note | None) -> list[str]:
    known = [note for note in versions if note is not None]
    circle = strictest(*(note.visibility for note in known))
    return [str(key), str(known[-1].topic_id), str(known[-1].owner_id), circle.value]


@dataclass(frozen=True, slots=True)
class ChangedNote:
    """A topic note that an audit line names."""

    id: UUID
    topic_id: UUID
    owner_id: UUID
    visibility: Visibility


def notes_in(changes: Mapping[str, Any]) -> Iterable[ChangedNote]:
    """Return the topic notes that an audit line of a visit names."""
    for key, topic_id, owner_id, circle in changes.get("notes", ()):
        yield ChangedNote(UUID(key), UUID(topic_id), UUID(owner_id), Visibility(circle))
