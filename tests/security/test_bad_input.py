"""No input, however odd, is a server error: every page, every form, every field it shows.

The application of the tests lets unexpected exceptions through, so each would be seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser, Pairs
from tests.security.doors import GUARDED, SAFE

HOSTILE = [
    "\x00", "a\x00b", "\ufffe", "%", "\\", "'", "[]", "None", "-1", "1e309", "99999999999999999999",
    "00000000-0000-0000-0000-000000000000", "29.2.2027", "+999999j", "ⅷ", "a" * 400, "W10",
]  # fmt: skip
WORST = ["\x00", "99999999999999999999", "ä" * 25_000, "�'\"\\"]
FINE = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.FOUND} | {
    status for status in HTTPStatus if 400 <= status < 500
}
# The names of one line of a repeated part stand for those of all
_REPEATED = re.compile(r"\d+|(?<=topics-)[\w-]+?(?=-)")


@pytest.fixture
def person(make: Make, browser: Browser) -> Browser:
    """Give the browser of somebody who may do everything with a little of everything."""
    owner = make.person(Role.MANAGER, is_administrator=True)
    organisation = make.organisation("Beispiel GmbH")
    contact = make.contact(organisation)
    concern = make.concern(owner=owner, organisation=organisation)
    partner = make.organisation("Kammer", kind=OrganisationKind.PARTNER)
    make.offer(partner, "outlook")
    make.referral(concern, partner=partner)
    make.procedure(concern)
    visit = make.visit(owner=owner, organisation=organisation, topics=["outlook"],
                       offers={"networking": False})  # fmt: skip
    make.visit(VisitStatus.PLANNED, owner=owner, organisation=organisation, contacts=[contact])
    make.visit(VisitStatus.DRAFT, owner=owner)
    follow_up = make.follow_up(
        owner=owner, visit_id=visit.id, concern_id=concern.id, contact_id=contact.id
    )
    make.notification(owner, follow_up)
    make.report(author=owner)
    return browser.signed_in_as(owner)


def _is_page(answer: TestResponse) -> bool:
    """Tell a page from a file and from a fragment of a page."""
    return answer.mimetype == "text/html" and "<html" in answer.text


def _pages(person: Browser) -> Iterator[str]:
    """Walk over the pages that lead to one another, one address of each kind."""
    waiting = [
        door.rule.rule for door in GUARDED if door.method in SAFE and "<" not in door.rule.rule
    ]
    seen: set[str] = set()
    while waiting:
        url = waiting.pop(0)
        kind = re.sub(r"[0-9a-f-]{36}", "…", urlsplit(url).path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = person.answer("GET", url)
        assert answer.status_code in FINE, url
        yield url
        if _is_page(answer):
            page = person.open_url(url)
            own = (urlsplit(link).path for link in page.links.values() if link.startswith("/"))
            waiting += [link for link in own if not link.startswith("/static")]


def _names(person: Browser, url: str) -> set[str]:
    """Return the names that a page puts into its own address: of its filters and its links."""
    answer = person.answer("GET", url)
    if not _is_page(answer):
        return {"organisation", "visit", "q", "after", "before", "sort"}
    page = person.open_url(url)
    fields = {str(field["name"]) for field in page.soup.select("form[method=get] [name]")}
    links = {name for link in page.links.values() for name, _ in parse_qsl(urlsplit(link).query)}
    return fields | links | {"after", "before"}


def test_no_filter_breaks_a_page(person: Browser) -> None:
    for url in list(_pages(person)):
        names = sorted(_names(person, url))
        all_at_once = [dict.fromkeys(names, value) for value in HOSTILE]
        one_by_one = [{name: value} for name in names for value in WORST[:2]]
        # A page without filters takes no notice of them
        for query in [*all_at_once, *one_by_one] if len(names) > 2 else all_at_once[:2]:
            answer = person.answer("GET", f"{url}?{urlencode(query)}")
            assert answer.status_code in FINE, f"{url} {query!r}"


def test_bytes_that_are_no_text_break_no_page(person: Browser) -> None:
    for url in list(_pages(person)):
        answer = person.answer("GET", f"{url}?q=%ff%fe&after=%ed%a0%80&organisation=%00")
        assert answer.status_code in FINE, url


def _forms(person: Browser) -> Iterator[tuple[str, Pairs]]:
    """Return every form that posts, with what a browser would send; each kind once."""
    seen: set[str] = set()
    for url in list(_pages(person)):
        if not _is_page(person.answer("GET", url)):
            continue
        page = person.open_url(url)
        for form in page.outline.named("form"):
            action = str(form.get("action") or page.url)
            kind = re.sub(r"[0-9a-f-]{36}", "…", action)
            if str(form.get("method", "")).lower() == "post" and kind not in seen:
                seen.add(kind)
                yield action, page.filled_in(form, {})


def test_no_field_breaks_a_form(person: Browser) -> None:
    forms = [(url, pairs) for url, pairs in _forms(person) if url != "/sign-out"]
    assert len(forms) > 8
    for url, pairs in forms:
        names = {_REPEATED.sub("…", name): name for name, _ in pairs if name != "csrf_token"}
        for text in [*WORST, *NAUGHTY[::20]]:
            data = [(name, value if name == "csrf_token" else text) for name, value in pairs]
            assert person.answer("POST", url, data).status_code in FINE, f"{url} {text!r}"
        for changed in names.values():
            for text in WORST[:1]:
                data = [(name, text if name == changed else value) for name, value in pairs]
                answer = person.answer("POST", url, data)
                assert answer.status_code in FINE, f"{url} {changed}={text!r}"
