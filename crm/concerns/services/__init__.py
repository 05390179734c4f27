"""What people do with concerns: the course of one in `pipeline`, what it says in `edit`."""

from crm.concerns.services.edit import ConcernDraft, edit_concern
from crm.concerns.services.pipeline import (
    Figures,
    join_concern,
    move_concern,
    narrow_concern,
    note_answer,
    open_concern,
    part_from_note,
    take,
    take_answer_back,
)

__all__ = [
    "ConcernDraft",
    "Figures",
    "edit_concern",
    "join_concern",
    "move_concern",
    "narrow_concern",
    "note_answer",
    "open_concern",
    "part_from_note",
    "take",
    "take_answer_back",
]
