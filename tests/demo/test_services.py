from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.accounts.services import sign_in
from crm.audit import AuditEntry
from crm.clock import is_working_day, now, today
from crm.concerns.models import Concern, Flag, Outcome, Procedure, Stage
from crm.contacts.models import Contact
from crm.db import db
from crm.demo.accounts import ACCOUNTS, LAND
from crm.demo.services import load_demo
from crm.errors import Conflict
from crm.follow_ups.models import FollowUp
from crm.organisations import matching
from crm.organisations.models import Organisation
from crm.partners.models import Offer
from crm.policy import Role
from crm.referrals.models import Referral, ReferralResult
from crm.reports.models import Report, ReportChapter, ReportState
from crm.text import sort_key
from crm.visibility import Visibility, strictest
from crm.visits.models import Attendance, Mode, TopicNote, Visit, VisitOffer, VisitStatus
from tests.conftest import Servers
from tests.databases import KINDS, application
from tests.make import Make
from tests.page import Browser

PASSWORD = "Kraniche ziehen im Oktober"


def _load(app: Flask, password: str = PASSWORD) -> None:
    with app.app_context():
        load_demo(replace(app.config["CRM"], demo=True), password=password)


@pytest.fixture(scope="module", params=KINDS)
def demo(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Make]:
    """Give the loaded demo; the tests of this module only read it."""
    databases = servers.of_kind(request.param)
    url = databases.copy(servers.template(request.param))
    with application(url) as app:
        _load(app)
        yield Make(app)
    databases.drop(url)


def _values(make: Make, *columns: Any) -> set[Any]:
    rows = make.run(lambda: db.session.execute(sa.select(*columns).distinct()).all())
    return {row[0] if len(columns) == 1 else tuple(row) for row in rows}


def _count(make: Make, *conditions: Any) -> int:
    return make.run(lambda: db.session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0)


def test_it_shows_every_state(demo: Make) -> None:
    assert _values(demo, Visit.status) == set(VisitStatus)
    assert _values(demo, Visit.mode) == {None, *Mode}
    assert _values(demo, Visit.visibility) == set(Visibility)
    assert _values(demo, TopicNote.flag, TopicNote.visibility) == set(product(Flag, Visibility))
    assert _values(demo, Concern.stage) == set(Stage)
    assert _values(demo, Concern.outcome) == {None, *Outcome}
    assert _values(demo, FollowUp.promised, FollowUp.done_at.is_(None)) == set(
        product((False, True), repeat=2)
    )
    assert _values(demo, Referral.result) == {None, *ReferralResult}
    assert _values(demo, Referral.answer_due_on < today(), Referral.closed_at.is_(None)) >= set(
        product((False, True), (True,))
    )
    assert _count(demo, Offer.contact_id.is_not(None)) > 10
    assert _values(demo, VisitOffer.is_used) == {False, True}
    assert _values(demo, Procedure.decided_on.is_(None)) == {False, True}
    assert _count(demo, FollowUp.recurrence != "", FollowUp.contact_id.is_not(None)) > 0
    assert _count(demo, FollowUp.snoozed_until > today(), FollowUp.due_on < today()) > 0
    assert _count(demo, Visit.archived_at.is_not(None)) > 0
    assert _count(demo, Organisation.archived_at.is_not(None)) > 0
    assert _count(demo, Organisation.shared) > 0
    assert _count(demo, Attendance.outsider != "") > 0
    assert _count(demo, TopicNote.confidential, TopicNote.look_again_on.is_(None)) > 0


def test_it_reaches_from_long_ago_to_the_weeks_to_come(demo: Make) -> None:
    days = _values(demo, Visit.visited_on) - {None}

    assert min(days) < today() - timedelta(days=540)
    assert max(days) > today() + timedelta(days=14)


def test_what_is_due_is_due_on_working_days(demo: Make) -> None:
    dates = (FollowUp.due_on, Concern.first_response_due_on, Concern.resolution_due_on)
    due = {day for date in dates for day in _values(demo, date) if day is not None}

    # What the start page shows for today is there on a Sunday too
    assert {day for day in due if not is_working_day(day, LAND)} <= {today()}


@pytest.mark.parametrize(
    "account", [a for a in ACCOUNTS if a.key in {"officer", "manager"}], ids=lambda a: a.key
)
def test_my_day_is_alive(demo: Make, account: Any) -> None:
    person = demo.run(lambda: accounts.find_person_by_email(account.email))
    assert person is not None
    mine = FollowUp.assignees.any(person_id=person.id)
    week = today() + timedelta(days=7)

    assert _count(demo, FollowUp.done_at.is_(None), mine, FollowUp.due_on == today()) > 0
    assert _count(demo, FollowUp.done_at.is_(None), mine, FollowUp.due_on > today()) > 0
    assert (
        _count(
            demo,
            Visit.owner_id == person.id,
            Visit.status == VisitStatus.PLANNED,
            Visit.visited_on.between(today(), week),
        )
        > 0
    )
    assert _count(demo, Visit.owner_id == person.id, Visit.status == VisitStatus.DRAFT) > 0
    assert (
        _count(
            demo,
            Concern.owner_id == person.id,
            Concern.stage != Stage.CLOSED,
            Concern.flag == Flag.URGENT,
        )
        > 0
    )


