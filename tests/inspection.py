"""What every page must be, whatever it shows; `inspect` names the first thing that is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import Headers

LANGUAGES = {"de", "en"}
# Things that a program wrote by mistake
_ARTEFACTS = re.compile(r"\bNone\b|LazyString|object at 0x|%\(\w+\)[sd]")
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_REFERENCES = {"for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list"}
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_POLICY = {
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self'",
    "trusted-types augenhoehe",
}
_COOKIE = {"secure", "httponly", "samesite=lax", "path=/"}
_SERVER = "augenhoehe"
_OURS = ("", "localhost")


class Outline:
    """A page read once: its elements, which of them are live, and what labels them."""

    def __init__(self, text: str):
        # Where a word may break, it has no blank
        self.soup = BeautifulSoup(text.replace("<wbr>", ""), "html5lib")
        self.elements: list[Tag] = self.soup.find_all(name=True)
        # What stands in a <template> is only the pattern of copies
        inert = {id(e) for pattern in self.soup.find_all("template") for e in pattern.find_all()}
        self.live = [element for element in self.elements if id(element) not in inert]
        self.by_id = {str(e["id"]): e for e in self.live if e.has_attr("id")}
        self.labels: dict[str, list[str]] = {}
        for label in self.named("label"):
            if label.has_attr("for"):
                self.labels.setdefault(str(label["for"]), []).append(label.get_text(" "))

    def named(self, *names: str) -> list[Tag]:
        """Return the elements of these names, also those that are patterns of copies."""
        return [element for element in self.elements if element.name in names]

    def name_of(self, control: Tag) -> str:
        """Return what a screen reader calls a control; a rough version of the standard's rules."""
        if control.get("aria-labelledby"):
            named = [self.by_id.get(i) for i in str(control["aria-labelledby"]).split()]
            return _joined(element.get_text(" ") for element in named if element is not None)
        if control.get("aria-label"):
            return _joined([str(control["aria-label"])])
        if control.name in {"button", "a"}:
            images = [str(image.get("alt", "")) for image in control.find_all("img")]
            return _joined([control.get_text(" "), *images])
        if control.get("type") == "submit":
            return str(control.get("value", ""))
        around = control.find_parent("label")
        labels = self.labels.get(str(control.get("id", "")), [])
        return _joined([*labels, around.get_text(" ") if around else ""])


def inspect(text: str, headers: Headers, where: str) -> Outline:
    """Return the page, read; fail the test when it is not as every page must be."""
    outline = Outline(text)
    faults = [*header_faults(headers), *parse_faults(text)]
    for find in CHECKS:
        faults += find(outline)
    assert not faults, f"{where} is not as a page must be:\n" + "\n".join(faults)
    return outline


def header_faults(headers: Headers) -> list[str]:
    """Name what is wrong with the headers of an answer over TLS, whatever it answers."""
    faults = [
        f"header {name} is {headers.get(name)!r}"
        for name, value in _HEADERS.items()
        if headers.get(name) != value
    ]
    policy = {rule.strip() for rule in headers.get("Content-Security-Policy", "").split(";")}
    faults += [f"the CSP differs in {rule!r}" for rule in sorted(policy ^ _POLICY)]
    if "Cache-Control" not in headers:
        faults.append("nothing says whether it may be kept")
    elif _is_private(headers) and headers["Cache-Control"] != "no-store":
        faults.append(f"it may be kept: {headers['Cache-Control']}")
    if headers.get("Server", _SERVER) != _SERVER or "X-Powered-By" in headers:
        faults.append("it says what it runs on")
    for cookie in headers.getlist("Set-Cookie"):
        name, *flags = cookie.split(";")
        given = {flag.strip().lower() for flag in flags}
        if not name.startswith("__Host-") or not given >= _COOKIE or "domain" in cookie.lower():
            faults.append(f"the cookie {name.partition('=')[0]} has {sorted(given)}")
    target = urlsplit(headers.get("Location", "/"))
    if target.netloc not in _OURS or not target.path.startswith("/"):
        faults.append(f"it leads to {headers['Location']!r}")
    return faults


