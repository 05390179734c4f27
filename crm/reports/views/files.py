"""A report as file: PDF, DOCX, XLSX."""

from __future__ import annotations

import re
from tempfile import TemporaryFile
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from crm.errors import Conflict
from crm.policy import Permission
from crm.reports import queries
from crm.reports.content import Content, content_of
from crm.reports.documents.docx import report_docx
from crm.reports.documents.pdf import report_pdf
from crm.reports.documents.xlsx import write_xlsx
from crm.reports.models import Report
from crm.reports.views.blueprint import bp
from crm.text import search_key
from crm.web.access import current_actor, requires
from crm.web.agency import agency_name

_OFFICE = "application/vnd.openxmlformats-officedocument"
_WORD = f"{_OFFICE}.wordprocessingml.document"
_EXCEL = f"{_OFFICE}.spreadsheetml.sheet"
_LONGEST_NAME = 60
_NOT_IN_A_NAME = re.compile(r"[^0-9a-z]+")


@bp.get("/reports/<uuid:report_id>.pdf")
@requires(Permission.REPORT_READ)
def pdf(report_id: UUID) -> ResponseReturnValue:
    """Hand the report out to be read."""
    report, content = _ready(report_id)
    return _file(content, "pdf", report_pdf(content, agency=_agency(report)), "application/pdf")


@bp.get("/reports/<uuid:report_id>.docx")
@requires(Permission.REPORT_READ)
def docx(report_id: UUID) -> ResponseReturnValue:
    """Hand the report out to be edited."""
    report, content = _ready(report_id)
    return _file(content, "docx", report_docx(content, agency=_agency(report)), _WORD)


@bp.get("/reports/<uuid:report_id>.xlsx")
@requires(Permission.REPORT_READ)
def xlsx(report_id: UUID) -> ResponseReturnValue:
    """Hand the figures out."""
    report, content = _ready(report_id)
    with TemporaryFile() as file:
        write_xlsx(content, file, agency=_agency(report))
        file.seek(0)
        return _file(content, "xlsx", file.read(), _EXCEL)


def _ready(report_id: UUID) -> tuple[Report, Content]:
    report = queries.get(current_actor(), report_id)
    if report.figures is None:
        raise Conflict("report_not_ready")
    return report, content_of(report)


def _agency(report: Report) -> str:
    return agency_name(report.body.name)


def _file(content: Content, ending: str, body: bytes, mimetype: str) -> Response:
    name = _NOT_IN_A_NAME.sub("-", search_key(content.title))[:_LONGEST_NAME].strip("-")
    response = Response(body, content_type=mimetype)
    filename = "-".join(filter(None, (name, content.reference)))
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}.{ending}"'
    return response
