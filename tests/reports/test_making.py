"""The figures are counted once and whole: also when somebody cancels, or a worker dies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.clock import now
from crm.db import db
from crm.errors import Conflict, NotAllowed
from crm.policy import Role
from crm.reports import services
from crm.reports.models import Chapter, Report, ReportState
from tests.make import Make
from tests.reports.steps import drawn_up, places, stored, value


def _waiting(make: Make) -> Report:
    for company in places(make, 3):
        make.visit(organisation=company)
    return make.report(state=ReportState.WAITING, figures=None, frozen_at=None)


@pytest.fixture
def at_step(make: Make) -> Iterator[list[object]]:
    """Give a list: what is put into it is done once, when the first step has been told."""
    wanted: list[object] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if wanted and statement.startswith("UPDATE report SET step"):
            work = wanted.pop()
            assert callable(work)
            work()

    sa.event.listen(sa.Engine, "after_cursor_execute", look)
    yield wanted
    sa.event.remove(sa.Engine, "after_cursor_execute", look)


def test_what_waits_is_counted(make: Make) -> None:
    report = _waiting(make)

    made = make.run(services.make_waiting_reports)

    done = stored(make, make.officer, report)
    assert made == 1
    assert done.state is ReportState.READY
    assert done.step == done.steps
    assert value(done, Chapter.WORK, "work", "visits") == 3


def test_what_is_ready_is_left_alone(make: Make) -> None:
    make.report()

    assert make.run(services.make_waiting_reports) == 0


def test_what_a_dead_worker_has_left_is_taken_up_again(make: Make) -> None:
    report = _waiting(make)
    long_ago = now() - timedelta(minutes=3)
    make.change(
        report, state=ReportState.WORKING, attempt=1, step=3, steps=9, heartbeat_at=long_ago
    )

    make.run(services.make_waiting_reports)

    assert stored(make, make.officer, report).state is ReportState.READY


def test_what_another_worker_is_at_is_left_to_it(make: Make) -> None:
    report = _waiting(make)
    make.change(report, state=ReportState.WORKING, attempt=1, heartbeat_at=now())

    assert make.run(services.make_waiting_reports) == 0


def test_cancelling_stops_the_counting(make: Make, app: Flask) -> None:
    manager = make.person(Role.MANAGER)
    report = _waiting(make)

    def cancel() -> None:
        services.cancel(make.actor(manager), report.id)

    make.run(lambda: services.count_again(make.actor(manager), report.id))
    make.run(cancel)
    make.run(services.make_waiting_reports)

    cancelled = stored(make, manager, report)
    assert cancelled.state is ReportState.CANCELLED
    assert cancelled.figures is None


def test_who_was_cancelled_at_work_stores_nothing(
    make: Make, at_step: list[object], app: Flask
) -> None:
    """The update that tells a step is the first to find nothing left to do."""
    report = _waiting(make)
    attempts: list[int] = []

    def begun_anew() -> None:
        # As seen from inside the very transaction that told the step
        db.session.execute(
            sa.update(Report).where(Report.id == report.id).values(attempt=Report.attempt + 1)
        )
        attempts.append(1)

    at_step.append(begun_anew)
    make.run(services.make_waiting_reports)

    assert attempts == [1]
    left = stored(make, make.officer, report)
    assert left.state is ReportState.WORKING
    assert left.figures is None


def test_two_workers_count_one_report_once(make: Make, app: Flask) -> None:
    _waiting(make)

    def work(_number: int) -> int:
        with app.app_context():
            return services.make_waiting_reports()

    with ThreadPoolExecutor(2) as threads:
        made = sum(threads.map(work, range(2)))

    assert made == 1


def test_cancelling_a_second_count_keeps_the_former_figures(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    actor = make.actor(manager)

    make.run(lambda: services.count_again(actor, report.id))
    make.run(lambda: services.cancel(actor, report.id))

    kept = stored(make, manager, report)
    assert kept.state is ReportState.READY
    assert kept.figures == report.figures
    assert kept.frozen_at == report.frozen_at


def test_another_period_is_counted_anew(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    draft = services.ReportDraft(
        title=report.title,
        since=report.since - timedelta(days=1),
        until=report.until,
        key_date=report.key_date,
    )

    make.run(
        lambda: services.change_report(
            make.actor(manager), report.id, draft, version=report.version
        )
    )

    changed = stored(make, manager, report)
    assert changed.state is ReportState.WAITING
    assert changed.figures is None


def test_another_title_keeps_the_figures(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    draft = services.ReportDraft(
        title="Anders", since=report.since, until=report.until, key_date=report.key_date
    )

    make.run(
        lambda: services.change_report(
            make.actor(manager), report.id, draft, version=report.version
        )
    )

    assert stored(make, manager, report).figures == report.figures


def test_a_finished_report_is_not_counted_again(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    report = drawn_up(make, manager)
    actor = make.actor(manager)
    make.run(lambda: services.finish(actor, report.id))

    with pytest.raises(Conflict, match="report_finished"):
        make.run(lambda: services.count_again(actor, report.id))


def test_a_report_without_figures_is_not_finished(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    report = _waiting(make)

    with pytest.raises(Conflict, match="report_not_ready"):
        make.run(lambda: services.finish(make.actor(manager), report.id))


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
def test_only_managers_make_reports(role: Role, make: Make) -> None:
    report = make.report()
    actor = make.actor(make.person(role))
    steps = (services.count_again, services.cancel, services.finish, services.archive)

    for step in steps:
        with pytest.raises(NotAllowed):
            make.run(partial(step, actor, report.id))
