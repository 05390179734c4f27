"""CSV that a German Excel opens as it was meant: complete, inert, faithful."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from crm.clock import BERLIN

BOM = "\ufeff"
# A formula starts like this (OWASP, "CSV Injection"); a number or a phone number does not
_FORMULA = ("=", "@", "\t", "\r")
_SIGNS = ("+", "-")
_NUMBER_OR_PHONE = re.compile(r"[+-][0-9][0-9 ()/.,-]*")

Cell = str | int | bool | Decimal | date | datetime | time | None


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _none: "",
    bool: lambda is_so: "1" if is_so else "0",
    int: str,
    Decimal: lambda number: str(number).replace(".", ","),
    date: lambda day: day.strftime("%d.%m.%Y"),
    time: lambda at: at.strftime("%H:%M"),
    datetime: lambda moment: moment.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M"),
}


def cell(value: Cell) -> str:
    """Return `value` as one cell: dates as 22.11.2026, texts that would be formulas behind a '."""
    if not isinstance(value, str):
        return _WRITTEN[type(value)](value)
    is_formula = value.startswith(_FORMULA) or (
        value.startswith(_SIGNS) and not _NUMBER_OR_PHONE.fullmatch(value)
    )
    return f"'{value}" if is_formula else value


def csv_lines(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, lines_at_once: int = 500
) -> Iterator[str]:
    """Yield a CSV file in pieces: BOM, `;`, CRLF, one header line, then the rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([cell(name) for name in header])
    # The header leaves at once: the first byte does not wait for the first rows
    yield buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % lines_at_once == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
