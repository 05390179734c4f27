"""CSV that a German Excel opens as it was meant: complete, inert, faithful."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from crm.clock import BERLIN

BOM = "\ufeff"
# A formula starts like this (OWASP, "CSV Injection"); a number or a phone number does not
_FORMULA = re.compile(r"^[=@\t\r]")
_SIGNED = re.compile(r"^[+-]")
_NUMBER_OR_PHONE = re.compile(r"^[+-][0-9][0-9 ()/.,-]*$")

Cell = str | int | bool | Decimal | date | datetime | time | None


def cell(value: Cell) -> str:
    """Return `value` as one cell: dates as 22.11.2026, texts that would be formulas behind a '."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case time():
            return value.strftime("%H:%M")
        case bool():
            return "1" if value else "0"
        case Decimal():
            return str(value).replace(".", ",")
        case int():
            return str(value)
    if _FORMULA.match(value) or (_SIGNED.match(value) and not _NUMBER_OR_PHONE.match(value)):
        return f"'{value}"
    return value


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
