"""One morning over the demo: exactly the right mails, however the run ends."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.clock import add_working_days
from crm.db import db, transaction
from crm.demo.accounts import ACCOUNTS
from crm.demo.services import load_demo
from crm.mail.models import Mail, MailState
from crm.models import (
    Assignee,
    Attendance,
    Concern,
    FollowUp,
    Organisation,
    Person,
    Team,
    TeamLead,
    Visit,
)
from tests.conftest import Servers
from tests.databases import application
from tests.post import Post
from tests.reminders import worker
from tests.reminders.morning import LAND, look, send, text_of, working_day

PASSWORD = "Kraniche ziehen im Oktober"
Mails = set[tuple[str, frozenset[str]]]


@pytest.fixture
def demo(servers: Servers, database_kind: str) -> Iterator[Flask]:
    """Give an application with the demo, in a database of its own."""
    databases = servers.of_kind(database_kind)
    url = databases.copy(_with_demo(servers, database_kind))
    with application(url) as app:
        yield app
    databases.drop(url)


_templates: dict[str, str] = {}


def _with_demo(servers: Servers, kind: str) -> str:
    """Return the address of a database that holds the demo, loaded once."""
    if kind not in _templates:
        url = servers.of_kind(kind).copy(servers.template(kind))
        with application(url) as app, app.app_context():
            load_demo(replace(app.config["CRM"], demo=True), password=PASSWORD)
        _templates[kind] = url
    return _templates[kind]


Row = dict[str, Any]


class Expectation:
    """Who gets which mail, worked out from the bare rows: recipient, and the things it names."""

    def __init__(self) -> None:
        self.day = working_day()
        self.teams = {row["id"]: row for row in _rows(Team)}
        self.names = {row["id"]: row["name"] for row in _rows(Organisation)}
        self.leads = {(row["person_id"], row["team_id"]) for row in _rows(TeamLead)}
        people = [row for row in _rows(Person) if not row["deactivated_at"]]
        self.people = {row["id"]: row for row in people if row["role"].value != "none"}

    def mails(self) -> Mails:
        """Return every mail of the morning."""
        day: dict[Any, set[str]] = {key: set() for key in self.people}
        for person, thing in [*self._follow_ups(), *self._visits(), *self._urgent()]:
            if person in day:
                day[person].add(thing)
        mornings = {
            (self._address(key), frozenset(things)) for key, things in day.items() if things
        }
        return mornings | set(self._escalations())

    def _address(self, person: Any) -> str:
        return str(self.people[person]["email"])

    def _follow_ups(self) -> Iterator[tuple[Any, str]]:
        due = {
            row["id"]: row["title"]
            for row in _rows(FollowUp)
            if row["done_at"] is None
            and row["due_on"] <= self.day
            and (row["snoozed_until"] or self.day) <= self.day
        }
        for row in _rows(Assignee):
            if row["follow_up_id"] in due:
                yield row["person_id"], due[row["follow_up_id"]]

    def _visits(self) -> Iterator[tuple[Any, str]]:
        for visit in _rows(Visit):
            if visit["status"].value != "planned" or visit["visited_on"] != self.day:
                continue
            at = f"{visit['visited_at']:%H:%M} " if visit["visited_at"] else ""
            present = [row for row in _rows(Attendance) if row["visit_id"] == visit["id"]]
            for person in {visit["owner_id"], *(row["person_id"] for row in present)}:
                if self._sees(person, visit) and not visit["archived_at"]:
                    yield person, f"{at}{self.names[visit['organisation_id']]}"

    def _sees(self, key: Any, record: Row) -> bool:
        person = self.people.get(key)
        if person is None or self.teams[person["team_id"]]["body_id"] != record["body_id"]:
            return False
        of_team = person["team_id"] == record["team_id"]
        circle = {"body": True, "team": of_team, "managers": False}[record["visibility"].value]
        return circle or record["owner_id"] == key or (key, record["team_id"]) in self.leads

    def _clocks(self) -> Iterator[tuple[Row, date]]:
        for row in _rows(Concern):
            is_answered = row["first_responded_at"] or not row["first_response_due_on"]
            due_on = row["resolution_due_on" if is_answered else "first_response_due_on"]
            if due_on and not row["closed_at"] and row["flag"].value == "urgent":
                yield row, due_on

    def _urgent(self) -> Iterator[tuple[Any, str]]:
        soon = add_working_days(self.day, 1, LAND)
        yield from ((row["owner_id"], row["title"]) for row, due in self._clocks() if due <= soon)

    def _escalations(self) -> Iterator[tuple[str, frozenset[str]]]:
        for row, due_on in self._clocks():
            for person, team in self.leads:
                if team == row["team_id"] and due_on < self.day and person in self.people:
                    yield self._address(person), frozenset([row["title"]])


def _rows(table: Any) -> list[Row]:
    return [dict(row) for row in db.session.execute(sa.select(table.__table__)).mappings()]


def _expected(app: Flask) -> Mails:
    with app.app_context():
        return Expectation().mails()


def _named(messages: list[EmailMessage]) -> Counter[tuple[str, frozenset[str]]]:
    """Return each mail as its recipient and the things it names, and how often it came."""
    return Counter(
        (str(m["To"]), frozenset(re.findall(r"^- (.+)$", text_of(m), re.MULTILINE)))
        for m in messages
    )


def test_a_morning_sends_exactly_the_right_mails(demo: Flask, post: Post) -> None:
    expected = _expected(demo)

    for _ in range(2):
        look(demo)
        send(demo, post)

    assert _named(post.got) == Counter(expected)
    # The demo shows something to nearly everybody
    assert len({recipient for recipient, _ in expected}) >= len(ACCOUNTS) // 2


def _let_time_pass(app: Flask) -> None:
    """Let the worker that took a mail be taken for dead."""
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(Mail).where(Mail.state == MailState.WAITING).values(due_at=Mail.created_at)
        )


def _mails_by_state(app: Flask) -> Counter[MailState]:
    with app.app_context():
        return Counter(db.session.scalars(sa.select(Mail.state)))


def test_killed_while_it_queues_and_run_again_none_is_missing_and_none_there_twice(
    demo: Flask, post: Post
) -> None:
    expected = _expected(demo)
    url = demo.config["CRM"].database_url

    killed = worker.start(url, post, working_day(), dies_after=2)
    assert killed.wait() == -signal.SIGKILL
    assert post.got == []
    again = worker.start(url, post, working_day())

    assert again.wait() == 0
    assert _named(post.got) == Counter(expected)


def test_killed_while_it_sends_and_run_again_only_that_mail_may_come_twice(
    demo: Flask, post: Post
) -> None:
    expected = _expected(demo)
    url = demo.config["CRM"].database_url
    first = worker.start(url, post, working_day())
    at = 3

    def kill() -> None:
        if len(post.got) == at and first.poll() is None:
            # It has given the mail away, and does not get to note it
            first.kill()
            first.wait()

    post.before_ok = kill
    assert first.wait() == -signal.SIGKILL
    assert len(post.got) == at
    _let_time_pass(demo)
    assert worker.start(url, post, working_day()).wait() == 0

    came = _named(post.got)
    assert set(came) == expected
    assert sorted(came.values()) == [1] * (len(expected) - 1) + [2]
    by_name = Counter(str(message["Message-ID"]) for message in post.got)
    assert len(by_name) == len(expected)
    assert _mails_by_state(demo) == {MailState.SENT: len(expected)}


def test_two_workers_at_once_send_exactly_the_right_mails(demo: Flask, post: Post) -> None:
    expected = _expected(demo)
    url = demo.config["CRM"].database_url

    both = [worker.start(url, post, working_day()) for _ in range(2)]

    assert [process.wait() for process in both] == [0, 0]
    assert _named(post.got) == Counter(expected)
