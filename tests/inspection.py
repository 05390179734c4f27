"""What every page must be, whatever it shows; `inspect` names the first thing that is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import html5lib
from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import Headers

LANGUAGES = {"de", "en"}
# Things that a program wrote by mistake
_ARTEFACTS = re.compile(r"\bNone\b|LazyString|object at 0x|%\(\w+\)[sd]")
_CONTROLS = "input:not([type=hidden], [type=submit]), select, textarea"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
)


def inspect(text: str, headers: Headers, where: str) -> BeautifulSoup:
    """Return the page as a tree; fail the test when it is not as every page must be."""
    faults = [*header_faults(headers), *parse_faults(text)]
    soup = BeautifulSoup(text, "html5lib")
    for find in CHECKS:
        faults += find(soup)
    assert not faults, f"{where} is not as a page must be:\n" + "\n".join(faults)
    return soup


def header_faults(headers: Headers) -> list[str]:
    """Name the security headers that are missing."""
    faults = [
        f"header {name} is {headers.get(name)!r}"
        for name, value in _HEADERS.items()
        if headers.get(name) != value
    ]
    policy = headers.get("Content-Security-Policy", "")
    faults += [f"the CSP lacks {rule}" for rule in _POLICY if rule not in policy]
    return faults + (["the CSP allows unsafe code"] if "unsafe-" in policy else [])


def parse_faults(text: str) -> list[str]:
    """Name what the HTML standard calls parse errors."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    lines = text.splitlines()
    return [
        f"line {position[0]}: {code} {values or ''} in {lines[position[0] - 1].strip()[:120]!r}"
        for position, code, values in parser.errors
    ]


def structure_faults(soup: BeautifulSoup) -> list[str]:
    """Name what is wrong with language, title and headings."""
    faults = []
    language = soup.html.get("lang") if soup.html else None
    if language not in LANGUAGES:
        faults.append(f"lang is {language!r}")
    headings = [" ".join(h1.get_text(" ").split()) for h1 in soup.select("h1")]
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    if len(headings) != 1 or not headings[0]:
        faults.append(f"h1: {headings}")
    elif not title.startswith(headings[0]):
        faults.append(f"the title {title!r} does not start with the h1 {headings[0]!r}")
    if len(soup.select("main")) != 1:
        faults.append(f"{len(soup.select('main'))} main elements")
    levels = [int(h.name[1]) for h in soup.select("main :is(h1, h2, h3, h4, h5, h6)")]
    faults += [
        f"an h{below} follows an h{above}" for above, below in pairwise(levels) if below > above + 1
    ]
    return faults


def label_faults(soup: BeautifulSoup) -> list[str]:
    """Name the controls, buttons and links that a screen reader has no name for."""
    named = [*soup.select(_CONTROLS), *soup.select("button, input[type=submit], a[href]")]
    return [f"without a name: {str(c)[:160]}" for c in named if not accessible_name(c, soup)]


def id_faults(soup: BeautifulSoup) -> list[str]:
    """Name ids that stand twice, and references to ids that stand nowhere."""
    live = [element for element in soup.select("[id]") if not is_inert(element)]
    counted = Counter(str(element["id"]) for element in live)
    faults = [f"id {name!r} stands {n} times" for name, n in counted.items() if n > 1]
    for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list"):
        for element in soup.select(f"[{name}]"):
            if not is_inert(element):
                ids = str(element[name]).split()
                faults += [f"{name}={i!r} points nowhere" for i in ids if i not in counted]
    return faults


def inline_code_faults(soup: BeautifulSoup) -> list[str]:
    """Name styles, scripts and event handlers in the page, which the CSP blocks."""
    faults = [f"inline {e.name}" for e in soup.select("style, script:not([src])") if _is_code(e)]
    for element in soup.find_all(name=True):
        for attribute, value in element.attrs.items():
            if attribute == "style" or attribute.startswith("on"):
                faults.append(f"<{element.name} {attribute}=…>")
            elif str(value).strip().lower().startswith("javascript:"):
                faults.append(f"<{element.name} {attribute}={value!r}>")
    return faults


def _is_code(element: Tag) -> bool:
    return element.name == "style" or "json" not in str(element.get("type", ""))


def token_faults(soup: BeautifulSoup) -> list[str]:
    """Name the forms that post without a token."""
    return [
        f"the form to {form.get('action')!r} has no token"
        for form in soup.select("form")
        if str(form.get("method", "")).lower() == "post"
        and not form.select("input[name=csrf_token][value]")
    ]


def artefact_faults(soup: BeautifulSoup) -> list[str]:
    """Name texts and attributes that a program wrote by mistake, such as None."""
    texts = [*(soup.title or ()), *(soup.body.find_all(string=True) if soup.body else ())]
    faults = [
        f"in a text: {str(text).strip()[:120]!r}" for text in texts if _ARTEFACTS.search(text)
    ]
    for element in soup.find_all(name=True):
        faults += [
            f"<{element.name} {name}={value!r}>"
            for name, value in element.attrs.items()
            if _ARTEFACTS.search(str(value))
        ]
    return faults


CHECKS = (
    structure_faults,
    label_faults,
    id_faults,
    inline_code_faults,
    token_faults,
    artefact_faults,
)


def accessible_name(control: Tag, soup: BeautifulSoup) -> str:
    """Return what a screen reader calls a control; a rough version of the standard's rules."""
    if control.get("aria-labelledby"):
        named = [soup.find(id=i) for i in str(control["aria-labelledby"]).split()]
        return _joined(e.get_text(" ") for e in named if e is not None)
    if control.get("aria-label"):
        return _joined([str(control["aria-label"])])
    if control.name in {"button", "a"}:
        images = [str(image.get("alt", "")) for image in control.select("img")]
        return _joined([control.get_text(" "), *images])
    if control.get("type") == "submit":
        return str(control.get("value", ""))
    labels = soup.select(f'label[for="{control["id"]}"]') if control.get("id") else []
    around = control.find_parent("label")
    return _joined(label.get_text(" ") for label in (*labels, *([around] if around else ())))


def is_inert(element: Tag) -> bool:
    """Tell whether an element is only a template for copies."""
    return element.find_parent("template") is not None


def _joined(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())