def test_the_officer_finds_the_company_of_the_picture(demo: Make) -> None:
    key = demo.run(
        lambda: db.session.scalars(
            sa.select(Organisation.id).where(Organisation.name == "Beispielwerk GmbH")
        ).one()
    )
    urgent = (Concern.organisation_id == key, Concern.stage != Stage.CLOSED)
    undone = (FollowUp.organisation_id == key, FollowUp.done_at.is_(None))

    assert _values(demo, Visit.mode, Visit.organisation_id == key) >= {
        (Mode.ON_SITE, True),
        (Mode.PHONE, True),
    }
    assert _count(demo, *urgent) == _count(demo, *urgent, Concern.flag == Flag.URGENT) == 1
    assert _count(demo, *undone) == 2
    assert (
        _count(
            demo,
            *undone,
            FollowUp.promised,
            FollowUp.title == "Baurechtliche Auskunft Halle 3",
            FollowUp.due_on < today(),
        )
        == 1
    )


def test_nothing_has_been_done_in_the_future(demo: Make) -> None:
    done = (Visit.created_at, Visit.updated_at, Concern.closed_at, FollowUp.done_at)
    for column in (*done, Referral.created_at, Referral.closed_at):
        assert _count(demo, column > now()) == 0
    assert _count(demo, Visit.status == VisitStatus.COMPLETED, Visit.visited_on > today()) == 0


def test_a_note_is_never_wider_than_its_visit_and_its_concern_no_wider_than_it(
    demo: Make,
) -> None:
    pairs = demo.run(
        lambda: db.session.execute(
            sa.select(Visit.visibility, TopicNote.visibility, Concern.visibility)
            .join(TopicNote, TopicNote.visit_id == Visit.id)
            .outerjoin(Concern, Concern.id == TopicNote.concern_id)
        ).all()
    )

    assert all(strictest(visit, note) is note for visit, note, _ in pairs)
    assert all(concern in {None, note} for _, note, concern in pairs)


def test_what_is_found_and_sorted_by_is_filled_in(demo: Make) -> None:
    organisations = demo.run(lambda: db.session.scalars(sa.select(Organisation)).all())

    assert len(organisations) >= 60
    for organisation in organisations:
        assert organisation.sort_key == sort_key(organisation.name)
        assert organisation.name_key == matching.name_key(organisation.name)
        assert organisation.ags.startswith("15099")
    assert _count(demo, Contact.search_text == "") == 0


def test_every_visit_has_a_history(demo: Make) -> None:
    told = sa.select(AuditEntry.subject_id).where(AuditEntry.subject_type == "visit")

    assert _count(demo, Visit.id.not_in(told)) == 0


def test_last_years_report_is_finished_and_this_years_a_draft(demo: Make) -> None:
    found = _values(demo, Report.since, Report.state, Report.finished_at.is_(None))

    year = today().year
    assert found == {
        (date(year - 1, 1, 1), ReportState.READY, False),
        (date(year, 1, 1), ReportState.READY, True),
    }
    assert _count(demo, ReportChapter.is_carried) > 0
    assert _count(demo, ReportChapter.text != "") > 8


def test_every_account_can_sign_in(demo: Make) -> None:
    for account in ACCOUNTS:
        person, _half = demo.run(partial(sign_in, account.email, PASSWORD, address="127.0.0.1"))
        assert (person.name, person.role) == (account.name, account.role)


def test_all_addresses_are_invented() -> None:
    assert all(account.email.endswith(".example") for account in ACCOUNTS)


def test_it_refuses_outside_demo_mode(app: Flask, make: Make) -> None:
    with pytest.raises(Conflict, match="demo_mode_off"):
        make.run(lambda: load_demo(app.config["CRM"], password=PASSWORD))


def test_it_refuses_when_there_are_people(app: Flask, make: Make) -> None:
    make.person()

    with pytest.raises(Conflict, match="demo_not_empty"):
        _load(app)

    assert _count(make, Organisation.id.is_not(None)) == 0


def test_it_refuses_a_weak_password_and_loads_nothing(app: Flask, make: Make) -> None:
    with pytest.raises(Conflict, match="password_short"):
        _load(app, password="kurz")

    assert _count(make, Organisation.id.is_not(None)) == 0


def test_a_manager_reaches_what_is_most_overdue_in_two_clicks(demo: Make) -> None:
    email = next(account.email for account in ACCOUNTS if account.role is Role.MANAGER)
    manager = demo.run(lambda: db.session.scalars(sa.select(Person).filter_by(email=email)).one())
    seen_teams = demo.actor(manager).seen_team_ids
    latest = demo.run(
        lambda: db.session.scalars(
            sa.select(FollowUp)
            .where(
                FollowUp.team_id.in_(seen_teams),
                FollowUp.done_at.is_(None),
                FollowUp.due_on < today(),
                sa.func.coalesce(FollowUp.snoozed_until, today()) <= today(),
            )
            .order_by(FollowUp.due_on, FollowUp.id)
            .limit(1)
        ).one()
    )
    start = Browser(demo._app).signed_in_as(manager).open_url("/")

    listed = start.follow("Alle im Team")
    assert len(listed.texts("tbody th a")) > 1
    shown = listed.follow(listed.texts("tbody th a")[0])

    assert shown.url == f"/follow-ups/{latest.id}"
