"""Clocks that run out: the owner is told, and of urgent ones the managers, once for each clock."""

from __future__ import annotations

import pytest
from flask import Flask

from crm.clock import now
from crm.concerns.models import Flag, Stage
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser
from tests.post import Post
from tests.reminders.morning import days, look, send, text_of, working_day


def _told(browser: Browser) -> list[str]:
    """Return what the page of notifications says, the latest first."""
    return browser.open("notifications.index").texts(".entry__main")


def test_the_owner_is_told_on_the_day_it_runs_out(
    app: Flask, make: Make, browser: Browser, post: Post
) -> None:
    me = make.person()
    make.concern("Kein Strom", owner=me, first_response_due_on=working_day())
    make.concern("Hat Zeit", owner=me, first_response_due_on=working_day() + days(1))
    signed_in = browser.signed_in_as(me)

    look(app)
    look(app)

    (told,) = _told(signed_in)
    assert told.startswith("Kein Strom Die Frist für die erste Rückmeldung endet am ")
    assert send(app, post) == []


def test_the_managers_of_its_team_are_told_when_an_urgent_clock_has_run_out(
    app: Flask, make: Make, browser: Browser, post: Post
) -> None:
    manager, elsewhere = make.person(Role.MANAGER), make.person(Role.MANAGER, team=make.team())
    owner = make.person(name="Otto Ohnezeit")
    make.concern(
        "Kein Strom", owner=owner, flag=Flag.URGENT, first_response_due_on=working_day() - days(1)
    )
    make.concern("Heute noch", owner=owner, flag=Flag.URGENT, first_response_due_on=working_day())
    make.concern("Kein Eilfall", owner=owner, first_response_due_on=working_day() - days(1))

    for _ in range(2):
        look(app)
        messages = send(app, post)

    (told,) = _told(browser.signed_in_as(manager))
    assert told.startswith("Kein Strom Dringend: Die Frist für die erste Rückmeldung ist am ")
    assert _told(browser.signed_in_as(elsewhere)) == []
    (message,) = [message for message in messages if message["To"] == manager.email]
    assert "Kein Strom" in text_of(message)
    # The concern is named, not the person
    assert "Ohnezeit" not in message.as_string() + told


def test_each_clock_is_told_of(app: Flask, make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    concern = make.concern(
        owner=make.person(),
        flag=Flag.URGENT,
        first_response_due_on=working_day() - days(9),
        resolution_due_on=working_day() - days(2),
    )
    look(app)
    make.change(concern, first_responded_at=now())

    look(app)

    told = _told(browser.signed_in_as(manager))
    assert ["die Lösung" in line for line in told] == [True, False]


def test_the_circle_of_the_concern_holds(app: Flask, make: Make, browser: Browser) -> None:
    leads, neighbour = make.team(body=make.home_body), make.team(body=make.home_body)
    manager = make.person(Role.MANAGER, team=leads, leads=[make.home])
    other = make.person(Role.MANAGER, team=neighbour)
    make.concern(
        "Nachfolge",
        owner=make.person(),
        flag=Flag.URGENT,
        visibility=Visibility.MANAGERS,
        first_response_due_on=working_day() - days(1),
    )

    look(app)

    assert len(_told(browser.signed_in_as(manager))) == 1
    assert _told(browser.signed_in_as(other)) == []


def test_what_is_closed_has_no_clock(app: Flask, make: Make, browser: Browser) -> None:
    manager = make.person(Role.MANAGER)
    late = working_day() - days(3)
    make.concern(owner=manager, stage=Stage.CLOSED, flag=Flag.URGENT, first_response_due_on=late)

    look(app)

    assert _told(browser.signed_in_as(manager)) == []


@pytest.mark.parametrize("leaves", [True, False])
def test_a_manager_who_has_left_is_told_nothing(
    leaves: bool, app: Flask, make: Make, post: Post
) -> None:
    manager = make.person(Role.MANAGER)
    make.concern(
        owner=make.person(), flag=Flag.URGENT, first_response_due_on=working_day() - days(1)
    )
    if leaves:
        make.change(manager, deactivated_at=now())

    look(app, with_mails=False)

    assert len(send(app, post)) == (0 if leaves else 1)
