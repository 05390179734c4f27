"""Our offers in a visit: ticked when mentioned, marked when used, found again everywhere."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.clock import now
from crm.policy import Role
from crm.visits import services
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser, Page, Value
from tests.visits.steps import action, new_form, send, sent
from tests.visits.test_index import cells

_SAVED = {"Accept": "application/json"}


def _ticks(make: Make, *mentioned: str, used: tuple[str, ...] = ()) -> dict[str, Value]:
    return {
        "offers": [str(make.agency_offer(slug).id) for slug in mentioned],
        "offers_used": [str(make.agency_offer(slug).id) for slug in used],
    }


def _said(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.texts("#offers li")]


def _ticked(page: Page, name: str) -> list[str]:
    ticks = page.soup.select(f"#visit-form [name={name}][checked]")
    return [str(tick["value"]) for tick in ticks]


def test_an_officer_ticks_what_was_mentioned_and_used(make: Make, browser: Browser) -> None:
    lead = make.organisation()
    page = new_form(browser.signed_in_as(make.person()), organisation=lead.id)

    # What is used has been mentioned, ticked or not
    ticks = _ticks(make, "networking", "funding-advice", used=("site-search",))
    shown = send(page, {"summary": "Gut.", **ticks})

    assert _said(shown) == [
        "Fördermittelberatung Als in Anspruch genommen vermerken : Fördermittelberatung",
        "Flächensuche in Anspruch genommen",
        "Netzwerktreffen Als in Anspruch genommen vermerken : Netzwerktreffen",
    ]


def test_a_form_without_offers_opens_nothing_and_asks_nothing(make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()), organisation=make.organisation().id)

    shown = send(page, {"summary": "Gut."})

    assert page.soup.select("details:not([open]) #offers")
    assert not shown.soup.select("#offers")


def test_a_draft_and_a_kept_edit_keep_the_ticks(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer, offers={"networking": False})
    me = browser.signed_in_as(officer)
    ticks = _ticks(make, "networking", used=("networking",))
    typed = _ticks(make, "site-search")

    draft = send(new_form(me), ticks, intent="draft")
    editing = me.open("visits.edit", visit_id=visit.id)
    pairs = [*sent(editing, dict(typed)), ("intent", "draft")]
    kept = me.answer("POST", action(editing), pairs, headers=_SAVED)

    assert _ticked(draft, "offers") == _ticked(draft, "offers_used") == ticks["offers"]
    assert draft.soup.select("details[open] #offers")
    assert kept.status_code == HTTPStatus.OK
    again = me.open("visits.edit", visit_id=visit.id)
    assert _ticked(again, "offers") == typed["offers"]
    assert _said(me.open("visits.show", visit_id=visit.id))[0].startswith("Netzwerktreffen")


def test_who_saves_second_sees_both_versions(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer, offers={"networking": False})
    me = browser.signed_in_as(officer)
    mine = me.open("visits.edit", visit_id=visit.id)
    theirs = me.open("visits.edit", visit_id=visit.id)
    send(theirs, _ticks(make, "networking", used=("networking",)), intent="save")

    asked = send(mine, _ticks(make, "site-search"), intent="save")

    assert asked.status == HTTPStatus.CONFLICT
    rows = [row.get_text(" ").split() for row in asked.soup.select("tbody tr")]
    assert ["Angebote:", "erwähnt", "(verschieden)", "Flächensuche", "Netzwerktreffen"] in rows
    assert ["Angebote:", "in", "Anspruch", "genommen", "(verschieden)", "Netzwerktreffen"] in rows


def test_an_offer_is_marked_as_used_later_and_the_mark_undone(make: Make, browser: Browser) -> None:
    officer = make.person(name="Anna Amt")
    visit = make.visit(owner=officer, offers={"networking": False})
    page = browser.signed_in_as(officer).open("visits.show", visit_id=visit.id)

    marked = page.submit(button="Als in Anspruch genommen vermerken : Netzwerktreffen")
    undone = marked.submit(button="Rückgängig")

    assert _said(marked) == ["Netzwerktreffen in Anspruch genommen"]
    assert "hat den Besuch bearbeitet: Angebote" in marked.text
    assert _said(undone)[0].endswith("vermerken : Netzwerktreffen")


def test_a_mark_meanwhile_is_not_undone_by_who_was_editing(make: Make, browser: Browser) -> None:
    officer = make.person()
    visit = make.visit(owner=officer, offers={"networking": False})
    offer_id = make.agency_offer("networking").id
    me = browser.signed_in_as(officer)
    editing = me.open("visits.edit", visit_id=visit.id)
    actor = make.actor(officer)
    for _click in range(2):
        make.run(lambda: services.mark_offer(actor, visit.id, offer_id, is_used=True))

    asked = send(editing, {"summary": "Neu."}, intent="save")

    assert asked.status == HTTPStatus.CONFLICT
    page = me.open("visits.show", visit_id=visit.id)
    assert len(page.texts(".history li")) <= 1


@pytest.mark.parametrize("status", [VisitStatus.PLANNED, VisitStatus.CANCELLED])
def test_only_a_conversation_that_took_place_has_used_offers(
    status: VisitStatus, make: Make, browser: Browser
) -> None:
    officer = make.person()
    visit = make.visit(status, owner=officer, offers={"networking": False})
    me = browser.signed_in_as(officer)

    page = me.open("visits.show", visit_id=visit.id)
    url = me.url("visits.mark_offer", visit_id=visit.id,
                 offer_id=make.agency_offer("networking").id)  # fmt: skip

    assert _said(page) == ["Netzwerktreffen erwähnt"]
    assert me.post(url, []).status == HTTPStatus.CONFLICT


def test_a_reader_sees_offers_and_marks_none(make: Make, browser: Browser) -> None:
    visit = make.visit(offers={"networking": False})
    reader = browser.signed_in_as(make.person(Role.READER))
    url = reader.url("visits.mark_offer", visit_id=visit.id,
                     offer_id=make.agency_offer("networking").id)  # fmt: skip

    assert _said(reader.open("visits.show", visit_id=visit.id)) == ["Netzwerktreffen erwähnt"]
    assert reader.post(url, []).status == HTTPStatus.FORBIDDEN
    me = browser.signed_in_as(make.officer)
    unknown = me.url("visits.mark_offer", visit_id=visit.id,
                     offer_id=make.agency_offer("site-search").id)  # fmt: skip
    assert me.post(unknown, []).status == HTTPStatus.NOT_FOUND


def test_a_retired_offer_stays_where_it_was_mentioned_and_is_offered_nowhere_else(
    make: Make, browser: Browser
) -> None:
    officer = make.person()
    visit = make.visit(owner=officer, offers={"networking": True})
    me = browser.signed_in_as(officer)
    draft = send(new_form(me), _ticks(make, "networking"), intent="draft")
    make.change(make.agency_offer("networking"), retired_at=now())

    saved = send(me.open("visits.edit", visit_id=visit.id), {"summary": "Neu."}, intent="save")

    assert _said(saved) == ["Netzwerktreffen in Anspruch genommen"]
    assert "Netzwerktreffen" in me.open_url(draft.url).text
    assert "Netzwerktreffen" not in new_form(me).text


def test_what_is_no_offer_is_refused_and_the_rest_comes_back(make: Make, browser: Browser) -> None:
    officer = make.person()
    page = new_form(browser.signed_in_as(officer), organisation=make.organisation().id)
    ticks = _ticks(make, "networking")

    asked = send(page, {"summary": "Gut.", **ticks}, ("offers", str(officer.id)))

    assert asked.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert asked.texts("#offers-error") == ["Bitte wählen Sie einen der angebotenen Einträge."]
    assert _ticked(asked, "offers") == ticks["offers"]


def test_list_and_file_are_narrowed_by_an_offer(make: Make, browser: Browser) -> None:
    officer = make.person()
    make.visit(owner=officer, offers={"networking": False, "site-search": True})
    make.visit(owner=officer, offers={"networking": False})
    make.visit(owner=officer)
    me = browser.signed_in_as(officer)
    networking = make.agency_offer("networking").id

    def counted(**wanted: object) -> str:
        return me.open("visits.index", **wanted).texts(".result-line")[0]

    assert counted(offer=networking) == "2 Einträge"
    assert counted(offer=networking, offered="used").startswith("0 Einträge")
    assert counted(offered="used").startswith("1 Eintrag")
    assert counted(offered="mentioned").startswith("2 Einträge")
    (row,) = cells(me, offered="used")
    assert row[14:] == ["Flächensuche, Netzwerktreffen", "Flächensuche"]
