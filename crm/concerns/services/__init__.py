"""What people do with concerns: the course of one in `pipeline`, what it says in `edit`.

Whose it is, is in `giving`.
"""

from crm.concerns.services.edit import ConcernDraft, edit_concern
from crm.concerns.services.giving import hand_over
from crm.concerns.services.pipeline import (
    Figures,
    join_concern,
    move_concern,
    narrow_concern,
    note_answer,
    note_answers,
    open_concern,
    part_from_note,
    take,
    take_answer_back,
    take_answers_back,
)

__all__ = [
    "ConcernDraft",
    "Figures",
    "edit_concern",
    "hand_over",
    "join_concern",
    "move_concern",
    "narrow_concern",
    "note_answer",
    "note_answers",
    "open_concern",
    "part_from_note",
    "take",
    "take_answer_back",
    "take_answers_back",
]
