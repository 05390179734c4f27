"""What people do with visits, one use case per module."""

from crm.visits.services.drafts import (
    discard_draft,
    discard_edit,
    keep_edit,
    save_draft,
    take_edit_back,
)
from crm.visits.services.log import edit_visit, log_visit
from crm.visits.services.matters import attach_note, detach_note, edit_concern
from crm.visits.services.offers import mark_offer
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
    "discard_edit",
    "edit_concern",
    "edit_visit",
    "keep_edit",
    "log_visit",
    "mark_offer",
    "plan_again",
    "postpone_visit",
    "restore_visit",
    "save_draft",
    "take_edit_back",
]
