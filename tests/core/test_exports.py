from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from crm.exports import BOM, Cell, cell, csv_lines
from tests.naughty import NAUGHTY


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        ("Häusler GmbH", "Häusler GmbH"),
        (date(2026, 11, 2), "02.11.2026"),
        (datetime(2026, 7, 1, 12, 30, tzinfo=UTC), "01.07.2026 14:30"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "01.01.2027 00:30"),
        (time(9, 5), "09:05"),
        (True, "1"),
        (False, "0"),
        (42, "42"),
        (-5, "-5"),
        (Decimal("1.50"), "1,50"),
        (Decimal("-1.50"), "-1,50"),
    ],
)
def test_a_value_looks_as_a_german_excel_reads_it(value: Cell, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "-cmd", "+cmd|x", "-2+3+cmd|x",
        "+", "-", "- Punkt", "+-5", "--5", "+A1", "-1+1", "+1*2", "-@SUM(1)", "+49abc", "-5=A1",
        '-5"', "-5;=1", "+1 2 3\n=1",
    ],
    ids=ascii,
)  # fmt: skip
def test_what_could_be_a_formula_is_made_inert(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["+49 391 123456", "+49 (0) 391/123-45", "+493911234", "-5", "-5,50", "+5", "-1.234,56",
     "+49-391-123", "1=1", "a@b.example", " =1", "'=1", "(+49)"],
)  # fmt: skip
def test_numbers_and_phone_numbers_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def _read(text: str) -> list[list[str]]:
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=";"))


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    rows = _read("".join(csv_lines(["Notiz", "Ende"], [[text, "x"]])))

    assert rows == [["Notiz", "Ende"], [cell(text), "x"]]
    assert cell(text) in {text, f"'{text}"}


def test_separators_quotes_and_line_ends_come_back() -> None:
    text = 'er sagte: "ja";\nund ging, ok'

    assert _read("".join(csv_lines(["a"], [[text]])))[1] == [text]


def test_lines_end_as_excel_wants_it() -> None:
    assert "".join(csv_lines(["a", "b"], [["1", "2"]])) == f"{BOM}a;b\r\n1;2\r\n"


def test_the_header_leaves_before_the_first_row_is_read() -> None:
    rows = iter([["1"], ["2"]])

    assert next(csv_lines(["Datum"], rows)) == f"{BOM}Datum\r\n"
    assert list(rows) == [["1"], ["2"]]


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1001])
def test_every_row_is_there_once(count: int) -> None:
    rows = _read("".join(csv_lines(["Nr"], ([n] for n in range(count)))))

    assert [row[0] for row in rows[1:]] == [str(n) for n in range(count)]
