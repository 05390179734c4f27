from __future__ import annotations

from datetime import timedelta

import pytest

from crm.clock import now
from crm.concerns.models import Concern
from crm.db import db
from crm.visibility import Visibility
from tests.follow_ups.steps import actions, services_of, stored
from tests.make import Make
from tests.page import Browser


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
