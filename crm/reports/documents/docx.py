"""A report as DOCX, to be edited: real headings and tables, charts as pictures with their text.

Data goes into the template as data: markup typed into a text is printed, never read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from flask_babel import gettext as _

from crm.documents import TEMPLATES, compile_picture
from crm.reports.content import ChapterContent, Content, NamingContent, TableContent
from crm.reports.documents.pdf import drawable, marks_of
from crm.web.rendering import language

TEMPLATE: Path = TEMPLATES / "activity_report.docx"
# What XML 1.0 cannot hold, and what docxtpl would take for its own marks
_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARAGRAPHS = re.compile(r"\n[ \u00a0]*\n\s*")
_LANGUAGES = {"de": "de-DE", "en": "en-GB"}
# Files of the same content are the same: https://reproducible-builds.org/docs/timestamps/
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def report_docx(content: Content, *, agency: str) -> bytes:
    """Return the report as DOCX in the current language."""
    template = DocxTemplate(str(TEMPLATE))
    pictures = _Pictures(template)
    data = _clean(
        {
            "title": content.title,
            "period": content.period,
            "reference": content.reference,
            "agency": agency,
            "marks": " · ".join(marks_of(content)),
            "facts": content.facts,
            "nothing": _("In diesem Zeitraum ist nichts erfasst.") if content.is_empty else "",
            "chapters": [_chapter(chapter, pictures) for chapter in content.printed],
            "remarks": content.remarks,
            "remarks_heading": _("Hinweise zu den Zahlen"),
        }
    )
    template.render(data, autoescape=True)
    document = template.docx
    _describe(document, pictures.alternatives)
    _speak(document, _LANGUAGES.get(language(), "de-DE"))
    core = document.core_properties
    core.title, core.author = _clean(content.title)[:255], _clean(agency)[:255]
    core.created = core.modified = datetime.combine(content.key_date, time(12), tzinfo=UTC)
    core.language = language()
    made = io.BytesIO()
    template.save(made)
    return _without_times(made.getvalue())


class _Pictures:
    """Draws charts, and remembers what each of them says."""

    def __init__(self, template: DocxTemplate):
        self._template = template
        self.alternatives: list[str] = []

    def of(self, table: TableContent) -> InlineImage | None:
        if not table.chart:
            return None
        self.alternatives.append(table.alternative)
        picture = compile_picture("chart", {"language": language(), "table": drawable(table)})
        return InlineImage(self._template, io.BytesIO(picture), width=Cm(16))


def _chapter(chapter: ChapterContent, pictures: _Pictures) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "paragraphs": _PARAGRAPHS.split(chapter.text.strip("\n")) if chapter.text else [],
        "blank": _("Hierzu ist im Zeitraum nichts erfasst.") if chapter.is_blank else "",
        "sections": [
            {
                "title": section.title,
                "tables": [_table(t, pictures) for t in section.tables if t.says_something],
                "namings": [_naming(naming) for naming in section.namings],
            }
            for section in chapter.sections
        ],
    }


def _table(table: TableContent, pictures: _Pictures) -> dict[str, Any]:
    return {
        "title": table.title,
        "name": _("Kennzahl"),
        "columns": table.columns,
        "picture": pictures.of(table),
        "rows": [
            {"label": row.label, "cells": [cell.text for cell in row.cells]} for row in table.rows
        ],
    }


def _naming(naming: NamingContent) -> dict[str, Any]:
    return {"title": naming.title, "columns": naming.columns, "rows": naming.rows}


def _clean(value: Any) -> Any:
    """Return `value` with every text in it as XML can hold it."""
    match value:
        case str():
            return _NOT_IN_XML.sub("", value)
        case Mapping():
            return {key: _clean(member) for key, member in value.items()}
        case list() | tuple():
            return [_clean(member) for member in value]
    return value


def _describe(document: Any, alternatives: list[str]) -> None:
    """Give each picture its alternative text, in the order in which they were drawn."""
    drawn = document.element.body.iter(qn("wp:docPr"))
    for properties, alternative in zip(drawn, alternatives, strict=True):
        properties.set("descr", _clean(alternative))


def _speak(document: Any, tag: str) -> None:
    """Say in which language the document is written."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for spoken in defaults.iter(qn("w:lang")):
        spoken.set(qn("w:val"), tag)


def _without_times(document: bytes) -> bytes:
    """Pack the parts anew without the moment of packing."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as parts,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as anew,
    ):
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, date_time=_ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            anew.writestr(entry, parts.read(part))
    return packed.getvalue()
