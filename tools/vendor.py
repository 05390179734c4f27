"""Copy the front-end files named in package.json into the repository, cut to what is used.

- `static/vendor/kern`: KERN's style sheet without the components we do not use, and Fira Sans
  with the characters of the European languages written in Latin letters
- `static/vendor/chart`: Chart.js, which draws the charts; `static/vendor/sortable`: SortableJS,
  which lets cards be dragged
- `documents/fonts`: Fira Sans as TrueType with every script it has, for Typst
- `tests/e2e/vendor`: axe, the checker of accessibility

Run by `make vendor`, after `npm ci`.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
KERN = MODULES / "@kern-ux" / "native"
AXE = MODULES / "axe-core"
WEB = ROOT / "static" / "vendor" / "kern"
LIBRARIES = {
    "chart": ("chart.js/dist/chart.umd.min.js", "chart.js/LICENSE.md"),
    "sortable": ("sortablejs/Sortable.min.js", "sortablejs/LICENSE"),
}
DOCUMENTS = ROOT / "documents" / "fonts"
TESTS = ROOT / "tests" / "e2e" / "vendor"
FONT_LICENCE = ROOT / "tools" / "OFL-1.1.txt"

# Class names after `kern-`; a rule that names any other class of KERN is left out.
COMPONENTS: Final = (
    "alert",
    "badge",
    "body",
    "btn",
    "dark",
    "error",
    "fieldset",
    "form-check",
    "form-input",
    "hint",
    "icon",
    "label",
    "layer",
    "level",
    "light",
    "link",
    "sr-only",
    "table",
    "title",
)
ICONS: Final = frozenset(
    {
        "add",
        "arrow-down",
        "arrow-up",
        "check",
        "close",
        "danger",
        "default",
        "download",
        "info",
        "large",
        "search",
        "small",
        "success",
        "warning",
    }
)

WEIGHTS: Final = {"Regular": 400, "SemiBold": 600}
DOCUMENT_STYLES: Final = ("Regular", "Italic", "SemiBold")
# Latin letters of Europe, punctuation, currencies, arrows; browsers take the rest from the system
LATIN: Final = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x218, 0x21B),
    (0x1E9E, 0x1E9E),
    (0x2009, 0x2027),
    (0x202F, 0x203A),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
)
FEATURES: Final = ["case", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "pnum", "tnum"]
# Fira Sans lacks these; the character beside them looks the same
LIKE: Final = {0x2009: 0x20, 0x202F: 0xA0, 0x2011: 0x2D}
WHITE_SQUARE: Final = 0x25A1


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield each rule of a style sheet without comments: what stands before its brace and in it."""
    depth = start = brace = 0
    for place, character in enumerate(css):
        if character == "{":
            brace = place if depth == 0 else brace
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield css[start:brace].strip(), css[brace + 1 : place].strip()
                start = place + 1


def _is_used(selector: str) -> bool:
    for name in re.findall(r"\.kern-([a-z0-9-]+)", selector):
        icon = re.fullmatch(r"icon--([a-z0-9-]+)", name)
        if (icon and icon[1] not in ICONS) or not name.startswith(COMPONENTS):
            return False
    return True


def cut(css: str) -> Iterator[str]:
    """Yield the rules of KERN that we use, one a line."""
    for head, body in _rules(re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.DOTALL)):
        if head.startswith("@media"):
            if inner := list(cut(body)):
                yield "\n".join([f"{head} {{", *inner, "}"])
        elif selectors := [part for part in _parts(head) if _is_used(part)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _parts(selectors: str) -> list[str]:
    """Split at the commas that stand outside brackets."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", selectors)]


def _font_faces() -> Iterator[str]:
    for name, weight in WEIGHTS.items():
        yield (
            f'@font-face {{ font-family: "Fira Sans"; font-weight: {weight}; font-display: swap; '
            f'src: url("fonts/FiraSans-{name}.woff2") format("woff2"); }}'
        )


def _add_missing(font: TTFont) -> None:
    """Give the font the spaces and the hyphen it lacks, and a square for what it cannot show."""
    characters = font.getBestCmap()
    for missing, like in LIKE.items():
        characters.setdefault(missing, characters[like])
    pen = TTGlyphPen(None)
    for low, high, order in ((0, 660, (0, 1, 2, 3)), (60, 600, (0, 3, 2, 1))):
        corners = ((60 + low, low), (60 + low, high), (60 + high, high), (60 + high, low))
        pen.moveTo(corners[order[0]])
        for corner in order[1:]:
            pen.lineTo(corners[corner])
        pen.closePath()
    font.setGlyphOrder([*font.getGlyphOrder(), "whitesquare"])
    font["glyf"]["whitesquare"] = pen.glyph()
    font["hmtx"]["whitesquare"] = (780, 60)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({code: characters[code] for code in LIKE})
            table.cmap[WHITE_SQUARE] = "whitesquare"


def _font(style: str, target: Path, flavor: str | None) -> None:
    """Save one style of Fira Sans as `flavor`: for the web cut to `LATIN`, for Typst whole."""
    font = TTFont(KERN / "dist" / "fonts" / "fira-sans" / f"FiraSans-{style}.woff2")
    _add_missing(font)
    options = Options(layout_features=FEATURES, notdef_outline=True, name_IDs=["*"])
    options.hinting = flavor is None
    subsetter = Subsetter(options)
    latin = {code for low, high in LATIN for code in range(low, high + 1)}
    subsetter.populate(unicodes=latin if flavor else font.getBestCmap())
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same file at every run
    font.recalcTimestamp = False
    font.flavor = flavor
    font.save(target)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    """Make all vendored files anew."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    web = _fresh(WEB)
    css = (KERN / "dist" / "kern.min.css").read_text(encoding="utf-8")
    lines = [
        "/* KERN-UX, EUPL-1.2 (LICENSE.md); cut by tools/vendor.py to the components we use. */",
        *_font_faces(),
        *cut(css),
    ]
    (web / "kern.css").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copy(KERN / "LICENSE.md", web)
    for name in WEIGHTS:
        fonts = web / "fonts"
        fonts.mkdir(exist_ok=True)
        _font(name, fonts / f"FiraSans-{name}.woff2", "woff2")
    shutil.copy(FONT_LICENCE, web / "fonts" / "OFL.txt")

    for name, files in LIBRARIES.items():
        folder = _fresh(WEB.parent / name)
        for file in files:
            shutil.copy(MODULES / file, folder)

    documents = _fresh(DOCUMENTS)
    for style in DOCUMENT_STYLES:
        _font(style, documents / f"FiraSans-{style}.ttf", None)
    shutil.copy(FONT_LICENCE, documents / "OFL.txt")

    tests = _fresh(TESTS)
    shutil.copy(AXE / "axe.min.js", tests)
    shutil.copy(AXE / "LICENSE", tests / "axe-LICENSE.txt")


if __name__ == "__main__":
    main()
