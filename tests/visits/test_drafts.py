"""A draft keeps what was typed, whatever it is, and only its author sees it."""

from __future__ import annotations

from flask import Flask

from crm.accounts.models import Person
from crm.policy import Role
from crm.visits import queries
from crm.visits.models import Visit, VisitStatus
from tests.make import Make
from tests.page import Browser, Page
from tests.visits.steps import about, action, alert, key_of, line, new_form, panel, rows, send, sent

JSON = {"Accept": "application/json"}


def drafted(page: Page, **typed: str) -> Page:
    """Keep the form as a draft; return the page on which it goes on."""
    return send(page, typed, intent="draft")


def test_a_draft_comes_back_as_it_was_typed(make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()), organisation=make.organisation().id)
    outlook = panel(page, "Lage & Ausblick")
    typed = {"visited_on": "irgendwann", "visited_at": "spät", "next_visit_due": "31.2."}
    long = "Zu lang. " * 3_000
    note = about(page, "Lage & Ausblick", note=long, flag="watch", look_again="nie")
    more = [
        *line(outlook, title="Halb", due="bald"),
        ("new_contacts-0-given_name", "Mia"),
        ("new_contacts-0-function", "Prokuristin"),
    ]

    kept = send(page, typed | note | {"summary": " \t Text mit\tAbständen "}, *more, intent="draft")

    assert kept.status == 200
    assert "Der Entwurf ist gesichert." in kept.text
    back = set(sent(kept, {}))
    wanted = set(sent(page, typed | note | {"summary": " \t Text mit\tAbständen "}, *more))
    ours = {pair for pair in wanted if pair[0] not in {"csrf_token", "version"}}
    assert ours - back == set()
    refused = send(kept, {})
    assert refused.status == 422
    assert "Bitte geben Sie eine Uhrzeit wie 14:30 ein." in alert(refused)


def test_a_draft_needs_nothing(app: Flask, make: Make, browser: Browser) -> None:
    page = new_form(browser.signed_in_as(make.person()))

    kept = send(page, {"visited_on": "", "people": []}, intent="draft")

    assert kept.status == 200
    assert rows(app)["visit"] == 1
    assert rows(app)["submission"] == 0


