"""The blueprint of this package, and what its pages have counted."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app

from crm.reports import services

bp = Blueprint("reports", __name__)


def make_soon(report_id: UUID) -> bool:
    """Have a report's figures counted, by the settings; tell whether they are there already."""
    return services.make_soon(report_id, smallest=current_app.config["CRM"].smallest_group)
