"""What people do with visits, one use case per module."""

from crm.visits.services.drafts import discard_draft, save_draft
from crm.visits.services.log import edit_visit, log_visit
from crm.visits.services.matters import attach_note, detach_note, edit_concern
from crm.visits.services.state import (
    archive_visit,
    cancel_visit,
    plan_again,
    postpone_visit,
    restore_visit,
)

__all__ = [
    "archive_visit",
    "attach_note",
    "cancel_visit",
    "detach_note",
    "discard_draft",
    "edit_concern",
    "edit_visit",
    "log_visit",
    "plan_again",
    "postpone_visit",
    "restore_visit",
    "save_draft",
]
