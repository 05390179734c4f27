"""The blueprint of this package, its filters of templates, and where its pages lead back to."""

from __future__ import annotations

from flask import Blueprint, request

from crm.concerns.wording import (
    benefit_of,
    clock,
    clock_kind,
    course_of,
    result,
    result_kind,
    standing,
)
from crm.web.resume import is_own_path

bp = Blueprint("concerns", __name__)
bp.add_app_template_filter(benefit_of, "benefit_of")
bp.add_app_template_filter(clock, "clock")
bp.add_app_template_filter(clock_kind, "clock_kind")
bp.add_app_template_filter(course_of, "course_of_procedure")
bp.add_app_template_filter(result, "concern_result")
bp.add_app_template_filter(result_kind, "concern_result_kind")
bp.add_app_template_filter(standing, "standing")

# A notice carries it, and notices ride in a cookie
_LONGEST_BACK = 400


def kept_back() -> str:
    """Return the page that the person came from, for the next step; empty for none of ours."""
    back = request.values.get("back", "")
    return back if len(back) <= _LONGEST_BACK and is_own_path(back) else ""
