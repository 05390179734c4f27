"""The mail of the morning: to whom, of what, once."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask

from crm.clock import moment, next_working_day
from crm.concerns.models import Flag
from crm.mail import queries
from crm.notifications.models import Kind, NotificationChoice
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.post import Post
from tests.reminders.morning import EIGHT, LAND, days, html_of, look, send, text_of, working_day


def test_the_day_stands_in_one_mail(app: Flask, make: Make, post: Post) -> None:
    day, me = working_day(), make.person(name="Mara Muster")
    place = make.organisation("Ölmühle & Söhne GmbH")
    late = make.follow_up("Förderbescheid nachfragen", owner=me, due_on=day - days(2))
    make.follow_up("Anrufen", owner=me, due_on=day, organisation_id=place.id, promised=True)
    make.follow_up("Erst morgen", owner=me, due_on=day + days(1))
    make.follow_up("Schon getan", owner=me, due_on=day - days(1), done=True)
    make.concern(
        "Kein Strom", owner=me, organisation=place, flag=Flag.URGENT, first_response_due_on=day
    )
    make.concern("Hat Zeit", owner=me, flag=Flag.URGENT, first_response_due_on=day + days(30))
    make.visit(
        VisitStatus.PLANNED, owner=me, organisation=place, visited_on=day, visited_at=time(9, 30)
    )

    look(app)
    (message,) = send(app, post)

    assert message["To"] == me.email
    assert "1 Besuch, 1 überfällig, 1 heute fällig, 1 dringend" in message["Subject"]
    text, html = text_of(message), html_of(message)
    for expected in ("Förderbescheid nachfragen", "Anrufen", "Kein Strom", "09:30 Ölmühle & Söhne"):
        assert expected in text
    for unexpected in ("Erst morgen", "Schon getan", "Hat Zeit"):
        assert unexpected not in text
        assert unexpected not in html
    assert f"https://crm.kreis.example/follow-ups/{late.id}" in text
    assert f'href="https://crm.kreis.example/follow-ups/{late.id}"' in html
    assert "Ölmühle &amp; Söhne GmbH" in html
    assert "<img" not in html
    assert message["Auto-Submitted"] == "auto-generated"


def test_it_is_sent_once_a_morning_however_often_one_looks(
    app: Flask, make: Make, post: Post
) -> None:
    me = make.person()
    make.follow_up(owner=me, due_on=working_day())

    for _ in range(3):
        look(app)
        send(app, post)

    assert post.recipients == [me.email]


def test_the_next_working_day_has_a_mail_of_its_own(app: Flask, make: Make) -> None:
    make.follow_up(owner=make.person(), due_on=working_day())
    later = next_working_day(working_day() + days(1), LAND)

    look(app)
    look(app, at=moment(later, EIGHT))

    assert make.run(waiting) == 2


def test_a_morning_with_nothing_is_over_too(app: Flask, make: Make) -> None:
    me = make.person()
    look(app)
    make.follow_up(owner=me, due_on=working_day())

    look(app)

    assert make.run(waiting) == 0


def test_where_there_is_nothing_nothing_comes(app: Flask, make: Make, post: Post) -> None:
    make.person()
    make.follow_up(owner=make.person(), due_on=working_day() + days(3))

    look(app)

    assert send(app, post) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"deactivated_at": moment(date(2026, 1, 5))},
        {"role": Role.NONE, "is_administrator": True},
    ],
    ids=["has left", "has no role"],
)
def test_who_does_not_work_here_gets_none(
    columns: dict[str, object], app: Flask, make: Make, post: Post
) -> None:
    me = make.person()
    make.follow_up(owner=me, due_on=working_day())
    make.change(me, **columns)

    look(app)

    assert send(app, post) == []


def test_who_leaves_before_it_is_sent_gets_none(app: Flask, make: Make, post: Post) -> None:
    me = make.person()
    make.follow_up(owner=me, due_on=working_day())
    look(app)
    make.change(me, deactivated_at=moment(date(2026, 1, 5)))

    assert send(app, post) == []


def test_what_goes_out_of_sight_before_it_is_sent_stays_unsaid(
    app: Flask, make: Make, post: Post
) -> None:
    me = make.person(Role.OFFICER)
    lost = make.concern(
        "Kanarienvogel", owner=me, flag=Flag.URGENT, first_response_due_on=working_day()
    )
    make.follow_up("Bleibt", owner=me, due_on=working_day())
    look(app)
    make.change(lost, owner_id=make.officer.id, visibility=Visibility.MANAGERS)

    (message,) = send(app, post)

    assert "Bleibt" in text_of(message)
    assert "Kanarienvogel" not in message.as_string()


def test_it_speaks_the_language_of_its_reader(app: Flask, make: Make, post: Post) -> None:
    me = make.person(language="en")
    make.follow_up("Call", owner=me, due_on=working_day())

    look(app)
    (message,) = send(app, post)

    assert message["Subject"] == "Your day: 1 due today"
    assert "Good morning" in text_of(message)
    assert '<html lang="en">' in html_of(message)


def test_who_wants_none_gets_none(app: Flask, make: Make, post: Post) -> None:
    me = make.person()
    make.follow_up(owner=me, due_on=working_day())
    make._save(NotificationChoice(person_id=me.id, kind=Kind.DIGEST, in_app=False, by_mail=False))

    look(app)

    assert send(app, post) == []


def test_one_of_yesterday_is_not_sent_any_more(app: Flask, make: Make, post: Post) -> None:
    me = make.person()
    make.follow_up(owner=me, due_on=date(2026, 1, 5))

    look(app, at=moment(date(2026, 1, 5), time(8)))

    assert send(app, post) == []


# Friday before and Monday after clocks change, and the Sunday itself
@pytest.mark.parametrize(
    ("day", "at", "is_morning"),
    [
        (date(2026, 3, 27), time(6, 59), False),
        (date(2026, 3, 27), time(7, 0), True),
        (date(2026, 3, 29), time(8, 0), False),  # Sunday
        (date(2026, 3, 30), time(6, 59), False),
        (date(2026, 3, 30), time(7, 0), True),
        (date(2026, 10, 23), time(6, 59), False),
        (date(2026, 10, 26), time(6, 59), False),
        (date(2026, 10, 26), time(7, 0), True),
        (date(2026, 1, 6), time(8, 0), False),  # Heilige Drei Könige in Sachsen-Anhalt
    ],
)
def test_morning_is_seven_by_the_clock_on_the_wall_of_a_working_day(
    day: date, at: time, is_morning: bool, app: Flask, make: Make
) -> None:
    make.follow_up(owner=make.person(), due_on=day)

    look(app, at=moment(day, at))

    assert make.run(waiting) == (1 if is_morning else 0)


def test_without_a_mail_server_none_waits(app: Flask, make: Make) -> None:
    make.follow_up(owner=make.person(), due_on=working_day())

    look(app, with_mails=False)

    assert make.run(waiting) == 0


def waiting() -> int:
    return sum(row.number for row in queries.counts())
