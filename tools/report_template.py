"""Make `documents/activity_report.docx`, the template of the report that people edit.

Styles, headings and tables are real ones, so that a table of contents, the navigation of a word
processor and a screen reader find them. Run it when this file changes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

TARGET = Path(__file__).resolve().parent.parent / "documents" / "activity_report.docx"
BLUE, INK, MUTED, LINE = "2043A7", "171A2B", "4D5378", "C9CDDE"
FONT = "Calibri"

_FIRST = Cm(4.5)


def main() -> None:
    """Write the template."""
    document = Document()
    _page(document)
    _styles(document)
    _body(document)
    core = document.core_properties
    core.title = core.author = core.comments = ""
    core.created = core.modified = datetime(2026, 1, 1, tzinfo=UTC)
    document.save(str(TARGET))


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.5), Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    header = section.header.paragraphs[0]
    header.text = "{{ agency }}{% if marks %} · {{ marks }}{% endif %}"
    footer = section.footer.paragraphs[0]
    footer.text = "{{ title }} {{ reference }} · "
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = footer.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # noqa: SLF001 - python-docx has no word for fields


def _styles(document: Any) -> None:
    styles = document.styles
    for name, size, colour, bold in (
        ("Normal", 10.5, INK, False),
        ("Title", 24, INK, True),
        ("Subtitle", 13, MUTED, False),
        ("Heading 1", 15, BLUE, True),
        ("Heading 2", 12, BLUE, True),
        ("Heading 3", 11, INK, True),
        ("Header", 9, MUTED, False),
        ("Footer", 9, MUTED, False),
        ("Caption", 9, MUTED, False),
    ):
        style = styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        style.font.italic = False
        style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.space_before = Pt(14)
        styles[name].paragraph_format.space_after = Pt(4)
        styles[name].paragraph_format.keep_with_next = True
    border = styles["Title"].element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        border.getparent().remove(border)


def _body(document: Any) -> None:
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{{ period }}", style="Subtitle")
    facts = _table(document, 2)
    _row(facts.rows[0], ["{%tr for label, value in facts %}", ""])
    _row(facts.add_row(), ["{{ label }}", "{{ value }}"])
    _row(facts.add_row(), ["{%tr endfor %}", ""])
    say = document.add_paragraph
    say("{%p if nothing %}")
    say("{{ nothing }}")
    say("{%p endif %}")
    say("{%p for chapter in chapters %}")
    say("{{ chapter.title }}", style="Heading 1")
    say("{%p for paragraph in chapter.paragraphs %}")
    say("{{ paragraph }}")
    say("{%p endfor %}")
    say("{%p if chapter.blank %}")
    say("{{ chapter.blank }}")
    say("{%p endif %}")
    say("{%p for section in chapter.sections %}")
    say("{%p if section.title %}")
    say("{{ section.title }}", style="Heading 2")
    say("{%p endif %}")
    say("{%p for table in section.tables %}")
    say("{{ table.title }}", style="Heading 3")
    say("{%p if table.picture %}")
    say("{{ table.picture }}")
    say("{%p endif %}")
    for columns in (1, 2, 3, 4):
        say(f"{{%p if table.columns | length == {columns} %}}")
        _figures(document, columns)
        say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p for naming in section.namings %}")
    say("{{ naming.title }}", style="Heading 3")
    for columns in (2, 3):
        say(f"{{%p if naming.columns | length == {columns} %}}")
        _names(document, columns)
        say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p endfor %}")
    say("{%p endfor %}")
    say("{{ remarks_heading }}", style="Heading 1")
    say("{%p for remark in remarks %}")
    say("{{ remark }}", style="Caption")
    say("{%p endfor %}")


def _figures(document: Any, columns: int) -> None:
    table = _table(document, columns + 1, first=Cm(16.5 - 2.6 * columns))
    heads = ["{{ table.name }}", *(f"{{{{ table.columns[{n}] }}}}" for n in range(columns))]
    _row(table.rows[0], heads, head=True, numbers=True)
    _row(table.add_row(), ["{%tr for row in table.rows %}", *[""] * columns])
    cells = ["{{ row.label }}", *(f"{{{{ row.cells[{n}] }}}}" for n in range(columns))]
    _row(table.add_row(), cells, numbers=True)
    _row(table.add_row(), ["{%tr endfor %}", *[""] * columns])


def _names(document: Any, columns: int) -> None:
    table = _table(document, columns, first=Cm(16.5 - 4.5 * (columns - 1)))
    _row(table.rows[0], [f"{{{{ naming.columns[{n}] }}}}" for n in range(columns)], head=True)
    _row(table.add_row(), ["{%tr for row in naming.rows %}", *[""] * (columns - 1)])
    _row(table.add_row(), [f"{{{{ row[{n}] }}}}" for n in range(columns)])
    _row(table.add_row(), ["{%tr endfor %}", *[""] * (columns - 1)])


def _table(document: Any, columns: int, *, first: int = _FIRST) -> Any:
    """Add a table of one row with lines between its rows."""
    table = document.add_table(rows=1, cols=columns)
    table.autofit = False
    rest = (Cm(16.5) - first) // (columns - 1)
    for number, column in enumerate(table.columns):
        column.width = first if number == 0 else rest
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)  # noqa: SLF001
    return table


def _row(row: Any, texts: list[str], *, head: bool = False, numbers: bool = False) -> None:
    for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = row.table.columns[number].width
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text)
        run.bold = True if head else None
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.paragraph_format.space_after = Pt(2)
        if numbers and number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if head:
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001
        properties.append(OxmlElement("w:tblHeader"))


if __name__ == "__main__":
    main()
