"""The figures of a report as XLSX: a sheet a chapter, real numbers, never a formula."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import IO, Any

from flask_babel import gettext as _
from xlsxwriter import Workbook

from crm.clock import BERLIN
from crm.reports.content import Cell, ChapterContent, Content, NamingContent, TableContent

# https://support.microsoft.com/en-us/office/rename-a-worksheet-3f1f7148-ee83-404d-8ef0-9ff99fbad1f9
_LONGEST_SHEET_NAME = 31
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LABEL_WIDTH, _NUMBER_WIDTH = 58, 16
_PLAIN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_xlsx(content: Content, file: IO[bytes], *, agency: str) -> None:
    """Write the figures into an open file in the current language."""
    with Workbook(file, _PLAIN) as book:
        created = datetime.combine(content.key_date, time(12), tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": content.title, "author": agency, "created": created})
        styles = _Styles(book)
        _cover(book, styles, content)
        names: set[str] = set()
        for chapter in content.chapters:
            if not chapter.awaits_text:
                _sheet(book, styles, chapter, _sheet_name(chapter.title, names))


class _Styles:
    """How cells look."""

    def __init__(self, book: Workbook):
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.number_head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "align": "right"}
        )
        self.whole = book.add_format({"num_format": "#,##0"})
        self.broken = book.add_format({"num_format": "#,##0.0"})
        self.sign = book.add_format({"align": "right"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        self.moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})


def _cover(book: Workbook, styles: _Styles, content: Content) -> None:
    sheet = book.add_worksheet(_("Übersicht"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, content.title, styles.title)
    row = 2
    for label, value in content.facts:
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)
        row += 1
    for label, moment, style in (
        (_("Stichtag als Datum"), datetime.combine(content.key_date, time()), styles.day),
        (
            _("Stand der Daten als Datum"),
            content.frozen_at.astimezone(BERLIN).replace(tzinfo=None),
            styles.moment,
        ),
    ):
        sheet.write_string(row, 0, label)
        sheet.write_datetime(row, 1, moment, style)
        row += 1
    row += 1
    if content.is_empty:
        sheet.write_string(row, 0, _("In diesem Zeitraum ist nichts erfasst."))
        row += 2
    for remark in content.remarks:
        sheet.write_string(row, 0, remark)
        row += 1


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that Excel takes, unlike those before it."""
    base = _NOT_IN_A_SHEET_NAME.sub(" ", title)[:_LONGEST_SHEET_NAME].strip()
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[: _LONGEST_SHEET_NAME - 3]} {number}"
    taken.add(name.casefold())
    return name


def _sheet(book: Workbook, styles: _Styles, chapter: ChapterContent, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 5, _NUMBER_WIDTH)
    sheet.write_string(0, 0, chapter.title, styles.title)
    row = 2
    if chapter.text:
        sheet.write_string(row, 0, chapter.text, styles.text)
        row += 2
    for section in chapter.sections:
        if section.title:
            sheet.write_string(row, 0, section.title, styles.title)
            row += 1
        for table in section.tables:
            row = _table(sheet, styles, table, row) + 1
        for naming in section.namings:
            row = _naming(sheet, styles, naming, row) + 1


def _table(sheet: Any, styles: _Styles, table: TableContent, row: int) -> int:
    sheet.write_string(row, 0, table.title, styles.head)
    for place, column in enumerate(table.columns, start=1):
        sheet.write_string(row, place, column, styles.number_head)
    for each in table.rows:
        row += 1
        sheet.write_string(row, 0, each.label)
        for place, cell in enumerate(each.cells, start=1):
            _value(sheet, styles, row, place, cell)
    return row + 1


def _value(sheet: Any, styles: _Styles, row: int, place: int, cell: Cell) -> None:
    if isinstance(cell.value, str):
        sheet.write_string(row, place, cell.text, styles.sign)
    elif cell.value is not None:
        style = styles.broken if isinstance(cell.value, float) else styles.whole
        sheet.write_number(row, place, cell.value, style)


def _naming(sheet: Any, styles: _Styles, naming: NamingContent, row: int) -> int:
    sheet.write_string(row, 0, naming.title, styles.title)
    row += 1
    for place, column in enumerate(naming.columns):
        sheet.write_string(row, place, column, styles.head)
    for names in naming.rows:
        row += 1
        for place, text in enumerate(names):
            sheet.write_string(row, place, text)
    return row + 1
