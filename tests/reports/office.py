"""Read DOCX and XLSX as others would."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import openpyxl


class Word:
    """A DOCX."""

    def __init__(self, content: bytes):
        self.document: Any = docx.Document(io.BytesIO(content))
        self.parts = _parts(content)

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """Return style and text of each paragraph outside of tables."""
        return [(p.style.name, p.text) for p in self.document.paragraphs]

    @property
    def text(self) -> str:
        """Return all texts, those of tables too."""
        cells = [c.text for t in self.document.tables for row in t.rows for c in row.cells]
        return "\n".join([*(text for _style, text in self.paragraphs), *cells])

    def table(self, head: str) -> dict[str, list[str]]:
        """Return the rows of the table below a heading by their first cell."""
        body = list(self.document.element.body)
        place = next(i for i, e in enumerate(body) if _text(e) == head)
        table = next(e for e in body[place:] if e.tag.endswith("}tbl"))
        found = next(t for t in self.document.tables if t._tbl is table)
        rows = [[cell.text for cell in row.cells] for row in found.rows]
        return {first: rest for first, *rest in rows}


class Excel:
    """An XLSX."""

    def __init__(self, content: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.parts = _parts(content)

    def rows(self, sheet: str) -> dict[str, list[Any]]:
        """Return the rows of a sheet by their first cell."""
        rows = self.book[sheet].iter_rows(values_only=True)
        return {str(first): [v for v in rest if v is not None] for first, *rest in rows if first}

    @property
    def text(self) -> str:
        """Return all texts."""
        cells = [c for s in self.book.worksheets for row in s.iter_rows() for c in row if c.value]
        return "\n".join(str(cell.value) for cell in cells)

    def formulas(self) -> list[str]:
        """Return the cells that a program would compute."""
        cells = [c for s in self.book.worksheets for row in s.iter_rows() for c in row]
        return [str(cell.value) for cell in cells if cell.data_type == "f"]


def _text(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter() if t.tag.endswith("}t"))


def _parts(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        return "".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")
        )
