"""Follow-ups of contacts, visits and organisations: made from their pages, shown on them."""

from __future__ import annotations

from uuid import UUID

import pytest

from crm.follow_ups import queries
from crm.policy import Role
from tests.make import Make
from tests.page import Browser


def test_one_for_a_contact_hangs_on_their_organisation_too(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Häusler")
    contact = make.contact(organisation, family_name="Beispiel")
    page = browser.signed_in_as(me).open("contacts.show", contact_id=contact.id)
    assert "Zu dieser Person ist nichts vorgemerkt." in page.texts("#follow-ups")[0]

    form = page.follow("Wiedervorlage anlegen")
    after = form.submit(form="main form", title="Gratulieren", due_on="+1w")

    assert form.texts(".page__lead") == ["Zu: Kim Beispiel, Häusler"]
    assert after.url == f"/contacts/{contact.id}"
    assert after.texts("#follow-ups .entry__main > a")[0] == "Gratulieren"
    actor = make.actor(me)
    [added] = make.run(lambda: queries.of_contact(actor, contact.id))
    assert (added.contact_id, added.organisation_id) == (contact.id, organisation.id)
    after.submit(button="Erledigt : Gratulieren", form="#follow-ups .button-form")
    assert make.run(lambda: queries.of_contact(actor, contact.id)) == []


def test_the_organisation_of_the_page_goes_before_the_first_one(
    make: Make, browser: Browser
) -> None:
    me, one, two = make.person(), make.organisation(), make.organisation()
    contact = make.contact(one, two)
    page = browser.signed_in_as(me).open("follow_ups.new", contact=contact.id, organisation=two.id)

    page.submit(form="main form", title="Rückruf", due_on="+1w")

    actor = make.actor(me)
    [added] = make.run(lambda: queries.of_contact(actor, contact.id))
    assert added.organisation_id == two.id


def test_foreign_and_missing_contacts_answer_alike(make: Make, browser: Browser) -> None:
    foreign = make.contact(make.organisation(team=make.team()))
    mine = browser.signed_in_as(make.person())

    answers = [mine.open("follow_ups.new", contact=key) for key in (foreign.id, UUID(int=1))]

    assert [answer.status for answer in answers] == [404, 404]


@pytest.mark.parametrize("endpoint", ["visits.show", "organisations.show"])
def test_one_is_made_from_the_page_and_shown_there(
    endpoint: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    visit = make.visit(owner=me)
    key = {"visits.show": "visit_id", "organisations.show": "organisation_id"}[endpoint]
    value = visit.id if key == "visit_id" else visit.organisation_id
    page = browser.signed_in_as(me).open(endpoint, **{key: value})

    after = page.follow("Wiedervorlage anlegen").submit(
        form="main form", title="Unterlagen senden", due_on="+1w"
    )

    assert after.url == page.url
    assert "Unterlagen senden" in after.texts("main .entries a")


def test_readers_see_them_without_buttons(make: Make, browser: Browser) -> None:
    contact = make.contact()
    make.follow_up("Sichtbar", contact_id=contact.id)
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("contacts.show", contact_id=contact.id)

    assert page.texts("#follow-ups .entry__main > a") == ["Sichtbar"]
    assert page.soup.select("#follow-ups form") == []
    assert "Wiedervorlage anlegen" not in page.links


def test_the_contacts_page_asks_the_same_for_many(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    me = make.person()
    contact = make.contact()
    mine = browser.signed_in_as(me)

    def asked(number: int) -> int:
        for _ in range(number):
            make.follow_up(contact_id=contact.id, visit_id=make.visit().id)
        count_queries.clear()
        mine.open("contacts.show", contact_id=contact.id)
        return len(count_queries)

    assert asked(1) == asked(9) <= 12
