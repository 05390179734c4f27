"""Targets: read by all, set by who leads the team."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

import pytest

from crm import audit
from crm.clock import today
from crm.dashboard import services
from crm.dashboard.models import Target
from crm.dashboard.queries.targets import find_target
from crm.errors import NotAllowed, NotFound
from crm.policy import Role
from tests.make import Make
from tests.page import Browser

YEAR = today().year


def test_a_manager_sets_the_target_of_a_team_and_everybody_sees_it(
    make: Make, browser: Browser
) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    for _ in range(3):
        make.visit()

    empty = manager.open("dashboard.targets")
    page = empty.follow("Ziel setzen : Wirtschaftsförderung").submit(visits="4")

    assert f"Für {YEAR} ist noch kein Ziel gesetzt." in empty.texts(".empty p")
    assert page.texts("tbody tr")[0].startswith("Wirtschaftsförderung 4 3 75 %")
    reader = browser.signed_in_as(make.person(Role.READER))
    assert "Ziel 4 · 75 %" in reader.open("dashboard.index").texts(".tile__note")
    seen = reader.open("dashboard.targets")
    assert "Ziel ändern : Wirtschaftsförderung" not in seen.links
    assert seen.links["3"].startswith("/visits?")


def test_the_target_of_the_body_is_the_sum_and_of_a_team_its_own(
    make: Make, browser: Browser
) -> None:
    south = make.team("Süd", body=make.home_body)
    actor = make.actor(make.person(Role.MANAGER, leads=[south]))
    for team, visits in ((make.home, 10), (south, 30)):
        make.run(partial(services.set_target, actor, team.id, YEAR, visits=visits, version=0))
    officer = browser.signed_in_as(make.officer)

    assert "Ziel 40 · 0 %" in officer.open("dashboard.index").texts(".tile__note")
    one = officer.open("dashboard.index", team=south.id)
    assert "Ziel 30 · 0 %" in one.texts(".tile__note")
    part = officer.open("dashboard.index", municipality="Musterstadt")
    assert not [note for note in part.texts(".tile__note") if "Ziel 40" in note]
    free = officer.open("dashboard.index", span="twelve_months")
    assert not [note for note in free.texts(".tile__note") if "Ziel 40" in note]


@pytest.mark.parametrize("typed", ["0", "-3", "10001", "viele", "1,5", "99999999999999999999"])
def test_what_is_no_number_of_visits_is_refused_and_stays(
    typed: str, make: Make, browser: Browser
) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))

    page = manager.open("dashboard.target", team_id=make.home.id).submit(visits=typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.attributes("#visits", "value") == [typed]
    assert page.texts("#visits-error")


@pytest.mark.parametrize("text", ["NaN", "1e309", "½", "٣", "\x00", "=1+1"])
def test_naughty_text_is_refused_kindly(text: str, make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    page = manager.open("dashboard.target", team_id=make.home.id)

    answer = manager.post(page.url, [("visits", text), ("version", "0")], page=page)

    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_emptied_target_is_none(make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    manager.open("dashboard.target", team_id=make.home.id).submit(visits="12")

    page = manager.open("dashboard.target", team_id=make.home.id).submit(visits="")

    assert "kein Ziel" in page.texts("tbody tr")[0]


def test_whoever_saves_second_sees_both(make: Make, browser: Browser) -> None:
    first = browser.signed_in_as(make.person(Role.MANAGER))
    second = browser.signed_in_as(make.person(Role.MANAGER))
    seen_by_both = second.open("dashboard.target", team_id=make.home.id)
    first.open("dashboard.target", team_id=make.home.id).submit(visits="12")

    conflict = seen_by_both.submit(visits="15")

    assert conflict.status == HTTPStatus.CONFLICT
    assert conflict.texts(".conflict tbody tr") == ["Besuche im Jahr (verschieden) 15 12"]
    assert "15" in conflict.submit(button="Ziel sichern").texts("tbody tr")[0]


def test_the_second_click_changes_nothing(make: Make, browser: Browser) -> None:
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    form = manager.open("dashboard.target", team_id=make.home.id)
    form.submit(visits="12")

    again = form.submit(visits="12")

    assert again.status == HTTPStatus.OK
    target = make.run(lambda: find_target(make.home.id, YEAR))
    assert isinstance(target, Target)
    assert len(make.run(lambda: audit.history(target.id))) == 1


def test_the_target_of_a_team_one_does_not_lead_is_not_ones_own(
    make: Make, browser: Browser
) -> None:
    other = make.team(body=make.home_body)
    abroad = make.team()
    person = make.person(Role.MANAGER)
    manager, actor = browser.signed_in_as(person), make.actor(person)

    assert manager.open("dashboard.target", team_id=other.id).status == HTTPStatus.FORBIDDEN
    assert manager.open("dashboard.target", team_id=abroad.id).status == HTTPStatus.NOT_FOUND
    for team, error in ((other, NotAllowed), (abroad, NotFound)):
        with pytest.raises(error):
            make.run(partial(services.set_target, actor, team.id, YEAR, visits=1, version=0))
    assert other.name in manager.open("dashboard.targets").texts("tbody")[0]
    assert abroad.name not in manager.open("dashboard.targets").texts("tbody")[0]
