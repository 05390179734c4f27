"""My devices: where one is signed in, and how to be so no more."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import sqlalchemy as sa

from crm.accounts.models import Person, SignIn
from crm.audit import AuditEntry
from crm.clock import now
from crm.db import db
from tests.make import Make
from tests.page import Browser


def _is_in(browser: Browser) -> bool:
    return browser.answer("GET", "/account").status_code == HTTPStatus.OK


def _sign_ins(make: Make, person: Person) -> list[SignIn]:
    statement = sa.select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.id)
    return make.run(lambda: list(db.session.scalars(statement)))


def test_one_sees_where_one_is_signed_in_and_which_this_is(make: Make, browser: Browser) -> None:
    person = make.person()
    browser.signed_in_as(make.person())
    here, _there = browser.signed_in_as(person), browser.signed_in_as(person)

    rows = here.open("accounts.show").texts("#devices li")

    assert len(rows) == 2
    assert [row.endswith("dieses Gerät") for row in rows].count(True) == 1


def test_another_device_is_signed_out(make: Make, browser: Browser) -> None:
    person = make.person()
    here, there = browser.signed_in_as(person), browser.signed_in_as(person)

    page = here.open("accounts.show").submit(form="#devices li form")

    assert "Das Gerät ist abgemeldet." in page.texts(".flash")[0]
    assert (_is_in(here), _is_in(there)) == (True, False)
    assert page.soup.select("#devices form") == []
    [line] = make.run(lambda: db.session.scalars(sa.select(AuditEntry)).all())
    assert (line.action, line.actor_id) == ("signed_out", person.id)


def test_all_others_are_signed_out_at_once(make: Make, browser: Browser) -> None:
    person, other = make.person(), browser.signed_in_as(make.person())
    here, *others = (browser.signed_in_as(person) for _ in range(4))

    page = here.open("accounts.show").submit(button="Alle anderen abmelden")

    assert "3 Geräte sind abgemeldet." in page.texts(".flash")[0]
    assert [_is_in(one) for one in (here, other, *others)] == [True, True, False, False, False]


def test_what_is_over_is_no_device(make: Make, browser: Browser) -> None:
    person = make.person()
    make.change(make.sign_in(person), last_seen_at=now() - timedelta(hours=9))
    make.change(make.sign_in(person), created_at=now() - timedelta(days=8))

    page = browser.signed_in_as(person).open("accounts.show")

    assert len(page.texts("#devices li")) == 1


def test_nobody_signs_others_out(make: Make, browser: Browser) -> None:
    me, other = browser.signed_in_as(make.person()), make.person()
    theirs = browser.signed_in_as(other)
    [row] = _sign_ins(make, other)

    answer = me.post(f"/account/devices/{row.id}/sign-out", [])
    me.post("/account/devices/sign-out", [])

    assert answer.status == HTTPStatus.NOT_FOUND
    assert _is_in(theirs)
