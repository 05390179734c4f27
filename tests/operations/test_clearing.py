"""What is old and done is cleared; what waits, was refused, was not read or was written stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.clock import now, today
from crm.concerns.models import Stage
from crm.db import Base, db, transaction
from crm.mail.models import Mail, MailState, Reason
from crm.models import KeptEdit, SignIn, Throttle
from crm.notifications.models import Kind, Notification
from crm.operations.clearing import clear
from crm.reminders.models import Morning
from crm.visits.models import Visit, VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.reminders.morning import days, look, working_day

LONG_AGO = now() - timedelta(days=91)
LATELY = now() - timedelta(days=89)


def _clear(app: Flask, **settings: Any) -> None:
    with app.app_context():
        clear(replace(app.config["CRM"], **settings))


def _add(app: Flask, *records: Base) -> None:
    with app.app_context(), transaction() as session:
        session.add_all(records)


def _mail(state: MailState, at: datetime) -> Mail:
    key = f"{state} {at}"
    return Mail(
        reason=Reason.NOTICE,
        key=key,
        message_id=key,
        recipient="o@kreis.example",
        subject="",
        text="",
        state=state,
        created_at=at - timedelta(days=200) if state is MailState.SENT else at,
        due_at=at,
        sent_at=at if state is MailState.SENT else None,
    )


def _mails(make: Make) -> set[str]:
    return set(make.run(lambda: db.session.scalars(sa.select(Mail.key)).all()))


def _number(make: Make, model: type[Base], *conditions: sa.ColumnElement[bool]) -> int | None:
    counted = sa.select(sa.func.count()).select_from(model).where(*conditions)
    return make.run(lambda: db.session.scalar(counted))


def test_only_mails_that_went_or_that_nobody_was_to_get_are_cleared(app: Flask, make: Make) -> None:
    mails = [_mail(state, at) for state in MailState for at in (LONG_AGO, LATELY)]
    _add(app, *mails)
    gone = {f"{state} {LONG_AGO}" for state in (MailState.SENT, MailState.WITHDRAWN)}
    before = _mails(make)

    _clear(app)

    assert _mails(make) == before - gone


def test_more_than_one_bite_is_cleared_at_once(app: Flask, make: Make) -> None:
    _add(app, *(_mail(MailState.SENT, LONG_AGO - timedelta(hours=hour)) for hour in range(1_001)))

    _clear(app)

    assert _mails(make) == set()


def test_only_notifications_that_were_read_or_not_wanted_are_cleared(
    app: Flask, make: Make, browser: Browser
) -> None:
    me = make.person()
    told: dict[str, dict[str, Any]] = {
        "Gelesen": {"at": LONG_AGO, "read_at": LONG_AGO},
        "Nicht gewollt": {"at": LONG_AGO, "in_app": False},
        "Gerade gelesen": {"at": LONG_AGO, "read_at": LATELY},
        "Nicht gelesen": {"at": LONG_AGO},
    }
    for title, columns in told.items():
        make.notification(me, make.follow_up(title), **columns)

    _clear(app)

    shown = browser.signed_in_as(me).open("notifications.index").texts(".entry__main a")
    assert sorted(shown) == ["Gerade gelesen", "Nicht gelesen"]
    assert _number(make, Notification) == 2


def test_nobody_is_told_anew_of_a_clock_that_still_runs(app: Flask, make: Make) -> None:
    make.concern(first_response_due_on=working_day() - days(100))
    look(app)
    told = sa.update(Notification).values(at=LONG_AGO, read_at=LONG_AGO)
    with app.app_context(), transaction() as session:
        session.execute(told)

    _clear(app)
    look(app)

    assert _number(make, Notification, Notification.kind == Kind.CLOCK) == 1
    (stored,) = make.run(lambda: db.session.scalars(sa.select(Notification)).all())
    assert stored.read_at is not None
    closed = make.concern(stage=Stage.CLOSED)
    make.change(stored, concern_id=closed.id)
    _clear(app)
    assert _number(make, Notification, Notification.kind == Kind.CLOCK) == 0


def test_nothing_goes_where_it_is_to_stay(app: Flask, make: Make) -> None:
    me = make.person()
    make.notification(me, make.follow_up(), at=LONG_AGO, read_at=LONG_AGO)
    morning = Morning(person_id=me.id, day=today() - days(91), at=LONG_AGO)
    _add(app, _mail(MailState.SENT, LONG_AGO), morning)

    _clear(app, clear_after_days=0)

    assert [_number(make, model) for model in (Mail, Morning, Notification)] == [1, 1, 1]


def test_mornings_long_done_are_forgotten(app: Flask, make: Make) -> None:
    me = make.person()
    lately = today() - days(89)
    _add(
        app,
        *(Morning(person_id=me.id, day=day, at=now()) for day in (lately, today() - days(91))),
    )

    _clear(app)

    assert make.run(lambda: db.session.scalars(sa.select(Morning.day)).all()) == [lately]


@pytest.mark.parametrize(
    ("columns", "stays"),
    [
        ({"last_seen_at": now() - timedelta(hours=7)}, True),
        ({"last_seen_at": now() - timedelta(hours=9)}, False),
        ({"created_at": now() - timedelta(days=8)}, False),
    ],
)
def test_sessions_that_are_over_are_forgotten(
    columns: dict[str, datetime], stays: bool, app: Flask, make: Make, browser: Browser
) -> None:
    mine = browser.signed_in_as(make.person())
    with app.app_context(), transaction() as session:
        session.execute(sa.update(SignIn).values(**columns))

    _clear(app, clear_after_days=0)

    assert (make.run(lambda: db.session.scalar(sa.select(SignIn.id))) is not None) is stays
    assert mine.answer("GET", "/account").status_code == (200 if stays else 302)


def test_failures_that_no_longer_count_are_forgotten(app: Flask, make: Make) -> None:
    ages = {b"new": timedelta(minutes=59), b"old": timedelta(minutes=61)}
    _add(
        app,
        *(
            Throttle(key=key.ljust(32), failures=9, last_failure_at=now() - age)
            for key, age in ages.items()
        ),
    )

    _clear(app)

    kept = make.run(lambda: db.session.scalars(sa.select(Throttle.key)).all())
    assert [key.strip() for key in kept] == [b"new"]


def test_drafts_and_kept_edits_stay_however_old(app: Flask, make: Make) -> None:
    me = make.person()
    old: dict[str, Any] = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    make.visit(VisitStatus.DRAFT, owner=me, **old)
    visit = make.visit(VisitStatus.PLANNED, owner=me, **old)
    edit = KeptEdit(visit_id=visit.id, person_id=me.id, form=[], version=1, kept_at=LONG_AGO)
    _add(app, edit)

    _clear(app)

    assert (_number(make, Visit), _number(make, KeptEdit)) == (2, 1)
