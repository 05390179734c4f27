"""The throttle slows guessing, by account, by network and in all, and forgets."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import services, throttle
from crm.accounts.models import Throttle
from crm.clock import now
from crm.db import db, transaction
from tests.make import PASSWORD, Make

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def _fail(app: Flask, times: int, *, email: str = "mia@example.org", address: str = HERE) -> None:
    for _ in range(times):
        with app.app_context():
            throttle.count_failure(email, address)


def _wait(app: Flask, *, email: str = "mia@example.org", address: str = HERE) -> int:
    with app.app_context():
        return throttle.seconds_to_wait(email, address)


def _let_time_pass(app: Flask, time: timedelta) -> None:
    """Make every failure older, which is the same as waiting."""
    with app.app_context(), transaction() as session:
        for row in session.scalars(sa.select(Throttle)):
            row.last_failure_at -= time


def test_a_few_mistakes_cost_nothing(app: Flask) -> None:
    _fail(app, 4)

    assert _wait(app) == 0


def test_every_further_failure_doubles_the_wait(app: Flask) -> None:
    waits = []
    _fail(app, 4)
    for _ in range(5):
        _fail(app, 1)
        waits.append(_wait(app))

    for wait, expected in zip(waits, [1, 2, 4, 8, 16], strict=True):
        assert expected <= wait <= expected + 1


def test_nobody_is_locked_out_for_good(app: Flask) -> None:
    _fail(app, 40)

    assert 0 < _wait(app) <= 15 * 60 + 1


def test_after_the_wait_one_may_go_on(app: Flask) -> None:
    _fail(app, 8)
    assert _wait(app) > 0

    _let_time_pass(app, timedelta(seconds=20))

    assert _wait(app) == 0


def test_after_an_hour_all_is_forgotten(app: Flask) -> None:
    _fail(app, 40)
    _let_time_pass(app, timedelta(hours=1, seconds=1))

    _fail(app, 1)

    assert _wait(app) == 0


def test_another_account_is_not_slowed(app: Flask) -> None:
    _fail(app, 10)

    assert _wait(app, email="max@example.org") == 0


def test_the_account_is_slowed_from_everywhere_and_however_it_is_written(app: Flask) -> None:
    _fail(app, 10)

    assert _wait(app, address=ELSEWHERE) > 0
    assert _wait(app, email=" MIA@example.org", address=ELSEWHERE) > 0


def test_an_address_that_tries_many_accounts_is_slowed(app: Flask) -> None:
    for number in range(21):
        _fail(app, 1, email=f"person-{number}@example.org")

    assert _wait(app, email="new@example.org") > 0
    assert _wait(app, email="new@example.org", address=ELSEWHERE) == 0


def test_neighbours_in_an_ipv6_network_count_as_one(app: Flask) -> None:
    for number in range(21):
        _fail(app, 1, email=f"p{number}@example.org", address=f"2001:db8::{number:x}")

    assert _wait(app, email="new@example.org", address="2001:db8::ffff") > 0
    assert _wait(app, email="new@example.org", address="2001:db8:0:1::1") == 0


def test_many_accounts_from_many_addresses_slow_everybody(app: Flask) -> None:
    for number in range(201):
        _fail(app, 1, email=f"p{number}@example.org", address=f"192.0.2.{number}")

    assert _wait(app, email="new@example.org", address=ELSEWHERE) > 0


@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0", "999.1.1.1", "\ud800"])
def test_an_address_that_is_none_is_throttled_too(app: Flask, address: str) -> None:
    _fail(app, 21, address=address, email="a@example.org")

    assert _wait(app, email="b@example.org", address=address) > 0


def test_the_right_password_makes_the_mistakes_forgotten(app: Flask, make: Make) -> None:
    person = make.person()
    _fail(app, 4, email=person.email)

    with app.app_context():
        services.sign_in(person.email, PASSWORD, address=HERE)
    _fail(app, 4, email=person.email)

    assert _wait(app, email=person.email) == 0


def test_while_one_waits_even_the_right_password_is_not_tried(app: Flask, make: Make) -> None:
    person = make.person()
    _fail(app, 8, email=person.email)

    with app.app_context(), pytest.raises(services.TooManyAttempts) as refused:
        services.sign_in(person.email, PASSWORD, address=HERE)

    assert 0 < int(str(refused.value.values["seconds"])) <= 9


def test_the_table_holds_no_name_and_no_address(app: Flask) -> None:
    _fail(app, 1)

    with app.app_context():
        rows = db.session.scalars(sa.select(Throttle)).all()
        assert len(rows) == 3
        assert all(len(row.key) == 32 and row.last_failure_at <= now() for row in rows)


def test_strangers_are_slowed_for_a_few_seconds_only(app: Flask) -> None:
    for number in range(240):
        _fail(app, 1, email=f"p{number}@example.org", address=f"192.0.2.{number}")

    assert 0 < _wait(app, email="new@example.org", address=ELSEWHERE) <= 6


def test_an_address_is_forgiven_one_failure_after_the_other(app: Flask) -> None:
    for number in range(24):
        _fail(app, 1, email=f"p{number}@example.org")

    _let_time_pass(app, timedelta(minutes=16))
    _fail(app, 1, email="p@example.org")

    assert _wait(app, email="new@example.org") <= 2
