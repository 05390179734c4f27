"""What colleagues do for one another is told, once, to who may see it, until it is read."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.accounts.models import Person
from crm.follow_ups import services as follow_ups
from crm.follow_ups.models import FollowUp
from crm.follow_ups.services import FollowUpDraft
from crm.mail import queries as mail
from crm.mail.models import Reason
from crm.policy import Role
from crm.types import new_id
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser
from tests.reminders.morning import working_day


def _give(
    make: Make,
    *people: Person,
    title: str = "Anrufen",
    by: Person | None = None,
    visibility: Visibility = Visibility.BODY,
) -> FollowUp:
    """Let `by` (the home team's officer) give a follow-up to people."""
    draft = FollowUpDraft(
        title=title, due_on=working_day(), assignee_ids=tuple(person.id for person in people)
    )
    actor = make.actor(by)
    return make.run(lambda: follow_ups.add_follow_up(actor, draft, visibility=visibility))


def _told(browser: Browser) -> list[str]:
    return browser.open("notifications.index").texts(".entry__main")


def _number(browser: Browser) -> list[str]:
    return browser.open("accounts.show").texts(".bell__count")


def test_who_is_given_something_is_told(make: Make, browser: Browser) -> None:
    me = make.person()
    given = _give(make, me, make.officer)
    signed_in = browser.signed_in_as(me)

    page = signed_in.open("notifications.index")

    (told,) = page.texts(".entry__main")
    assert told.startswith("Anrufen Olga Oft hat Ihnen eine Wiedervorlage gegeben ·")
    assert page.follow("Anrufen").url == f"/follow-ups/{given.id}"
    assert _number(signed_in) == ["1"]
    # Not of what one does oneself
    assert _told(browser.signed_in_as(make.officer)) == []


def test_who_set_it_is_told_when_a_colleague_completes_it(make: Make, browser: Browser) -> None:
    me = make.person(name="Karl Kollege")
    given = _give(make, me)
    actor = make.actor(me)

    for _ in range(2):
        make.run(lambda: follow_ups.complete(actor, given.id))

    (told,) = _told(browser.signed_in_as(make.officer))
    assert told.startswith("Anrufen Karl Kollege hat Ihre Wiedervorlage erledigt")


def test_what_is_undone_was_never_told(make: Make, browser: Browser) -> None:
    me = make.person()
    given, actor = _give(make, me), make.actor(me)
    make.run(lambda: follow_ups.complete(actor, given.id))

    make.run(lambda: follow_ups.reopen(actor, given.id))

    assert _told(browser.signed_in_as(make.officer)) == []


def test_who_has_it_no_longer_is_not_told_of_it_either(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    given, actor = _give(make, me), make.actor()

    make.run(lambda: follow_ups.reassign(actor, given.id, assignee_ids=[other.id]))

    assert _told(browser.signed_in_as(me)) == []
    assert len(_told(browser.signed_in_as(other))) == 1


def test_a_change_that_fails_tells_nobody(make: Make, browser: Browser) -> None:
    me = make.person()
    draft = FollowUpDraft(title="Nie", due_on=working_day(), assignee_ids=(me.id, new_id()))
    actor = make.actor()

    with pytest.raises(Exception, match="assignee_missing"):
        make.run(lambda: follow_ups.add_follow_up(actor, draft, visibility=Visibility.BODY))

    assert _told(browser.signed_in_as(me)) == []


def test_one_is_marked_as_read(make: Make, browser: Browser) -> None:
    me = make.person()
    _give(make, me, title="Eins")
    _give(make, me, title="Zwei")
    signed_in = browser.signed_in_as(me)

    page = signed_in.open("notifications.index").submit(button="Gelesen : Eins")

    assert page.url == "/notifications"
    assert page.texts("main .kern-badge") == ["neu"]
    assert _number(signed_in) == ["1"]


def test_all_are_marked_as_read_and_that_can_be_undone(make: Make, browser: Browser) -> None:
    me = make.person()
    _give(make, me)
    _give(make, me)
    signed_in = browser.signed_in_as(me)

    read = signed_in.open("notifications.index").submit(button="Alle als gelesen markieren")

    assert _number(signed_in) == []
    read.submit(button="Rückgängig")
    assert _number(signed_in) == ["2"]


def test_looking_changes_nothing(make: Make, browser: Browser) -> None:
    me = make.person()
    _give(make, me)
    signed_in = browser.signed_in_as(me)

    for _ in range(2):
        signed_in.open("notifications.index")

    assert _number(signed_in) == ["1"]


def test_those_of_others_cannot_be_read_away(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    _give(make, me)
    page = browser.signed_in_as(me).open("notifications.index")
    (key,) = page.attributes("input[name=notification]", "value")

    browser.signed_in_as(other).post("/notifications/read", [("notification", key)])

    assert _number(browser.signed_in_as(me)) == ["1"]


@pytest.mark.parametrize("key", ["", "kein Schlüssel", "\x00", "9" * 500])
def test_nonsense_reads_nothing_away(key: str, make: Make, browser: Browser) -> None:
    me = make.person()
    _give(make, me)
    signed_in = browser.signed_in_as(me)

    page = signed_in.post("/notifications/read", [("notification", key)])
    other = signed_in.post("/notifications/unread", [("at", key)])

    assert (page.status, other.status) == (HTTPStatus.OK, HTTPStatus.OK)
    assert _number(signed_in) == ["1"]


def test_what_goes_out_of_sight_goes_from_the_list_and_the_number(
    make: Make, browser: Browser
) -> None:
    me, other = make.person(), make.person()
    told = make.follow_up("Kanarienvogel", owner=other)
    make.notification(me, told)
    signed_in = browser.signed_in_as(me)
    assert _number(signed_in) == ["1"]

    make.change(told, visibility=Visibility.MANAGERS)

    page = signed_in.open("notifications.index")
    assert "Kanarienvogel" not in page.text
    assert _number(signed_in) == []


def test_an_empty_list_says_what_will_stand_there(make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person()).open("notifications.index")

    assert page.texts(".empty .strong") == ["Es gibt keine Meldungen."]
    assert "Zu meinem Tag" in page.links


def test_without_a_role_there_are_none(make: Make, browser: Browser) -> None:
    administrator = browser.signed_in_as(make.person(Role.NONE, is_administrator=True))

    assert administrator.open("notifications.index").status == HTTPStatus.FORBIDDEN
    account = administrator.open("accounts.show")
    assert account.texts(".bell") == []
    assert "Benachrichtigungen" not in account.texts("h2")


def test_one_chooses_how_one_is_told(make: Make, browser: Browser) -> None:
    me = make.person()
    signed_in = browser.signed_in_as(me)

    signed_in.open("accounts.show").submit(
        button="Benachrichtigungen sichern",
        in_app=["completed", "clock", "answer"],
        by_mail=["given"],
    )
    _give(make, me)

    assert _told(signed_in) == []
    waiting = make.run(mail.counts)
    assert [(row.reason, row.number) for row in waiting] == [(Reason.NOTICE, 1)]
    account = signed_in.open("accounts.show")
    assert account.attributes("#notifications input[checked]", "value") == [
        "given", "completed", "clock", "answer",
    ]  # fmt: skip


def test_what_does_not_concern_one_is_no_choice(make: Make, browser: Browser) -> None:
    def offered(role: Role) -> set[str]:
        page = browser.signed_in_as(make.person(role)).open("accounts.show")
        return set(page.attributes("#notifications input[type=checkbox]", "value"))

    assert "escalation" in offered(Role.MANAGER)
    assert "escalation" not in offered(Role.OFFICER)
    assert offered(Role.READER) == set()


def test_naughty_titles_are_shown_as_they_are(make: Make, browser: Browser) -> None:
    me = make.person()
    _give(make, me, title='<script>alert("ä")</script> & so')

    (told,) = _told(browser.signed_in_as(me))

    assert told.startswith('<script>alert("ä")</script> & so')


def test_the_page_asks_as_much_for_many_as_for_two(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    me = make.person()
    signed_in = browser.signed_in_as(me)
    asked = []
    for _ in range(2):
        for number in range(8):
            _give(make, me, by=make.person(), title=f"Anrufen {number}")
        signed_in.open("notifications.index")
        count_queries.clear()
        signed_in.open("notifications.index")
        asked.append(len(count_queries))

    assert asked[0] == asked[1] <= 12