def _is_private(headers: Headers) -> bool:
    """Tell whether an answer is a page, a file or a redirect, which one reader alone may get."""
    is_file = "attachment" in headers.get("Content-Disposition", "")
    return is_file or "Location" in headers or headers.get("Content-Type", "")[:9] == "text/html"


def parse_faults(text: str) -> list[str]:
    """Name what the HTML standard calls parse errors."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    lines = text.splitlines()
    return [
        f"line {position[0]}: {code} {values or ''} in {lines[position[0] - 1].strip()[:120]!r}"
        for position, code, values in parser.errors
    ]


def structure_faults(page: Outline) -> list[str]:
    """Name what is wrong with language, title and headings."""
    faults = []
    [html] = page.named("html")
    if html.get("lang") not in LANGUAGES:
        faults.append(f"lang is {html.get('lang')!r}")
    headings = [_joined([h1.get_text(" ")]) for h1 in page.named("h1")]
    title = _joined(title.get_text() for title in page.named("title")[:1])
    if len(headings) != 1 or not headings[0]:
        faults.append(f"h1: {headings}")
    elif not title.startswith(headings[0]):
        faults.append(f"the title {title!r} does not start with the h1 {headings[0]!r}")
    main = page.named("main")
    if len(main) != 1:
        return [*faults, f"{len(main)} main elements"]
    levels = [int(heading.name[1]) for heading in main[0].find_all(_HEADINGS)]
    return faults + [
        f"an h{below} follows an h{above}" for above, below in pairwise(levels) if below > above + 1
    ]


def label_faults(page: Outline) -> list[str]:
    """Name the controls, buttons and links that a screen reader has no name for."""
    return [
        f"without a name: {str(control)[:160]}"
        for control in page.named("input", "select", "textarea", "button", "a")
        if control.get("type") != "hidden"
        and (control.name != "a" or control.has_attr("href"))
        and not page.name_of(control)
    ]


def id_faults(page: Outline) -> list[str]:
    """Name ids that stand twice, and references to ids that stand nowhere."""
    counted = Counter(str(element["id"]) for element in page.live if element.has_attr("id"))
    faults = [f"id {name!r} stands {n} times" for name, n in counted.items() if n > 1]
    return faults + [
        f"{name}={wanted!r} points nowhere"
        for element in page.live
        for name in _REFERENCES & element.attrs.keys()
        for wanted in str(element[name]).split()
        if wanted not in counted
    ]


def inline_code_faults(page: Outline) -> list[str]:
    """Name styles, scripts and event handlers in the page, which the CSP blocks."""
    faults = [
        f"inline {element.name}"
        for element in page.named("style", "script")
        if not element.has_attr("src") and "json" not in str(element.get("type", ""))
    ]
    for element in page.elements:
        for attribute, value in element.attrs.items():
            if attribute == "style" or attribute.startswith("on"):
                faults.append(f"<{element.name} {attribute}=…>")
            elif str(value).strip().lower().startswith("javascript:"):
                faults.append(f"<{element.name} {attribute}={value!r}>")
    return faults


def token_faults(page: Outline) -> list[str]:
    """Name the forms that post without a token."""
    return [
        f"the form to {form.get('action')!r} has no token"
        for form in page.named("form")
        if str(form.get("method", "")).lower() == "post"
        and not form.find("input", attrs={"name": "csrf_token", "value": True})
    ]


def artefact_faults(page: Outline) -> list[str]:
    """Name texts and attributes that a program wrote by mistake, such as None."""
    faults = [
        f"in a text: {str(text).strip()[:120]!r}" for text in page.soup.find_all(string=_ARTEFACTS)
    ]
    return faults + [
        f"<{element.name} {name}={value!r}>"
        for element in page.elements
        for name, value in element.attrs.items()
        if _ARTEFACTS.search(str(value))
    ]


CHECKS = (
    structure_faults,
    label_faults,
    id_faults,
    inline_code_faults,
    token_faults,
    artefact_faults,
)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())
