"""What several people, or several windows of one, do at the same moment: each is told the truth."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import SignIn, Throttle
from crm.clock import now
from crm.db import db, make_engine
from crm.follow_ups.models import FollowUp
from tests.at_once import answers, held, twin
from tests.make import Make
from tests.page import Browser, Pairs
from tests.visits.steps import action, new_form, sent

MANY = 5


def windows(browser: Browser) -> list[Browser]:
    """Return several windows of one person."""
    return [browser, *(twin(browser) for _ in range(MANY - 1))]


def statuses(found: list[Any]) -> list[int]:
    """Return what was answered; an answer that never came is missing."""
    return sorted(answer.status_code for answer in found)


def test_edits_of_an_organisation_are_one_edit_and_conflicts(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Alpha GmbH")
    me = browser.signed_in_as(make.person())
    page = me.open("organisations.edit", organisation_id=organisation.id)
    form = page.soup.select_one("main form[method=post]")
    assert form is not None
    typed = [page.filled_in(form, {"note": f"Fassung {number}."}) for number in range(MANY)]

    found = answers(windows(me), page.url, typed)

    assert statuses(found) == [303, *[409] * (MANY - 1)]


def test_edits_of_a_contact_are_one_edit_and_conflicts(make: Make, browser: Browser) -> None:
    contact = make.contact()
    me = browser.signed_in_as(make.person())
    page = me.open("contacts.edit", contact_id=contact.id)
    form = page.soup.select_one("main form[method=post]")
    assert form is not None
    typed = [page.filled_in(form, {"note": f"Fassung {number}."}) for number in range(MANY)]

    found = answers(windows(me), page.url, typed)

    assert statuses(found) == [303, *[409] * (MANY - 1)]


def test_archiving_and_restoring_in_several_windows(make: Make, browser: Browser) -> None:
    organisation, contact = make.organisation(), make.contact()
    me = browser.signed_in_as(make.person())
    token: Pairs = [("csrf_token", me.open("accounts.show").token)]
    for change in ("archive", "restore"):
        for url in (
            me.url(f"organisations.{change}", organisation_id=organisation.id),
            me.url(f"contacts.{change}", contact_id=contact.id),
        ):
            found = answers(windows(me), url, [[*token, ("reason", "Doppelt.")]] * MANY)

            assert statuses(found) == [303] * MANY, url


def test_visits_to_one_organisation_each_say_when_the_next_is_due(
    make: Make, browser: Browser
) -> None:
    lead = make.organisation()
    people = [browser.signed_in_as(make.person()) for _ in range(MANY)]
    pages = [new_form(person, organisation=lead.id) for person in people]
    typed = [
        sent(page, {"summary": "Gut.", "next_visit_due": f"+{n + 1}w"}, ("intent", "complete"))
        for n, page in enumerate(pages)
    ]

    found = answers(people, [action(page) for page in pages], typed)

    assert statuses(found) == [303] * MANY


def test_one_form_of_a_follow_up_makes_one(app: Flask, make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    page = me.open("follow_ups.new")
    form = page.soup.select_one("main form[method=post]")
    assert form is not None
    typed = page.filled_in(form, {"title": "Anrufen", "due_on": "+1w"})

    found = answers(windows(me), page.url, [typed] * MANY)

    assert statuses(found) == [303] * MANY
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FollowUp)) == 1


def test_the_language_is_chosen_in_several_windows(make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    token = ("csrf_token", me.open("accounts.show").token)
    typed: list[Pairs] = [[token, ("language", ("de", "en")[n % 2])] for n in range(MANY)]

    found = answers(windows(me), me.url("accounts.language"), typed)

    assert statuses(found) == [303] * MANY


def test_failed_sign_ins_are_each_refused_and_each_counted(
    app: Flask, make: Make, browser: Browser
) -> None:
    person = make.person()
    strangers = [Browser(app) for _ in range(MANY)]
    typed: list[Pairs] = [
        [
            ("csrf_token", stranger.open("accounts.sign_in").token),
            ("email", person.email),
            ("password", "nicht das richtige"),
        ]
        for stranger in strangers
    ]

    found = answers(strangers, browser.url("accounts.sign_in"), typed)

    assert statuses(found) == [422] * MANY or statuses(found) == [422] * (MANY - 1) + [429]
    with app.app_context():
        counted = set(db.session.scalars(sa.select(Throttle.failures)))
    assert counted == {statuses(found).count(422)}


def test_who_waits_too_long_is_told_and_keeps_the_input(
    app: Flask, make: Make, browser: Browser
) -> None:
    organisation = make.organisation("Alpha GmbH")
    page = browser.signed_in_as(make.person()).open(
        "organisations.edit", organisation_id=organisation.id
    )

    with held(app, "organisation"):
        told = page.submit(note="Lange getippt.")

    assert told.status == 503
    saved = told.submit(button="Noch einmal senden")
    assert saved.status == 200
    assert "Lange getippt." in saved.text


def test_no_request_waits_for_ever_but_an_upgrade_may_take_its_time(app: Flask) -> None:
    with app.app_context():
        engines = dict(db.engines)
    asked: tuple[str, ...] = ("SHOW lock_timeout", "SHOW statement_timeout")
    limits: tuple[list[Any], list[Any]] = (["10s", "1min"], ["0", "0"])
    if engines["write"].dialect.name == "sqlite":
        asked, limits = ("PRAGMA busy_timeout",), ([10_000], [10_000])
    of_a_command = make_engine(engines["write"].url.render_as_string(False), write=True)

    for engine, wanted in ((engines["default"], 0), (engines["write"], 0), (of_a_command, 1)):
        with engine.connect() as connection:
            found = [connection.exec_driver_sql(question).scalar() for question in asked]
        assert found == limits[wanted]
    of_a_command.dispose()


def test_a_session_that_cannot_be_touched_keeps_nobody_from_reading(
    app: Flask, make: Make, browser: Browser
) -> None:
    me = browser.signed_in_as(make.person())
    with app.app_context():
        session = db.session.scalars(sa.select(SignIn)).one()
    make.change(session, last_seen_at=now() - timedelta(minutes=10))

    with held(app, "sign_in"):
        page = me.open("visits.index")

    assert page.status == 200
