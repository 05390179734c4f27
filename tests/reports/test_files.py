"""The files of a report: of the same frozen figures, readable by everyone, and of nothing else."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from uuid import UUID

import pytest

from crm.accounts.models import Person
from crm.clock import today
from crm.concerns.models import Stage
from crm.policy import Role
from crm.reports import services
from crm.reports.models import Chapter, Report, ReportKind
from crm.visibility import Visibility
from tests.documents.pdf import Pdf, squeezed
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser
from tests.reports.office import Excel, Word
from tests.reports.steps import YEAR, chapter_of, drawn_up, places, value

WORD, EXCEL = "wordprocessingml.document", "spreadsheetml.sheet"


def _pdf(person: Browser, report: Report) -> Pdf:
    return Pdf(person.download("reports.pdf", report_id=report.id).data)


def _word(person: Browser, report: Report) -> Word:
    return Word(person.download("reports.docx", report_id=report.id).data)


def _excel(person: Browser, report: Report) -> Excel:
    return Excel(person.download("reports.xlsx", report_id=report.id).data)


def _write(make: Make, person: Person, chapter_id: UUID, text: str) -> None:
    services.write_chapter(make.actor(person), chapter_id, text=text, is_included=True, version=1)


def _year(make: Make) -> Person:
    """Make a year of visits in two municipalities, a few of them of a small group."""
    for number, company in enumerate(places(make, 5)):
        for _ in range(number + 1):
            make.visit(organisation=company, topics=["sites", "training"])
        make.concern(f"Anliegen {number}", organisation=company, stage=Stage.CLOSED, topic="sites")
    for company in places(make, 4, municipality="Beispielau"):
        make.visit(organisation=company, visited_on=date(YEAR, 1, 1), topics=["training"])
    return make.person(Role.MANAGER)


@pytest.mark.parametrize("kind", ReportKind)
def test_all_files_say_the_frozen_figures(kind: ReportKind, make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager, kind)
    me = browser.signed_in_as(manager)
    visits = value(report, Chapter.WORK, "work", "visits")
    # Whatever happens later
    make.visit()

    row = "Besuche bei Unternehmen und Gründungen"
    assert visits == 19
    assert squeezed(f"{row}190") in _pdf(me, report).text
    assert _word(me, report).table("Auf einen Blick")[row] == ["19", "0"]
    assert _excel(me, report).rows("Was wir getan haben")[row] == [19, 0]
    page = me.open("reports.show", report_id=report.id)
    assert f"{row} 19 0" in page.texts("#work tbody tr")


def test_files_are_handed_out_as_what_they_are(make: Make, browser: Browser) -> None:
    report = drawn_up(make, make.person(Role.MANAGER), title="Bericht über Äpfel & Öl / 2026")
    reader = browser.signed_in_as(make.person(Role.READER))

    for ending, kind in (("pdf", "application/pdf"), ("docx", WORD), ("xlsx", EXCEL)):
        answer = reader.download(f"reports.{ending}", report_id=report.id)

        assert answer.status_code == HTTPStatus.OK
        assert answer.content_type.endswith(kind)
        name = f'"bericht-ueber-aepfel-oel-2026-{report.reference}.{ending}"'
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx"])
def test_the_same_report_gives_the_same_file(ending: str, make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager)
    me = browser.signed_in_as(manager)

    first, second = (me.download(f"reports.{ending}", report_id=report.id).data for _ in range(2))

    assert first == second


@pytest.mark.parametrize("kind", ReportKind)
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_pdf_claims_both_standards_and_keeps_what_they_ask(
    language: str, kind: ReportKind, make: Make, browser: Browser
) -> None:
    report = drawn_up(make, _year(make), kind)
    reader = browser.signed_in_as(make.person(Role.READER, language=language))

    pdf = _pdf(reader, report)

    assert pdf.claims() == {"uaid part": "1", "aid part": "2", "aid conformance": "A"}
    assert pdf.root.MarkInfo.Marked
    assert str(pdf.root.Lang) == language
    assert all(dict(pdf.fonts()).values())
    assert pdf.info["/Title"] == report.title
    tags = pdf.tags()
    assert [tag for tag in tags if tag.startswith("H")][:2] == ["H1", "H2"]
    assert "Table" in tags
    assert "TH" in tags


def test_charts_are_figures_with_their_values_as_text(make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager)
    me = browser.signed_in_as(manager)

    pdf, word = _pdf(me, report), _word(me, report)

    assert pdf.tags().count("Figure") >= 2
    alternative = "Diagramm„WorübergesprochenwurdeAusbildung:19"
    told = pdf.hidden.replace("“.", "")
    assert squeezed(alternative) in told
    pictures = list(word.document.element.body.iter("{*}docPr"))
    assert len(pictures) == pdf.tags().count("Figure")
    assert all(picture.get("descr", "").startswith("Diagramm „") for picture in pictures)


def test_a_quarterly_report_has_two_pages_whatever_is_written(make: Make, browser: Browser) -> None:
    manager = _year(make)
    for slug in ("outlook", "succession", "skilled-labour", "funding", "markets"):
        for company in places(make, 3):
            make.visit(organisation=company, topics=[slug])
    for company in places(make, 3):
        make.concern(organisation=company, stage=Stage.CLOSED, jobs_secured=4, investment=50_000)
    report = drawn_up(make, manager, ReportKind.QUARTERLY)
    longest = ("wort " * 15 + "\n") * 10
    for chapter in (Chapter.WORK, Chapter.CARE, Chapter.OUTLOOK):
        key = chapter_of(make, report, chapter).id
        make.run(partial(_write, make, manager, key, longest[: services.LONGEST_QUARTERLY]))

    pdf = _pdf(browser.signed_in_as(manager), report)

    assert len(pdf.pages) == 2


def test_each_municipality_has_a_page(make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager, ReportKind.MUNICIPAL)

    pages = _pdf(browser.signed_in_as(manager), report).pages

    first = [page.splitlines()[1:4] for page in pages]
    assert sum("Beispielau" in " ".join(lines) for lines in first) == 1
    assert sum("Musterstadt" in " ".join(lines) for lines in first) == 1


def test_headings_and_language_of_the_document_are_real(make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager)
    chapter = chapter_of(make, report, Chapter.OUTLOOK)
    text = "Erster Absatz.\nZweite Zeile.\n\nZweiter Absatz."
    make.run(partial(_write, make, manager, chapter.id, text))

    word = _word(browser.signed_in_as(manager), report)

    assert ("Title", report.title) in word.paragraphs
    assert ("Heading 1", "Bestandspflege") in word.paragraphs
    assert ("Normal", "Erster Absatz.\nZweite Zeile.") in word.paragraphs
    assert ("Normal", "Zweiter Absatz.") in word.paragraphs
    assert 'w:val="de-DE"' in word.parts
    assert "w:tblHeader" in word.parts


def test_the_table_holds_numbers_and_days(make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager)

    excel = _excel(browser.signed_in_as(manager), report)

    assert excel.rows("Bestandspflege")["Ausbildung"] == [19, 0]
    [key_date] = excel.rows("Übersicht")["Stichtag als Datum"]
    assert isinstance(key_date, datetime)
    assert key_date.date() == today()
    assert excel.formulas() == []


def test_a_hidden_value_is_a_sign_everywhere(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    for company in places(make, 2):
        make.visit(organisation=company)
    report = drawn_up(make, manager)
    me = browser.signed_in_as(manager)

    row = "Besuche bei Unternehmen und Gründungen"
    assert _excel(me, report).rows("Was wir getan haben")[row] == ["*", 0]
    assert squeezed(f"{row}*0") in _pdf(me, report).text
    assert _word(me, report).text.count("* Nicht ausgewiesen") == 1


def test_a_report_over_nothing_says_so_in_every_file(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    me = browser.signed_in_as(manager)

    sentence = "In diesem Zeitraum ist nichts erfasst."
    assert squeezed(sentence) in _pdf(me, report).text
    assert sentence in _word(me, report).text
    assert sentence in _excel(me, report).text


def test_what_is_not_public_says_so_on_every_page(make: Make, browser: Browser) -> None:
    manager = _year(make)
    report = drawn_up(make, manager, ReportKind.INTERNAL)

    pdf = _pdf(browser.signed_in_as(manager), report)

    assert all("Nicht öffentlich" in page for page in pdf.pages)
    assert all("Entwurf" in page for page in pdf.pages)


def test_no_file_names_what_is_hidden(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    for number in range(3):
        company = make.organisation(f"Kanarienvogel {number}")
        make.visit(organisation=company, visibility=Visibility.TEAM, summary="Kanarienvogel")
        make.concern(
            "Kanarienvogel",
            organisation=company,
            visibility=Visibility.MANAGERS,
            stage=Stage.CLOSED,
        )
    report = drawn_up(make, manager, ReportKind.INTERNAL)
    me = browser.signed_in_as(manager)

    assert value(report, Chapter.WORK, "work", "visits") == 3
    pdf = _pdf(me, report)
    for text in (pdf.text, pdf.hidden, _word(me, report).parts, _excel(me, report).parts):
        assert "Kanarienvogel" not in text


def _survives(text: str) -> str:
    """Return what every file can hold of a text; a PDF may give fi back as one sign."""
    plain = unicodedata.normalize("NFC", text).replace("\ufb01", "fi").replace("\ufb02", "fl")
    return "".join(c for c in plain if c.isalnum() and ord(c) < 0x250)


def _is_legible(text: str) -> bool:
    """Tell whether a PDF gives the text back: whole on one page, with eight piled marks at most."""
    return len(text) < 1000 and sum(map(bool, map(unicodedata.combining, text))) <= 8


def test_any_text_comes_out_of_every_file_as_it_went_in(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    me = browser.signed_in_as(manager)
    texts = [text for text in NAUGHTY if text.strip()]
    report = drawn_up(make, manager, title="=1+1 & <b>{{ 7 * 7 }}</b> {% raw %} ]]>")
    chapters = list(Chapter)
    for place, chapter in enumerate(c for c in chapters if c is not Chapter.MUNICIPALITIES):
        key = chapter_of(make, report, chapter).id
        typed = "\n\n".join(texts[place::12])
        make.run(partial(_write, make, manager, key, typed))

    pdf, word, excel = _pdf(me, report), _word(me, report), _excel(me, report)

    for text in texts:
        if not (kept := _survives(text)):
            continue
        assert not _is_legible(text) or kept in _survives(pdf.text), text
        assert kept in _survives(word.text), text
        if len(text) < 20_000:
            assert kept in _survives(excel.text), text
    assert excel.formulas() == []
    assert "=1+1 & <b>{{ 7 * 7 }}</b> {% raw %} ]]>" in word.text
    assert "=1+1 & <b>{{ 7 * 7 }}</b> {% raw %} ]]>" in excel.text
    assert "49" not in word.paragraphs[0][1]


def test_an_organisation_of_any_name_is_named_in_every_file(make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    names = [text for text in NAUGHTY if text.strip() and len(text) <= 300]
    for name in names:
        make.visit(organisation=make.organisation(name, municipality=name))
    report = drawn_up(make, manager, ReportKind.INTERNAL)
    me = browser.signed_in_as(manager)

    excel, word, pdf = _excel(me, report), _word(me, report), _pdf(me, report)

    assert excel.formulas() == []
    for name in names:
        kept = _survives(name)
        for text in (excel.text, word.text):
            assert kept in _survives(text), name
        assert not _is_legible(name) or kept in _survives(pdf.text), name


def test_the_document_reads_back_whole(make: Make, browser: Browser) -> None:
    """What a control character or a bare & would have torn."""
    manager = _year(make)
    report = drawn_up(make, manager, title="Müller & Söhne < > \" '")
    answer = browser.signed_in_as(manager).download("reports.docx", report_id=report.id)

    assert Word(answer.data).paragraphs[0] == ("Title", "Müller & Söhne < > \" '")
    assert len(io.BytesIO(answer.data).getvalue()) > 10_000
