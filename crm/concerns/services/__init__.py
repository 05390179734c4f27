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
from crm.concerns.services.procedures import (
    ProcedureDraft,
    add_procedure,
    edit_procedure,
    remove_procedure,
)

__all__ = [
    "ConcernDraft",
    "Figures",
    "ProcedureDraft",
    "add_procedure",
    "edit_concern",
    "edit_procedure",
    "hand_over",
    "join_concern",
    "move_concern",
    "narrow_concern",
    "note_answer",
    "note_answers",
    "open_concern",
    "part_from_note",
    "remove_procedure",
    "take",
    "take_answer_back",
    "take_answers_back",
]
