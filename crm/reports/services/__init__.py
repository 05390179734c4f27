"""What is done with activity reports: drawn up, written, counted, finished, archived."""

from crm.reports.services.drawing_up import (
    LONGEST_QUARTERLY,
    MOST_QUARTERLY_LINES,
    ReportDraft,
    change_report,
    draw_up,
    write_chapter,
)
from crm.reports.services.making import WORK, make_soon, make_waiting_reports
from crm.reports.services.state import archive, cancel, count_again, finish, reopen, restore

__all__ = [
    "LONGEST_QUARTERLY",
    "MOST_QUARTERLY_LINES",
    "WORK",
    "ReportDraft",
    "archive",
    "cancel",
    "change_report",
    "count_again",
    "draw_up",
    "finish",
    "make_soon",
    "make_waiting_reports",
    "reopen",
    "restore",
    "write_chapter",
]