def test_the_browser_keeps_a_draft_at_every_pause(app: Flask, make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    page = new_form(me)
    pairs = [pair for pair in sent(page, {"summary": "A"}) if pair[0] != "version"]

    def keep(version: int, summary: str) -> tuple[int, dict[str, object]]:
        typed = [pair for pair in pairs if pair[0] != "summary"]
        typed += [("version", str(version)), ("summary", summary), ("intent", "draft")]
        answer = me.answer("POST", action(page), typed, headers=JSON)
        assert answer.json is not None
        return answer.status_code, answer.json

    assert keep(0, "A")[1]["version"] == 1
    assert keep(1, "AB")[1]["version"] == 2
    # An answer that was lost on its way: the same content again is no conflict
    assert keep(1, "AB")[1]["version"] == 2
    status, told = keep(1, "ABC")
    assert status == 409
    assert told == {
        "error": "Jemand anderes hat inzwischen Änderungen gesichert."
        " Bitte prüfen Sie die neue Fassung."
    }
    assert rows(app)["visit"] == 1


def test_two_windows_on_one_draft_show_both_texts(make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    one = drafted(new_form(me), summary="Anfang.")
    other = me.open("visits.edit", visit_id=key_of(one))
    drafted(one, summary="Fenster eins.")

    conflict = drafted(other, summary="Fenster zwei.")

    assert conflict.status == 409
    assert {"Fenster eins.", "Fenster zwei."} <= set(conflict.texts("td"))
    mine = conflict.submit(button="Meine Fassung sichern")
    assert mine.texts("[name=summary]") == ["Fenster zwei."]


def test_a_draft_is_completed_once(app: Flask, make: Make, browser: Browser) -> None:
    lead = make.organisation("Alpha GmbH")
    page = drafted(new_form(browser.signed_in_as(make.person()), organisation=lead.id), summary="A")
    key = key_of(page)

    shown = send(page, {"summary": "Fertig."})

    assert key_of(shown) == key
    assert "Fertig." in shown.text
    assert rows(app)["visit"] == 1
    assert send(page, {"summary": "Fertig."}).url == shown.url
    late = drafted(page, summary="Zu spät.")
    assert late.status == 409
    assert "Zu spät." in late.texts("td")


def _others(make: Make, author: Person) -> list[Person]:
    return [
        make.person(),
        make.person(Role.READER),
        make.person(Role.MANAGER, is_administrator=True),
        make.person(Role.NONE, is_administrator=True),
        make.person(Role.MANAGER, team=make.team(body=make.home_body), leads=[make.home]),
        make.person(team=make.team()),
    ]


def test_nobody_but_its_author_sees_a_draft(make: Make, browser: Browser) -> None:
    author, lead = make.person(), make.organisation("Alpha GmbH", shared=True)
    page = drafted(
        new_form(browser.signed_in_as(author), organisation=lead.id),
        summary="KANARIE", visited_on="heute",
    )  # fmt: skip
    key = key_of(page)

    for person in _others(make, author):
        other = browser.signed_in_as(person)
        for endpoint in ("visits.show", "visits.edit", "visits.report"):
            answer = other.download(endpoint, visit_id=key)
            assert answer.status_code in {403, 404}, (person.role, endpoint)
            if person.role in {Role.OFFICER, Role.MANAGER}:
                assert answer.status_code == 404
            assert "KANARIE" not in answer.text
        for endpoint in ("archive", "discard", "cancel", "restore", "postpone", "plan_again"):
            url = other.url(f"visits.{endpoint}", visit_id=key)
            if person.role is not Role.NONE:
                assert other.post(url, []).status in {403, 404}, (person.role, endpoint)
        if person.role is not Role.NONE:
            drafts = other.open("visits.index", status="draft")
            assert "0 Einträge" in drafts.text
            assert "KANARIE" not in other.open("organisations.show", organisation_id=lead.id).text


def test_its_author_finds_a_draft(make: Make, browser: Browser) -> None:
    author, lead = make.person(), make.organisation("Alpha GmbH")
    me = browser.signed_in_as(author)
    page = drafted(new_form(me, organisation=lead.id), visited_on="heute", summary="Mein Text.")

    my_day = me.open("my_day.index")

    assert my_day.follow("Alpha GmbH").texts("[name=summary]") == ["Mein Text."]
    for status in ("", "draft"):
        assert "0 Einträge" in me.open("visits.index", status=status).text
    assert me.download("visits.report", visit_id=key_of(page)).status_code == 404


def _of(make: Make, author: Person) -> list[Visit]:
    actor = make.actor(author)
    return list(make.run(lambda: queries.drafts(actor)))


def test_a_discarded_draft_comes_back(make: Make, browser: Browser) -> None:
    author = make.person()
    me = browser.signed_in_as(author)
    page = drafted(new_form(me), summary="Behalten.")
    url = me.url("visits.discard", visit_id=key_of(page))

    gone = me.post(url, [])

    assert "Der Entwurf ist verworfen." in gone.text
    assert _of(make, author) == []
    assert me.post(url, []).status == 200
    back = gone.submit(button="Rückgängig")
    assert back.texts("[name=summary]") == ["Behalten."]
    assert len(_of(make, author)) == 1


def test_a_draft_discarded_in_one_window_goes_on_in_the_other(make: Make, browser: Browser) -> None:
    author, lead = make.person(), make.organisation("Alpha GmbH")
    me = browser.signed_in_as(author)
    page = drafted(new_form(me, organisation=lead.id), summary="Anfang.")
    me.post(me.url("visits.discard", visit_id=key_of(page)), [])

    conflict = drafted(page, summary="Weiter.")
    kept = conflict.submit(button="Meine Fassung sichern")

    assert conflict.status == 409
    assert kept.texts("[name=summary]") == ["Weiter."]
    assert len(_of(make, author)) == 1
    me.post(me.url("visits.discard", visit_id=key_of(page)), [])
    done = send(kept, {"summary": "Fertig."}).submit(button="Meine Fassung sichern")
    assert "Fertig." in done.text
    assert "Alpha GmbH" in me.open("visits.index").text


def test_a_visit_is_no_draft_to_discard(make: Make, browser: Browser) -> None:
    officer = make.person()
    me = browser.signed_in_as(officer)

    for status in set(VisitStatus) - {VisitStatus.DRAFT}:
        visit = make.visit(status, owner=officer)
        assert me.post(me.url("visits.discard", visit_id=visit.id), []).status == 404
