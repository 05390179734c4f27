"""Walk over every page and every form that somebody who may do everything can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser, Pairs
from tests.security.doors import GUARDED, SAFE

FINE = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.FOUND} | {
    status for status in HTTPStatus if 400 <= status < 500
}


class Form(NamedTuple):
    """A form that posts: where to, what a browser would send, the names of all its fields.

    kind     the address without keys
    choices  of each list, the first entry that is something
    """

    action: str
    kind: str
    pairs: Pairs
    names: set[str]
    choices: dict[str, str]


def busy(make: Make, browser: Browser) -> Browser:
    """Return the browser of somebody who may do everything with a little of everything."""
    owner = make.person(Role.MANAGER, is_administrator=True)
    make.person(name="Kim Kollegin")
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


def is_page(answer: TestResponse) -> bool:
    """Tell a page from a file and from a fragment of a page."""
    return answer.mimetype == "text/html" and "<html" in answer.text


def pages(person: Browser) -> Iterator[str]:
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
        if is_page(answer):
            page = person.open_url(url)
            own = (urlsplit(link).path for link in page.links.values() if link.startswith("/"))
            waiting += [link for link in own if not link.startswith("/static")]


def forms_of(person: Browser) -> Iterator[Form]:
    """Yield every form that posts, each kind once, as it looks where it has most fields."""
    found: dict[str, Form] = {}
    for url in list(pages(person)):
        if not is_page(person.answer("GET", url)):
            continue
        page = person.open_url(url)
        for form in page.outline.named("form"):
            if str(form.get("method", "")).lower() != "post":
                continue
            action = str(form.get("action") or page.url)
            kind = re.sub(r"[0-9a-f-]{36}", "…", action)
            names = {str(control["name"]) for control in form.select("[name]")}
            choices = {
                str(select["name"]): str(option["value"])
                for select in form.select("select[name]")
                if (option := select.select_one("option[value]:not([value=''])")) is not None
            }
            this = Form(action, kind, page.filled_in(form, {}), names, choices)
            known = found.get(kind, this)
            most = max(known, this, key=lambda one: len(one.pairs))
            found[kind] = most._replace(names=known.names | names)
    yield from found.values()
