"""What people do with follow-ups, one use case per module."""

from crm.follow_ups.services.bulk import (
    Bulk,
    complete_many,
    move_many,
    reassign_many,
    undo_many,
)
from crm.follow_ups.services.change import (
    FollowUpDraft,
    add_follow_up,
    complete,
    move,
    narrow_follow_ups,
    narrow_follow_ups_of_concern,
    reopen,
)
from crm.follow_ups.services.giving import hand_over, reassign
from crm.follow_ups.services.rest import snooze, wake
from crm.follow_ups.services.series import end_series, next_day, repeat

__all__ = [
    "Bulk",
    "FollowUpDraft",
    "add_follow_up",
    "complete",
    "complete_many",
    "end_series",
    "hand_over",
    "move",
    "move_many",
    "narrow_follow_ups",
    "narrow_follow_ups_of_concern",
    "next_day",
    "reassign",
    "reassign_many",
    "reopen",
    "repeat",
    "snooze",
    "undo_many",
    "wake",
]
