"""Any text becomes a valid PDF that shows it, and none is ever read as markup."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from crm.documents import compile_pdf
from tests.documents.pdf import Pdf, squeezed

NOTICE = "Einzelne Zeichen konnten nicht dargestellt werden"


def _data(text: str, **more: Any) -> dict[str, Any]:
    """Return the least that the visit report prints, with `text` in every place."""
    return {
        "language": "de",
        "agency": text,
        "title": "Besuchsbericht",
        "subject": text,
        "reference": "B-00000",
        "file_reference": text,
        "document": {"title": text, "author": text, "date": "2026-11-20"},
        "page": "Seite {page} von {pages}",
        "missing_characters": f"{NOTICE}.",
        "internal": "Für die Akte",
        "facts": [{"label": "Anlass", "values": [text]}],
        "summary": text,
        "notes_heading": "Gesprächspunkte",
        "notes": [
            {
                "topic": text,
                "text": text,
                "flag": {"kind": "watch", "word": "Beobachten"},
                "marks": [text],
                "concern": {"title": "Anliegen", "text": text, "lines": [text]},
            }
        ],
        "follow_ups_heading": "Wiedervorlagen",
        "follow_ups_columns": ["Was", "Wer", "Bis wann", "Zugesagt", "Status"],
        "follow_ups": [[[text, text], [text], ["27.11.2026"], ["ja"], [text, text]]],
    } | more


def _pdf(text: str, **more: Any) -> Pdf:
    return Pdf(compile_pdf("visit_report", _data(text, **more)))


@pytest.mark.parametrize(
    "text",
    [
        "#panic()",
        '#read("visit_report.typ")',
        '#import "look.typ": data',
        "$x$ kostet 3 $",
        "*fett* _kursiv_ `roh`",
        "@ref <label>",
        r"\ Rückstrich \u{41} \\",
        "// kein Kommentar /* auch keiner */",
        "https://www.example.org/pfad?x=1&y=2#stelle",
        "= keine Überschrift",
        "- keine Liste",
        "+ auch keine",
        "/ Begriff: nein",
        "~ -- --- ... -?",
        "\"Zitat\" 'einfach'",
        "{page} von {pages}",
        "]#panic()[",
        '")#panic()("',
        "<script>alert(1)</script> &amp; %s %(x)s {{ x }}",
    ],
)
def test_nothing_typed_is_markup(text: str) -> None:
    pdf = _pdf(text)

    # Once in each of twelve places, as it was typed
    assert pdf.text.count(squeezed(text)) >= 12
    assert squeezed(NOTICE) not in pdf.text


@pytest.mark.parametrize(
    "text",
    ["Größe, Straße, 4.000 m², „Zitat“ – 12 € • Œuvre", "Škoda Łódź Ţărnă Çelik", "Жуков, Ελλάς"],
)
def test_european_names_are_printed_as_they_are(text: str) -> None:
    pdf = _pdf(text)

    assert squeezed(text) in pdf.text
    assert "□" not in pdf.text


def test_decomposed_umlauts_look_like_others() -> None:
    assert "Übergabe" in _pdf("U\u0308bergabe").text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gut 👍", "gut□"),
        ("中文", "□□"),
        ("שלום", "□□□□"),
        ("privat \ue000 \U000f0000", "privat□□"),
        ("nicht vergeben \U0003fffe \u0378", "nichtvergeben□□"),
        ("Steuerzeichen \x00\x07\x1b", "Steuerzeichen□□□"),
        ("allein \ud800", "allein□"),
        ("Familie 👨‍👩‍👧", "Familie□□□"),
    ],
)
def test_what_the_fonts_lack_is_a_box_and_the_report_says_so(text: str, shown: str) -> None:
    pdf = _pdf(text)

    assert squeezed(shown) in pdf.text
    assert squeezed(NOTICE) in pdf.text


def test_a_typed_box_is_no_missing_character() -> None:
    pdf = _pdf("□ erledigt")

    assert "□erledigt" in pdf.text
    assert squeezed(NOTICE) not in pdf.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("von \u202egnp.exe", "von gnp.exe"),
        ("\ufeffAnfang", "Anfang"),
        ("eng\u202fverbunden", "eng verbunden"),
        ("Nord\u2011Ost", "Nord-Ost"),
        ("eins\u2028zwei\x85drei", "eins zwei drei"),
    ],
)
def test_invisible_characters_do_no_harm(text: str, shown: str) -> None:
    pdf = _pdf(text)

    assert squeezed(shown) in pdf.text
    assert "□" not in pdf.text


@pytest.mark.parametrize(
    "piece",
    ["a", "□", "中", "ä ", "аα b ", "a\u0308\u0301", "\u0308", "\u200b", "\u00ad", " ", "\u00a0",
     "\n", "\t", "- ", "\u0308\u00ad", "\u0308\u200b", " \u0308",
     "\u1dc4", "\u0308\u00a0", "\n\u0308", "a\n\n", "👍🏽",
     "\u202e", "fi", "W-", "/", "\u3000", "\u2007"],
)  # fmt: skip
def test_the_longest_text_of_anything_is_printed(piece: str) -> None:
    """20,000 characters: a PDF string holds 32,767 bytes, and a line must end somewhere."""
    longest = piece * (20_000 // len(piece))
    note = {"topic": "Thema", "text": longest}

    pdf = Pdf(compile_pdf("visit_report", _data("kurz") | {"notes": [note], "summary": longest}))

    assert 1 <= len(pdf.pike.pages) <= 2_000


def test_a_long_word_stays_on_the_page() -> None:
    word = "Donaudampfschifffahrt" * 50

    pdf = _pdf(word)

    assert pdf.text.count(word) >= 10


def test_an_address_can_be_copied() -> None:
    """Neither a hyphen nor an invisible character is put into it."""
    address = "https://www.example.org/foerderung/programme/digital-jetzt-und-morgen?antrag=neu"

    pages = "".join(_pdf(f"Alles Weitere steht auf der Seite {address} im Netz.").pages)

    assert "".join(pages.split()).count(address) >= 4


def test_the_same_data_gives_the_same_bytes() -> None:
    data = _data("Gleich bleibt gleich")

    assert compile_pdf("visit_report", data) == compile_pdf("visit_report", data)


def test_several_threads_may_ask_at_once() -> None:
    texts = [f"Gespräch Nummer {number}" for number in range(12)]

    with ThreadPoolExecutor(4) as threads:
        pdfs = list(threads.map(_pdf, texts))

    for text, pdf in zip(texts, pdfs, strict=True):
        assert squeezed(text) in pdf.text
