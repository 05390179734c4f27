"""No input, however odd, is a server error: every page, every form, every field it shows.

The application of the tests lets unexpected exceptions through, so each would be seen here.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser
from tests.security.walking import FINE, busy, forms_of, is_page, pages

HOSTILE = [
    "\x00", "a\x00b", "\ufffe", "%", "\\", "'", "[]", "None", "-1", "1e309", "99999999999999999999",
    "00000000-0000-0000-0000-000000000000", "29.2.2027", "+999999j", "ⅷ", "a" * 400, "W10",
]  # fmt: skip
WORST = ["\x00", "99999999999999999999", "ä" * 25_000, "�'\"\\"]
# The names of one line of a repeated part stand for those of all
_REPEATED = re.compile(r"\d+|(?<=topics-)[\w-]+?(?=-)")
# On SQLite, `test_generated` sends as much at random
ON_POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"])


@pytest.fixture
def person(make: Make, browser: Browser) -> Browser:
    """Give the browser of somebody who may do everything with a little of everything."""
    return busy(make, browser)


def _names(person: Browser, url: str) -> set[str]:
    """Return the names that a page puts into its own address: of its filters and its links."""
    answer = person.answer("GET", url)
    if not is_page(answer):
        return {"organisation", "visit", "q", "after", "before", "sort"}
    page = person.open_url(url)
    fields = {str(field["name"]) for field in page.soup.select("form[method=get] [name]")}
    links = {name for link in page.links.values() for name, _ in parse_qsl(urlsplit(link).query)}
    return fields | links | {"after", "before"}


@ON_POSTGRESQL
def test_no_filter_breaks_a_page(person: Browser) -> None:
    for url in list(pages(person)):
        names = sorted(_names(person, url))
        all_at_once = [dict.fromkeys(names, value) for value in HOSTILE]
        one_by_one = [{name: value} for name in names for value in WORST[:2]]
        # A page without filters takes no notice of them
        for query in [*all_at_once, *one_by_one] if len(names) > 2 else all_at_once[:2]:
            answer = person.answer("GET", f"{url}?{urlencode(query)}")
            assert answer.status_code in FINE, f"{url} {query!r}"


def test_bytes_that_are_no_text_break_no_page(person: Browser) -> None:
    for url in list(pages(person)):
        answer = person.answer("GET", f"{url}?q=%ff%fe&after=%ed%a0%80&organisation=%00")
        assert answer.status_code in FINE, url


@ON_POSTGRESQL
def test_no_field_breaks_a_form(person: Browser) -> None:
    forms = [form for form in forms_of(person) if form.action != "/sign-out"]
    assert len(forms) > 8
    for form in forms:
        url, pairs = form.action, form.pairs
        names = {_REPEATED.sub("…", name): name for name, _ in pairs if name != "csrf_token"}
        for text in [*WORST, *NAUGHTY[::20]]:
            data = [(name, value if name == "csrf_token" else text) for name, value in pairs]
            assert person.answer("POST", url, data).status_code in FINE, f"{url} {text!r}"
        for changed in names.values():
            for text in WORST[:1]:
                data = [(name, text if name == changed else value) for name, value in pairs]
                answer = person.answer("POST", url, data)
                assert answer.status_code in FINE, f"{url} {changed}={text!r}"
