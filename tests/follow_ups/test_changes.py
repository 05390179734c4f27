"""What people do to follow-ups: complete, reopen, move, reassign, add."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.accounts.models import Person
from crm.audit import history
from crm.clock import now, today
from crm.concerns.models import Concern
from crm.db import db
from crm.errors import Conflict
from crm.follow_ups import queries, services
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser, Value

SATURDAY = date(2027, 5, 1)
MONDAY = date(2027, 5, 3)


def stored(make: Make, record: FollowUp) -> FollowUp:
    """Return the follow-up as it is now, with its assignees."""

    def load() -> FollowUp:
        found = db.session.scalars(
            sa.select(FollowUp)
            .where(FollowUp.id == record.id)
            .options(sa.orm.selectinload(FollowUp.assignees))
        )
        return found.one()

    return make.run(load)


def actions(make: Make, key: UUID) -> list[str]:
    return [event.action for event in make.run(lambda: history(key))]


def assignees(make: Make, record: FollowUp) -> set[UUID]:
    return set(stored(make, record).assignee_ids)


def test_one_click_completes_and_leads_back_to_the_list(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index", due="today")

    after = page.submit(form="tbody .button-form")

    assert after.url.startswith("/follow-ups?due=today")
    assert "„Rückruf“ ist erledigt." in after.texts(".flash")[0]
    assert not stored(make, follow_up).is_open
    assert actions(make, follow_up.id) == ["completed"]


def test_the_completion_can_be_undone(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me)
    done = browser.signed_in_as(me).open("follow_ups.index").submit(form="tbody .button-form")

    after = done.submit(button="Rückgängig", form=".flash .button-form")

    assert after.texts("tbody th a") == ["Rückruf"]
    assert stored(make, follow_up).is_open
    assert actions(make, follow_up.id) == ["reopened", "completed"]


def test_the_result_can_follow_in_one_line(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me)
    done = browser.signed_in_as(me).open("follow_ups.index").submit(form="tbody .button-form")

    done.submit(button="Festhalten", result="Termin am Freitag")

    assert stored(make, follow_up).result == "Termin am Freitag"


def test_the_row_takes_the_result_and_offers_the_next_one(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Häusler")
    follow_up = make.follow_up(
        "Rückruf", owner=me, organisation_id=organisation.id, visibility=Visibility.TEAM
    )
    page = browser.signed_in_as(me).open("follow_ups.index")

    following = page.submit(button="Erledigen und nächste anlegen", result="Zusage")

    assert stored(make, follow_up).result == "Zusage"
    assert following.texts("h1") == ["Wiedervorlage anlegen"]
    assert following.texts(".page__lead") == ["Zu: Häusler"]
    assert following.attributes("#visibility option", "value") == ["team", "managers"]


def test_a_second_click_completes_nothing_twice(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index")

    page.submit(form="tbody .button-form")
    first = stored(make, follow_up)
    again = page.submit(form="tbody .button-form")

    assert again.status == 200
    assert stored(make, follow_up).done_at == first.done_at
    assert actions(make, follow_up.id) == ["completed"]


def test_another_result_for_what_is_done_is_not_lost(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    follow_up = make.follow_up(owner=me, assignees=[me, colleague])
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)
    services_of(make, colleague, follow_up, "Erreicht")

    after = page.submit(button="Erledigt", result="Nicht erreicht")

    assert after.status == 422
    assert after.attributes("#result", "value") == ["Nicht erreicht"]
    assert after.texts("#result-error") == ["Diese Wiedervorlage ist schon erledigt."]
    assert stored(make, follow_up).result == "Erreicht"


def services_of(make: Make, person: Person, follow_up: FollowUp, result: str) -> None:
    actor = make.actor(person)
    make.run(lambda: services.complete(actor, follow_up.id, result=result))


@pytest.mark.parametrize("result", ["x" * 301, "ü" * 20_000])
def test_a_result_that_cannot_be_stored_comes_back(
    result: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)

    after = (
        browser.signed_in_as(me)
        .open("follow_ups.show", follow_up_id=follow_up.id)
        .submit(button="Erledigt", result=result)
    )

    assert after.status == 422
    assert after.texts("#result-error")
    assert stored(make, follow_up).is_open


def test_a_kept_promise_answers_its_concern(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me, opened_at=now() - timedelta(days=1))
    make.follow_up("Rückruf", owner=me, promised=True, concern_id=concern.id)

    done = browser.signed_in_as(me).open("follow_ups.index").submit(form="tbody .button-form")

    assert answered(make, concern) is not None
    done.submit(button="Rückgängig", form=".flash .button-form")
    assert answered(make, concern) is None
    assert actions(make, concern.id) == ["answer_taken_back", "answered"]


def answered(make: Make, concern: Concern) -> object:
    def load() -> object:
        return db.session.get_one(Concern, concern.id).first_responded_at

    return make.run(load)


def test_what_was_not_promised_answers_nothing(make: Make) -> None:
    me = make.person()
    concern = make.concern(owner=me, opened_at=now() - timedelta(days=1))
    follow_up = make.follow_up(owner=me, concern_id=concern.id)

    services_of(make, me, follow_up, "")

    assert answered(make, concern) is None


def test_a_quick_choice_moves_to_a_working_day(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=today() - timedelta(days=2))
    page = browser.signed_in_as(me).open("follow_ups.index")

    after = page.submit(button="+ 1 Woche", form="tbody form[action$=move]")

    moved = stored(make, follow_up).due_on
    assert today() + timedelta(days=7) <= moved <= today() + timedelta(days=11)
    assert moved.weekday() < 5
    assert "„Rückruf“ ist verschoben auf" in after.texts(".flash")[0]


def test_a_holiday_moves_to_the_next_working_day_and_says_so(make: Make, browser: Browser) -> None:
    me = make.person()
    before = today()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=before)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.submit(button="Verschieben", due_on="01.05.2027")

    assert stored(make, follow_up).due_on == MONDAY
    assert "Der 01.05.2027 ist kein Arbeitstag; es gilt der nächste." in after.texts(".flash")[0]
    after.submit(button="Rückgängig", form=".flash .button-form")
    assert stored(make, follow_up).due_on == before


def test_undoing_gives_the_very_date_back_even_on_a_weekend(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Rückruf", owner=me, due_on=SATURDAY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    moved = page.submit(button="Verschieben", due_on="4.5.2027")
    moved.submit(button="Rückgängig", form=".flash .button-form")

    assert stored(make, follow_up).due_on == SATURDAY


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Bitte geben Sie an, bis wann."),
        (
            "demnächst",
            "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein.",
        ),
        ("31.02.2027", "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein."),
    ],
)
def test_no_date_comes_back_with_a_sentence(
    typed: str, sentence: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)

    after = (
        browser.signed_in_as(me)
        .open("follow_ups.show", follow_up_id=follow_up.id)
        .submit(button="Verschieben", due_on=typed)
    )

    assert after.status == 422
    assert after.texts("#due_on-error") == [sentence]
    assert after.attributes("#due_on", "value") == [typed]
    assert stored(make, follow_up).due_on == today()


def test_it_can_be_given_to_colleagues_and_taken_back(make: Make, browser: Browser) -> None:
    me, one, two = make.person(), make.person(name="Eins"), make.person(name="Zwei")
    follow_up = make.follow_up("Rückruf", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.submit(button="Weitergeben", assignee=[str(one.id), str(two.id)])

    assert assignees(make, follow_up) == {one.id, two.id}
    assert "„Rückruf“ liegt jetzt bei: Eins, Zwei." in after.texts(".flash")[0]
    after.submit(button="Rückgängig", form=".flash .button-form")
    assert assignees(make, follow_up) == {me.id}
    assert actions(make, follow_up.id) == ["reassigned", "reassigned"]


def test_the_row_gives_it_to_one_colleague(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    follow_up = make.follow_up(owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index")

    page.submit(button="Weitergeben", assignee=str(other.id))

    assert assignees(make, follow_up) == {other.id}


def test_it_cannot_be_given_to_strangers_or_nobody(make: Make, browser: Browser) -> None:
    me, reader = make.person(), make.person(Role.READER)
    stranger = make.person(team=make.team())
    follow_up = make.follow_up(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("follow_ups.reassign", follow_up_id=follow_up.id)

    for sent in ([], [("assignee", str(stranger.id))], [("assignee", str(reader.id))]):
        after = mine.post(url, sent)
        assert after.status == 422
        assert after.texts("#assignee-error")
    assert assignees(make, follow_up) == {me.id}


def test_who_has_left_can_keep_what_they_have(make: Make) -> None:
    me, gone = make.person(), make.person(deactivated_at=now())
    follow_up = make.follow_up(owner=me, assignees=[gone])
    actor = make.actor(me)

    make.run(lambda: services.reassign(actor, follow_up.id, assignee_ids=[gone.id, me.id]))

    assert assignees(make, follow_up) == {gone.id, me.id}


@pytest.mark.parametrize("step", ["move", "reassign"])
def test_what_is_done_is_neither_moved_nor_reassigned(
    step: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, done=True)
    mine = browser.signed_in_as(me)
    url = mine.url(f"follow_ups.{step}", follow_up_id=follow_up.id)

    after = mine.post(url, [("due_on", "+1w"), ("assignee", str(me.id))])

    assert after.status == 422
    assert "Diese Wiedervorlage ist schon erledigt." in after.text


STEPS = ["complete", "reopen", "move", "reassign"]


@pytest.mark.parametrize("step", STEPS)
def test_foreign_missing_and_hidden_ones_answer_alike(
    step: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    foreign = make.follow_up(owner=make.person(team=make.team()))
    hidden = make.follow_up(owner=make.person(), visibility=Visibility.MANAGERS)
    missing = UUID(int=hidden.id.int ^ 1)
    mine = browser.signed_in_as(me)

    answers = [
        mine.post(
            mine.url(f"follow_ups.{step}", follow_up_id=key),
            [("due_on", "+1w"), ("assignee", str(me.id))],
        )
        for key in (foreign.id, hidden.id, missing)
    ]

    assert [answer.status for answer in answers] == [404, 404, 404]
    assert len({answer.texts("main")[0][:200] for answer in answers}) == 1
    assert [stored(make, f).is_open for f in (foreign, hidden)] == [True, True]
    shown = [
        mine.open("follow_ups.show", follow_up_id=key).status
        for key in (foreign.id, hidden.id, missing)
    ]
    assert shown == [404, 404, 404]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("data", [[("due_on", "+1w")], [("due_on", "quatsch"), ("result", "\x01")]])
def test_who_sees_but_may_not_act_is_refused(
    step: str, data: list[tuple[str, str]], make: Make, browser: Browser
) -> None:
    body = make.body()
    ours, theirs = make.team(body=body), make.team(body=body)
    follow_up = make.follow_up(owner=make.person(team=theirs))
    reader, officer = make.person(Role.READER, team=theirs), make.person(team=ours)

    for person in (reader, officer):
        page = browser.signed_in_as(person)
        url = page.url(f"follow_ups.{step}", follow_up_id=follow_up.id)
        assert page.post(url, [*data, ("assignee", str(officer.id))]).status == 403

    assert stored(make, follow_up).is_open
    assert actions(make, follow_up.id) == []


def test_a_colleague_of_the_team_and_a_leading_manager_may_act(make: Make) -> None:
    body = make.body()
    team, other = make.team(body=body), make.team(body=body)
    owner = make.person(team=team)
    manager = make.person(Role.MANAGER, team=other, leads=[team])

    for person in (make.person(team=team), manager):
        follow_up = make.follow_up(owner=owner)
        services_of(make, person, follow_up, "")
        assert not stored(make, follow_up).is_open


def test_where_the_way_back_leads_is_one_of_our_pages(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("follow_ups.complete", follow_up_id=follow_up.id)

    for back in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        after = mine.post(url, [("back", back)])
        assert after.url == f"/follow-ups/{follow_up.id}"


# --- a new one ------------------------------------------------------------------------------------


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


# --- the page of one ------------------------------------------------------------------------------


def test_the_page_tells_its_history(make: Make, browser: Browser) -> None:
    me, other = make.person(name="Ina Muster"), make.person(name="Ole Beispiel")
    follow_up = make.follow_up(owner=me, due_on=SATURDAY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    page.submit(button="Verschieben", due_on="4.5.2027")
    page.submit(button="Weitergeben", assignee=[str(other.id)])
    after = page.submit(button="Erledigt", result="Gut")

    assert [text.rsplit(" ", 2)[0] for text in after.texts("#history li")] == [
        "Ina Muster hat sie erledigt",
        "Ina Muster hat sie weitergegeben: Ina Muster → Ole Beispiel",
        "Ina Muster hat sie verschoben: 01.05.2027 → 04.05.2027",
    ]


def test_the_page_asks_few_queries(make: Make, browser: Browser, count_queries: list[str]) -> None:
    me = make.person()
    visit = make.visit(owner=me)
    follow_up = make.follow_up(
        owner=me, visit_id=visit.id, assignees=[make.person() for _ in range(5)]
    )
    mine = browser.signed_in_as(me)
    count_queries.clear()

    mine.open("follow_ups.show", follow_up_id=follow_up.id)

    assert len(count_queries) <= 7, "\n".join(count_queries)
