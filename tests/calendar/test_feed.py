"""What stands in a calendar, and what does not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

import pytest

from crm.calendar.documents import calendar_file
from crm.calendar.queries import LONGEST, Agenda, agenda
from crm.clock import now, today
from crm.concerns.models import Flag
from crm.follow_ups import services as follow_ups
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits import services as visits
from crm.visits.models import Mode, VisitStatus
from crm.visits.services import people as visits_people
from tests.calendar.feeds import content, events, read, subscribe, subscribed
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import HOST, Browser

BERLIN = ZoneInfo("Europe/Berlin")
PLANNED = VisitStatus.PLANNED
SOON = today() + timedelta(days=5)


def test_a_visit_with_a_time_is_an_hour_in_german_time(make: Make, browser: Browser) -> None:
    me = make.person()
    place = make.organisation("Häusler GmbH", street="Am Markt 1", postal_code="39104", town="Ort")
    visit = make.visit(
        PLANNED, owner=me, organisation=place, visited_on=SOON, visited_at=time(9, 30)
    )

    [event] = subscribed(make, browser, me)

    assert event["summary"] == "Häusler GmbH (Vor Ort)"
    assert event["location"] == "Am Markt 1, 39104 Ort"
    assert event.start == datetime.combine(SOON, time(9, 30), tzinfo=BERLIN)
    assert event.duration == timedelta(hours=1)
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    assert event["uid"] == f"{visit.id}@augenhoehe"
    assert event["url"] == f"{HOST}/visits/{visit.id}"
    assert event["description"] == event["url"]


def test_a_visit_without_a_time_takes_the_day(make: Make, browser: Browser) -> None:
    me = make.person()
    make.visit(PLANNED, owner=me, visited_on=SOON, mode=Mode.VIDEO)

    [event] = subscribed(make, browser, me)

    assert (event.start, event.end) == (SOON, SOON + timedelta(days=1))
    assert event["location"] == "Video"


def test_a_follow_up_is_a_day_that_stays_free(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up("Förderantrag schicken", owner=me, due_on=SOON)

    [event] = subscribed(make, browser, me)

    assert event["summary"] == "Förderantrag schicken"
    assert (event.start, event.end) == (SOON, SOON + timedelta(days=1))
    assert event["transp"] == "TRANSPARENT"
    assert event["url"] == f"{HOST}/follow-ups/{follow_up.id}"
    assert "location" not in event


def test_nothing_but_name_place_and_link_leaves_the_house(make: Make, browser: Browser) -> None:
    me = make.person(name="Rita Rede")
    place = make.organisation(note="Geheim", phones="0391 1")
    contact = make.contact(place, family_name="Geheim")
    visit = make.visit(
        PLANNED, owner=me, organisation=place, contacts=[contact], summary="Geheim",
        company_text="Geheim", file_reference="Geheim",
    )  # fmt: skip
    make.topic_note(visit, note="Geheim")
    make.follow_up("Anrufen", owner=me, organisation_id=place.id, contact_id=contact.id)

    text = content(browser, subscribe(browser, me)).decode()

    assert "Geheim" not in text
    assert "Rede" not in text
    assert me.email not in text


def test_only_what_is_mine_is_in_it(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    make.visit(PLANNED, owner=colleague)
    make.follow_up(owner=me, assignees=[colleague])
    make.follow_up("Zu zweit", owner=colleague, assignees=[me, colleague])
    make.visit(VisitStatus.COMPLETED, owner=me)
    make.visit(VisitStatus.DRAFT, owner=me)
    make.follow_up(owner=me, done=True)

    assert [e["summary"] for e in subscribed(make, browser, me)] == ["Zu zweit"]


def test_who_only_takes_part_has_it_too(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    visit = make.visit(PLANNED, owner=colleague)
    make.run(
        lambda: visits_people.hand_over(
            None, visit.id, owner_id=colleague.id, person_ids=[colleague.id, me.id]
        )
    )

    assert len(subscribed(make, browser, me)) == 1


@pytest.mark.parametrize("step", ["cancel", "postpone", "archive"])
def test_what_is_called_off_leaves_and_comes_back(step: str, make: Make, browser: Browser) -> None:
    me = make.person()
    actor = make.actor(me)
    visit = make.visit(PLANNED, owner=me)
    path = subscribe(browser, me)
    [before] = events(browser, path)

    change = getattr(visits, f"{step}_visit")
    make.run(lambda: change(actor, visit.id, reason="krank"))
    assert events(browser, path) == []

    back = visits.restore_visit if step == "archive" else visits.plan_again
    make.run(lambda: back(actor, visit.id))
    [after] = events(browser, path)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]


def test_what_is_moved_keeps_its_name_and_counts_up(make: Make, browser: Browser) -> None:
    me = make.person()
    actor = make.actor(me)
    earlier = now() - timedelta(hours=1)
    follow_up = make.follow_up(owner=me, due_on=SOON, updated_at=earlier)
    path = subscribe(browser, me)
    [before] = events(browser, path)

    make.run(lambda: follow_ups.move(actor, follow_up.id, due_on=SOON + timedelta(days=7)))

    [after] = events(browser, path)
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert after.start == SOON + timedelta(days=7)
    assert after["last-modified"].dt > before["last-modified"].dt


NAMELESS = "Termin (Augenhöhe)"


def test_what_is_for_me_and_my_managers_has_no_name(make: Make, browser: Browser) -> None:
    me = make.person()
    visit = make.visit(PLANNED, owner=me, visibility=Visibility.MANAGERS, visited_on=SOON)
    follow_up = make.follow_up(owner=me, visibility=Visibility.MANAGERS)
    make.follow_up("Fürs Team", owner=me, visibility=Visibility.TEAM, due_on=SOON)

    found = {e["url"]: e for e in subscribed(make, browser, me)}

    hidden = [found[f"{HOST}/visits/{visit.id}"], found[f"{HOST}/follow-ups/{follow_up.id}"]]
    assert [event["summary"] for event in hidden] == [NAMELESS, NAMELESS]
    assert not any("location" in event for event in hidden)
    assert {e["summary"] for e in found.values()} == {NAMELESS, "Fürs Team"}


def test_what_was_told_in_confidence_has_no_name(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern(owner=me)
    visit = make.visit(PLANNED, owner=me, visited_on=SOON)
    note = make.topic_note(visit, "succession", confidential=True, concern_id=concern.id)
    make.follow_up("Zum Thema", owner=me, visit_id=visit.id, topic_id=note.topic_id)
    make.follow_up("Zum Anliegen", owner=me, concern_id=concern.id)
    make.follow_up("Zum Besuch", owner=me, visit_id=visit.id)

    found = subscribed(make, browser, me)

    assert sorted(e["summary"] for e in found) == [NAMELESS, NAMELESS, NAMELESS, "Zum Besuch"]


def test_a_hidden_note_changes_no_name(make: Make, browser: Browser) -> None:
    me, neighbour = make.person(), make.person(team=make.team(body=make.home_body))
    visit = make.visit(PLANNED, owner=me)
    make.topic_note(
        visit, "succession", owner_id=neighbour.id, team_id=neighbour.team_id,
        confidential=True, visibility=Visibility.MANAGERS, flag=Flag.URGENT,
    )  # fmt: skip

    [event] = subscribed(make, browser, me)

    assert event["summary"] != NAMELESS


@pytest.mark.parametrize(
    ("days", "is_in"), [(-31, False), (-30, True), (0, True), (365, True), (366, False)]
)
def test_a_calendar_reaches_from_a_month_ago_to_a_year_ahead(
    days: int, is_in: bool, make: Make, browser: Browser
) -> None:
    me = make.person()
    make.follow_up(owner=me, due_on=today() + timedelta(days=days))
    make.visit(PLANNED, owner=me, visited_on=today() + timedelta(days=days))

    assert len(subscribed(make, browser, me)) == (2 if is_in else 0)


def test_there_are_at_most_five_hundred_the_past_left_out_first(make: Make) -> None:
    me = make.person()
    past = [make.follow_up(owner=me, due_on=today() - timedelta(days=1)) for _ in range(3)]
    visit = make.visit(PLANNED, owner=me)
    actor = make.actor(me)
    make.follow_ups(LONGEST - 2, owner=me, due_on=SOON)

    found = make.run(lambda: agenda(actor))

    assert len(found.entries) == LONGEST
    assert [v.id for v in found.visits] == [visit.id]
    assert {f.id for f in found.follow_ups} & {f.id for f in past} == {past[0].id}


def test_an_empty_calendar_is_a_calendar(make: Make, browser: Browser) -> None:
    path = subscribe(browser, make.person())

    calendar = read(content(browser, path))

    assert calendar["version"] == "2.0"
    assert calendar.events == []
    assert [zone.tz_name for zone in calendar.timezones] == ["Europe/Berlin"]


@pytest.mark.parametrize("year", [1997, 2026, 2027, 2031, 2037])
def test_the_rule_of_summer_time_is_that_of_the_time_zone_database(year: int, make: Make) -> None:
    nothing = Agenda(visits=(), follow_ups=(), discreet=frozenset())
    calendar = read(make.run(lambda: calendar_file(nothing, link=str)))
    ours = calendar.timezones[0].to_tz(lookup_tzid=False)
    # The hours next to the skipped and the doubled one are among them
    walls = [
        datetime.combine(date(year, 1, 1) + timedelta(days=day), time(hour))
        for day in range(366)
        for hour in (1, 4, 12)
    ]

    wrong = [w for w in walls if ours.utcoffset(w) != w.replace(tzinfo=BERLIN).utcoffset()]

    assert wrong == []


@pytest.mark.parametrize(
    ("day", "at", "shown", "utc"),
    [
        # The last day of summer time, and the first of winter time
        (date(2026, 10, 24), time(9), "09:00", "07:00"),
        (date(2026, 10, 25), time(9), "09:00", "08:00"),
        (date(2027, 3, 27), time(9), "09:00", "08:00"),
        (date(2027, 3, 28), time(9), "09:00", "07:00"),
        # The clocks skip it: it becomes half past three; and it comes twice: the first of them
        (date(2027, 3, 28), time(2, 30), "03:30", "01:30"),
        (date(2026, 10, 25), time(2, 30), "02:30", "00:30"),
    ],
)
def test_times_are_right_around_the_change_of_summer_time(
    day: date, at: time, shown: str, utc: str, make: Make
) -> None:
    visit = make.visit(PLANNED, owner=make.person(), visited_on=day, visited_at=at)
    visit.organisation = make.organisation()
    found = Agenda(visits=[visit], follow_ups=(), discreet=frozenset())

    calendar = read(make.run(lambda: calendar_file(found, link=lambda _record: HOST)))

    [event] = calendar.events
    assert event.start.strftime("%H:%M") == shown
    assert event.start.astimezone(ZoneInfo("UTC")).strftime("%H:%M") == utc
    assert event.duration == timedelta(hours=1)


def test_naughty_text_comes_through_and_breaks_no_line(make: Make, browser: Browser) -> None:
    me = make.person()
    titles = [text[:300].strip() for text in NAUGHTY if text.strip()]
    for title in titles:
        make.follow_up(title, owner=me)

    raw = content(browser, subscribe(browser, me))

    found = [str(event["summary"]) for event in read(raw).events]
    # What ends a line elsewhere is a blank here; the mark of a byte order is dropped
    plain = [t.translate({0x2028: " ", 0x2029: " ", 0xFEFF: None}) for t in titles]
    assert sorted(found) == sorted(plain)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_reader_of_a_calendar_has_their_own_language(make: Make, browser: Browser) -> None:
    me = make.person(language="en")
    make.visit(PLANNED, owner=me, mode=Mode.PHONE)

    [event] = subscribed(make, browser, me)

    assert event["location"] == "Phone"


def test_it_asks_as_much_for_many_as_for_one(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    me = make.person(Role.MANAGER)
    path = subscribe(browser, me)
    asked = []
    for _ in range(2):
        for _ in range(3):
            make.visit(PLANNED, owner=me)
            make.follow_up(owner=me)
        count_queries.clear()
        content(browser, path)
        asked.append(len(count_queries))

    assert asked[0] == asked[1] <= 5


def test_a_file_is_handed_out_with_what_clients_need(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    path = subscribe(browser, me)
    stranger = Browser(browser.app)

    answer = stranger.answer("GET", path)

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Disposition"] == 'inline; filename="augenhoehe.ics"'
    assert answer.last_modified == follow_up.updated_at.replace(microsecond=0)
    assert "Set-Cookie" not in answer.headers
    assert stranger.answer("HEAD", path).headers["ETag"] == answer.headers["ETag"]


def test_a_client_that_has_it_all_is_told_so(make: Make, browser: Browser) -> None:
    me = make.person()
    actor = make.actor(me)
    make.follow_up(owner=me)
    visit = make.visit(PLANNED, owner=me)
    path = subscribe(browser, me)
    first = browser.answer("GET", path)
    known = {"If-None-Match": first.headers["ETag"]}

    assert browser.answer("GET", path, headers=known).status_code == HTTPStatus.NOT_MODIFIED
    make.run(lambda: visits.cancel_visit(actor, visit.id, reason=""))

    assert browser.answer("GET", path, headers=known).status_code == HTTPStatus.OK
    # By the date alone nobody would hear of what has left
    dated = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert browser.answer("GET", path, headers=dated).status_code == HTTPStatus.OK
