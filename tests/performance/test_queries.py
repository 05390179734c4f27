"""What a page asks of the database does not grow with what it shows."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest

from crm.accounts.models import Person
from crm.clock import today
from crm.concerns.models import Flag
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Role
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.security.doors import GUARDED, SAFE

# Every page and file without a gap in its address, so that a new list is tried without being named
LISTS = sorted({d.rule.rule for d in GUARDED if d.method in SAFE and "<" not in d.rule.rule})


def _add(make: Make, count: int, *, reader: Person, organisation: Organisation | None) -> None:
    """Add as many of everything, each by another person, at one organisation or at one each."""
    for number in range(count):
        owner = make.person(name=f"Person {number}")
        place = organisation or make.organisation()
        contact = make.contact(place)
        concern = make.concern(owner=owner, organisation=place, flag=Flag.URGENT)
        partner = make.organisation(kind=OrganisationKind.PARTNER)
        helper = make.contact(partner)
        make.offer(partner, "outlook", contact_id=helper.id)
        make.referral(
            make.concern(owner=reader, organisation=place),
            partner=partner,
            contact=helper,
            answer_due_on=today() - timedelta(days=1),
        )
        visit = make.visit(
            owner=owner, organisation=place, contacts=[contact], topics=["outlook", "succession"]
        )
        make.visit(VisitStatus.PLANNED, owner=reader, organisation=place)
        make.visit(VisitStatus.DRAFT, owner=reader)
        # One that is overdue and one for today: no part of a page is empty
        for due_on in (today() - timedelta(days=1), today()):
            follow_up = make.follow_up(
                owner=owner,
                assignees=[reader, owner],
                due_on=due_on,
                organisation_id=place.id,
                contact_id=contact.id,
                concern_id=concern.id,
                visit_id=visit.id,
            )
            make.notification(reader, follow_up)
        make.report(author=owner)


def _asked(person: Browser, url: str, statements: list[str]) -> list[str]:
    person.answer("GET", url)  # what is looked up once per process
    statements.clear()
    answer = person.answer("GET", url)
    assert answer.status_code == HTTPStatus.OK, url
    return list(statements)


def test_a_list_of_fifty_asks_as_much_as_one_of_a_single_row(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    reader = make.person(Role.MANAGER, is_administrator=True)
    make.second_factor(reader)
    person = browser.signed_in_as(reader)
    _add(make, 1, reader=reader, organisation=None)
    for_one = {url: _asked(person, url, count_queries) for url in LISTS}
    _add(make, 49, reader=reader, organisation=None)

    for url in LISTS:
        for_fifty = _asked(person, url, count_queries)

        assert len(for_fifty) == len(for_one[url]), f"{url}\n" + "\n\n".join(for_fifty)


@pytest.mark.parametrize("role", [Role.READER, Role.MANAGER])
def test_a_page_about_much_asks_as_much_as_one_about_little(
    role: Role, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    reader = make.person(role)
    person = browser.signed_in_as(reader)
    place = make.organisation()
    url = browser.url("organisations.show", organisation_id=place.id)
    _add(make, 1, reader=reader, organisation=place)
    for_one = _asked(person, url, count_queries)
    _add(make, 19, reader=reader, organisation=place)

    for_twenty = _asked(person, url, count_queries)

    assert len(for_twenty) == len(for_one), "\n\n".join(for_twenty)


def test_a_growing_number_would_be_seen(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    person = browser.signed_in_as(make.person())

    once = _asked(person, "/account", count_queries)
    count_queries.clear()
    for _ in range(2):
        person.answer("GET", "/account")

    assert len(count_queries) == 2 * len(once) > 0


def test_the_lists_are_tried() -> None:
    assert {
        "/",
        "/visits",
        "/organisations",
        "/follow-ups",
        "/concerns",
        "/visits.csv",
        "/referrals",
        "/partners",
    } <= {*LISTS}
