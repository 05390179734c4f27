"""What stands in an address: filters that become links, methods, host names, long places."""

from __future__ import annotations

import pytest
from flask import Flask

from crm.accounts.services import make_link
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from tests.make import Make
from tests.page import Browser


@pytest.mark.parametrize(
    "query",
    [
        "endpoint=accounts.show",
        "_anchor=x",
        "_external=1&_scheme=javascript",
        "_scheme=ftp",
        "_method=POST",
        "endpoint=&_anything=1",
    ],
)
@pytest.mark.parametrize("path", ["/visits", "/concerns", "/follow-ups"])
def test_words_of_the_machine_are_no_filters(
    path: str, query: str, make: Make, browser: Browser
) -> None:
    page = browser.signed_in_as(make.person()).open_url(f"{path}?{query}&q=abc")

    assert page.status == 200
    links = page.attributes("main a", "href")
    assert any("q=abc" in link for link in links)
    assert all(link.startswith(("/", "#")) for link in links)
    assert not [link for link in links if query in link]


@pytest.mark.parametrize("path", ["/visits", "/sign-in", "/nirgends"])
@pytest.mark.parametrize("host", ["a..b", ".example"])
def test_a_host_that_is_none_is_refused(host: str, path: str, app: Flask) -> None:
    answer = app.test_client().get(path, base_url="https://localhost", headers={"Host": host})

    assert answer.status_code == 400


def test_asking_for_the_head_of_a_form_is_asking_for_the_form(
    app: Flask, make: Make, browser: Browser
) -> None:
    """Or else it would be taken as sent: refused, or worse."""
    manager = make.person(Role.MANAGER, is_administrator=True)
    make.second_factor(manager)
    me = browser.signed_in_as(manager)
    partner = make.organisation(kind=OrganisationKind.PARTNER)
    concern = make.concern(owner=manager)
    report = make.report(author=manager)
    keys = {
        "visit_id": make.visit().id,
        "organisation_id": make.organisation().id,
        "contact_id": make.contact().id,
        "concern_id": concern.id,
        "procedure_id": make.procedure(concern).id,
        "partner_id": partner.id,
        "person_id": make.person().id,
        "team_id": make.home.id,
        "body_id": make.home.body_id,
        "topic_id": make.topic().id,
        "referral_id": make.referral(concern, partner=partner).id,
        "report_id": report.id,
        "chapter_id": make.chapter(report).id,
    }
    person = make.person()
    asked = {"accounts.choose_password": {"token": make.run(lambda: make_link(person))}}
    for rule in app.url_map.iter_rules():
        if {"GET", "POST"} <= (rule.methods or set()):
            gaps = {name: keys[name] for name in rule.arguments}
            url = me.url(rule.endpoint, **gaps, **asked.get(rule.endpoint, {}))

            answers = [me.answer(method, url).status_code for method in ("GET", "HEAD")]

            assert answers in ([200, 200], [303, 303]), rule


def test_a_page_after_a_long_name_has_an_address_that_is_taken(
    make: Make, browser: Browser
) -> None:
    for number in range(60):
        make.organisation("😀" * 298 + f"{number:02}")
    page = browser.signed_in_as(make.person()).open("organisations.index")

    [link] = page.attributes(".pager a[rel=next]", "href")

    assert len(link) < 4_000
    assert page.browser.open_url(link).status == 200
