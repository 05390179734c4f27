"""A report as people read it, in their language: the same for the page and for every file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _

from crm.reports.figures import HIDDEN, Figures, Naming, Section, Table, Value
from crm.reports.models import Chapter, Report, ReportChapter, ReportKind
from crm.reports.wording import (
    NAMING_COLUMNS,
    NAMINGS,
    TABLES,
    column_label,
    row_label,
    short_month,
    span_label,
)
from crm.web.rendering import day, day_and_time, number
from crm.web.words import word

HIDDEN_SIGN = "*"
_NOTHING = "–"
# Tables that a chart shows at a glance: upright for what follows in time
_CHARTS = {"months": "columns", "topics": "bars", "outcomes": "bars", "places": "bars"}
_MOST_BARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value as it is read; `share` of the largest one of its table, in percent."""

    text: str
    value: Value
    share: int = 0

    @property
    def is_hidden(self) -> bool:
        """Whether the value is not told."""
        return self.value == HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row with its name."""

    label: str
    short: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContent:
    """A table with heads; `chart` is how to draw it, `alternative` what its drawing says."""

    key: str
    title: str
    columns: list[str]
    rows: list[TableRow]
    chart: str = ""
    alternative: str = ""

    @property
    def says_something(self) -> bool:
        """Whether any value is more than nothing."""
        return any(cell.value for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingContent:
    """A list of names with heads."""

    title: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContent:
    """Tables under one heading; the heading is empty but for municipalities."""

    title: str
    tables: list[TableContent]
    namings: list[NamingContent]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterContent:
    """A chapter: its text and its figures."""

    id: UUID
    chapter: Chapter
    title: str
    text: str
    is_carried: bool
    sections: list[SectionContent]

    @property
    def awaits_text(self) -> bool:
        """Whether it has no figures by its nature, and no text yet."""
        return not self.text and not any(s.tables or s.namings for s in self.sections)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read."""
        return not self.text and not any(
            section.namings or any(table.says_something for table in section.tables)
            for section in self.sections
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole report."""

    title: str
    kind: ReportKind
    version: str
    period: str
    reference: str
    facts: list[tuple[str, str]]
    key_date: date
    frozen_at: datetime
    is_draft: bool
    is_empty: bool
    # What a sign or a cut period means; said once, below the whole
    remarks: list[str]
    chapters: list[ChapterContent]
    left_out: list[ChapterContent] = field(default_factory=list)

    @property
    def printed(self) -> list[ChapterContent]:
        """Return the chapters of a file: one of texts alone without a text is none."""
        return [chapter for chapter in self.chapters if not chapter.awaits_text]


def content_of(report: Report) -> Content:
    """Return what a report whose figures are counted says, in the current language.

    report  with chapters, author and body
    """
    assert report.figures is not None
    assert report.frozen_at is not None
    figures = Figures.from_json(report.figures)
    chapters = [
        _chapter(report, chapter, [s for s in figures.sections if s.chapter is chapter.chapter])
        for chapter in report.chapters
    ]
    included = {chapter.chapter for chapter in report.chapters if chapter.is_included}
    return Content(
        title=report.title,
        kind=report.kind,
        version=word(report.kind),
        period=f"{day(report.since)} – {day(report.until)}",
        reference=report.reference,
        facts=_facts(report),
        key_date=report.key_date,
        frozen_at=report.frozen_at,
        is_draft=not report.is_finished,
        is_empty=figures.is_empty,
        remarks=list(_remarks(report, figures)),
        chapters=[chapter for chapter in chapters if chapter.chapter in included],
        left_out=[chapter for chapter in chapters if chapter.chapter not in included],
    )


def _facts(report: Report) -> list[tuple[str, str]]:
    label = span_label(report.since, report.until)
    days = f"{day(report.since)} – {day(report.until)}"
    return [
        (_("Träger"), report.body.name),
        (_("Zeitraum"), days if label == days else f"{label} ({days})"),
        (_("Fassung"), word(report.kind)),
        (_("Stichtag"), day(report.key_date)),
        (_("Stand der Daten"), day_and_time(report.frozen_at)),
    ]


def _remarks(report: Report, figures: Figures) -> Iterator[str]:
    if report.key_date < report.until:
        yield _(
            "Gezählt ist bis zum Stichtag %(day)s, auch im Vorjahr bis zum selben Tag.",
            day=day(report.key_date),
        )
    if any(
        value == HIDDEN
        for section in figures.sections
        for table in section.tables
        for row in table.rows
        for value in row.values
    ):
        yield _(
            "%(sign)s Nicht ausgewiesen: Dahinter stehen weniger als %(count)s Organisationen, oder"
            " eine solche Zahl ließe sich daraus errechnen.",
            sign=HIDDEN_SIGN,
            count=figures.smallest,
        )
    yield _(
        "Besuche sind Gespräche vor Ort oder im Haus mit Unternehmen und Gründungen; andere"
        " Gespräche und Gespräche mit Partnern sind getrennt gezählt."
    )


def _chapter(report: Report, chapter: ReportChapter, sections: list[Section]) -> ChapterContent:
    return ChapterContent(
        id=chapter.id,
        chapter=chapter.chapter,
        title=word(chapter.chapter),
        text=chapter.text,
        is_carried=chapter.is_carried,
        sections=[
            SectionContent(
                title=section.municipality,
                tables=[_table(report, table) for table in section.tables],
                namings=[_naming(naming) for naming in section.namings],
            )
            for section in sections
        ],
    )


def _table(report: Report, table: Table) -> TableContent:
    compared = [
        value for row in table.rows for value in row.values[:2] if isinstance(value, int | float)
    ]
    largest = max(compared, default=0)
    rows = [
        TableRow(
            label=row_label(table.key, row),
            short=short_month(row.key) if table.key == "months" else row_label(table.key, row),
            cells=[
                _cell(value, largest, blank="" if column == "target" else _NOTHING)
                for column, value in zip(table.columns, row.values, strict=True)
            ],
        )
        for row in table.rows
    ]
    content = TableContent(
        key=table.key,
        title=str(TABLES[table.key]),
        columns=[column_label(column, report.since, report.until) for column in table.columns],
        rows=rows,
        chart=_CHARTS.get(table.key, "") if largest and len(rows) > 1 else "",
    )
    return content if not content.chart else _drawn(content)


def _drawn(table: TableContent) -> TableContent:
    told = "; ".join(
        f"{row.label}: {row.cells[0].text} ({table.columns[1]}: {row.cells[1].text})"
        for row in table.rows[:_MOST_BARS]
    )
    alternative = _(
        "Diagramm „%(title)s“. %(values)s. Alle Werte stehen in der Tabelle darunter.",
        title=table.title,
        values=told,
    )
    return TableContent(
        key=table.key,
        title=table.title,
        columns=table.columns,
        rows=table.rows,
        chart=table.chart,
        alternative=alternative,
    )


def _cell(value: Value, largest: float, *, blank: str) -> Cell:
    if value == HIDDEN:
        return Cell(text=HIDDEN_SIGN, value=value)
    if value is None:
        return Cell(text=blank, value=value)
    share = round(100 * value / largest) if largest else 0
    return Cell(text=number(value), value=value, share=min(share, 100))


def _naming(naming: Naming) -> NamingContent:
    rows = [list(row) for row in naming.rows]
    if naming.key == "solved":
        rows = [[*row[:-1], day(date.fromisoformat(row[-1]))] for row in rows]
    return NamingContent(
        title=str(NAMINGS[naming.key]),
        columns=[str(column) for column in NAMING_COLUMNS[naming.key]],
        rows=rows,
    )
