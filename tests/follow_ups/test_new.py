from __future__ import annotations

from uuid import UUID

import pytest

from crm.clock import today
from crm.errors import Conflict
from crm.follow_ups import queries, services
from crm.policy import Role
from crm.visibility import Visibility
from tests.follow_ups.steps import MONDAY, actions, stored
from tests.make import Make
from tests.page import Browser, Value


def test_one_is_added_for_an_organisation(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person(name="Zweite")
    organisation = make.organisation("Häusler")
    page = browser.signed_in_as(me).open("follow_ups.new", organisation=organisation.id)

    after = page.submit(
        title="Angebot schicken",
        due_on="01.05.2027",
        assignee=[str(me.id), str(other.id)],
        promised=True,
        visibility="team",
        form="main form",
    )

    assert after.texts("h1") == ["Angebot schicken"]
    assert "Der 01.05.2027 ist kein Arbeitstag" in after.texts(".flash")[0]
    actor = make.actor(me)
    [added] = make.run(lambda: queries.open_of(actor, organisation.id))
    assert (added.due_on, added.promised, added.visibility) == (MONDAY, True, Visibility.TEAM)
    assert added.assignee_ids == {me.id, other.id}
    assert actions(make, added.id) == ["added"]


def test_one_for_a_concern_is_never_wider_than_it(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, visibility=Visibility.TEAM)
    page = browser.signed_in_as(me).open("follow_ups.new", concern=concern.id)
    assert page.attributes("#visibility option", "value") == ["team", "managers"]

    wider = page.browser.post(
        page.url,
        [("title", "X"), ("due_on", "+1w"), ("assignee", str(me.id)), ("visibility", "body")],
    )

    assert wider.status == 422
    page.submit(title="Rückruf", due_on="+1w", form="main form")
    actor = make.actor(me)
    [added] = make.run(lambda: queries.of_concern(actor, concern.id))
    assert added.organisation_id == concern.organisation_id
    assert added.visibility is Visibility.TEAM


def test_one_can_stand_alone(make: Make, browser: Browser) -> None:
    me = make.person()

    after = (
        browser.signed_in_as(me)
        .open("follow_ups.new")
        .submit(title="Aufräumen", due_on="+1w", form="main form")
    )

    assert after.status == 200
    assert after.texts("h1") == ["Aufräumen"]


def test_a_second_click_makes_no_second_one(make: Make, browser: Browser) -> None:
    me = make.person()
    page = browser.signed_in_as(me).open("follow_ups.new")

    for _ in range(2):
        page.submit(title="Einmal", due_on="+1w", form="main form")

    listed = browser.signed_in_as(me).open("follow_ups.index")
    assert listed.texts("tbody th a") == ["Einmal"]


def test_the_key_of_somebody_elses_gives_a_new_one(make: Make) -> None:
    me, theirs = make.person(), make.follow_up("Ihre", owner=make.person())
    actor = make.actor(me)
    draft = services.FollowUpDraft(title="Meine", due_on=today(), assignee_ids=(me.id,))

    added = make.run(
        lambda: services.add_follow_up(actor, draft, visibility=Visibility.BODY, key=theirs.id)
    )

    assert added.id != theirs.id
    assert stored(make, theirs).title == "Ihre"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "  ", "Bitte geben Sie an, was zu tun ist."),
        ("title", "x" * 301, "Bitte kürzen Sie den Text auf 300 Zeichen."),
        ("due_on", "", "Bitte geben Sie an, bis wann."),
        ("due_on", "31.2.", "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein."),
        ("assignee", [], "Bitte wählen Sie mindestens eine Person."),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_lost(
    field: str, value: str | list[str], sentence: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    page = browser.signed_in_as(me).open("follow_ups.new")
    typed: dict[str, Value] = {"title": "Angebot", "due_on": "+1w", "assignee": [str(me.id)]}

    after = page.submit(fields=typed | {field: value}, form="main form")

    assert after.status == 422
    assert after.texts(".error-summary a") == [sentence]
    assert after.texts(f"#{field}-error") == [sentence]
    if field != "title":
        assert after.attributes("#title", "value") == ["Angebot"]


def test_what_one_may_not_see_gets_no_follow_up(make: Make, browser: Browser) -> None:
    me = make.person()
    foreign = make.organisation(team=make.team())
    hidden = make.concern(owner=make.person(), visibility=Visibility.MANAGERS)
    mine = browser.signed_in_as(me)

    assert mine.open("follow_ups.new", organisation=foreign.id).status == 404
    assert mine.open("follow_ups.new", concern=hidden.id).status == 404
    assert mine.open("follow_ups.new", concern=UUID(int=1)).status == 404


def test_readers_add_none(make: Make, browser: Browser) -> None:
    reader = browser.signed_in_as(make.person(Role.READER))

    assert reader.open("follow_ups.new").status == 403


def test_the_service_refuses_strangers(make: Make) -> None:
    actor = make.actor()
    stranger = make.person(team=make.team())
    draft = services.FollowUpDraft(title="X", due_on=today(), assignee_ids=(stranger.id,))

    with pytest.raises(Conflict) as refused:
        make.run(lambda: services.add_follow_up(actor, draft, visibility=Visibility.BODY))

    assert (refused.value.code, refused.value.field) == ("assignee_missing", "assignee")
