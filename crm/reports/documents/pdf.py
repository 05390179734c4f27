"""A report as tagged PDF."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _

from crm.documents import compile_pdf
from crm.reports.content import ChapterContent, Content, TableContent
from crm.reports.models import ReportKind
from crm.web.rendering import language


def report_pdf(content: Content, *, agency: str) -> bytes:
    """Return the report as PDF in the current language."""
    return compile_pdf("activity_report", pdf_data(content, agency=agency))


def pdf_data(content: Content, *, agency: str) -> dict[str, Any]:
    """Return what the template prints."""
    data: dict[str, Any] = {
        "language": language(),
        "agency": agency,
        "title": content.title,
        "subject": content.period,
        "reference": content.reference,
        "document": {
            "title": content.title,
            "author": agency,
            # Not the day of printing: the same report gives the same file
            "date": content.key_date.isoformat(),
        },
        "page": _("Seite %(page)s von %(pages)s", page="{page}", pages="{pages}"),
        "missing_characters": _(
            "Einzelne Zeichen konnten nicht dargestellt werden und sind durch □ ersetzt."
        ),
        "facts": [{"label": label, "values": [value]} for label, value in content.facts],
        "is_compact": content.kind is ReportKind.QUARTERLY,
        "is_page_each": content.kind is ReportKind.MUNICIPAL,
        "nothing": _("In diesem Zeitraum ist nichts erfasst.") if content.is_empty else "",
        "chapters": [_chapter(chapter) for chapter in content.printed],
        "remarks": content.remarks,
        "remarks_heading": _("Hinweise zu den Zahlen"),
    }
    marks = marks_of(content)
    return data | ({"internal": " · ".join(marks)} if marks else {})


def marks_of(content: Content) -> list[str]:
    """Return what stands at the head of every page."""
    marks = [_("Entwurf")] if content.is_draft else []
    return [*marks, _("Nicht öffentlich")] if content.kind is ReportKind.INTERNAL else marks


def _chapter(chapter: ChapterContent) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "text": chapter.text,
        "blank": _("Hierzu ist im Zeitraum nichts erfasst.") if chapter.is_blank else "",
        "sections": [
            {
                "title": section.title,
                "tables": [drawable(table) for table in section.tables if table.says_something],
                "namings": [asdict(naming) for naming in section.namings],
            }
            for section in chapter.sections
        ],
    }


def drawable(table: TableContent) -> dict[str, Any]:
    """Return a table as the templates print and draw it."""
    return {
        "key": table.key,
        "title": table.title,
        "columns": table.columns,
        "chart": table.chart,
        "alternative": table.alternative,
        "rows": [
            {
                "label": row.label,
                "short": row.short,
                "cells": [cell.text for cell in row.cells],
                "shares": [cell.share for cell in row.cells],
            }
            for row in table.rows
        ],
    }
