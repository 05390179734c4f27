"""What recurs: chosen in words, the next one after a completion, taken back, ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crm.clock import is_working_day, next_working_day, now, today
from crm.db import db
from crm.follow_ups import queries, services
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from tests.follow_ups.steps import actions, services_of, stored
from tests.make import Make
from tests.page import Browser

LAND = "ST"
LATER = today() + timedelta(days=900)
MONTHLY: dict[str, Any] = {"recurrence": f"FREQ=MONTHLY;BYMONTHDAY=1;UNTIL={LATER:%Y%m%d}"}


def following(make: Make, record: FollowUp) -> FollowUp | None:
    """Return the one that follows in its series, with its assignees."""

    def load() -> FollowUp | None:
        return db.session.scalar(
            sa.select(FollowUp)
            .where(FollowUp.previous_id == record.id)
            .options(sa.orm.selectinload(FollowUp.assignees))
        )

    return make.run(load)


def first_of_next_month() -> date:
    return (today().replace(day=1) + timedelta(days=32)).replace(day=1)


def added(make: Make, title: str) -> FollowUp:
    return make.run(lambda: db.session.scalars(sa.select(FollowUp).filter_by(title=title)).one())


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"repeat": "weekly", "times": "5"}, "FREQ=WEEKLY;BYDAY=SA;COUNT=5"),
        ({"repeat": "fortnightly", "times": "5"}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;COUNT=5"),
        (
            {"repeat": "monthly", "repeat_until": "31.12.2028"},
            "FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20281231",
        ),
        ({"repeat": "quarterly", "times": "4"}, "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1;COUNT=4"),
        ({"repeat": "half_yearly", "times": "4"}, "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=1;COUNT=4"),
        ({"repeat": "yearly", "times": "4"}, "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1;COUNT=4"),
        (
            {"repeat": "own", "own_rule": "FREQ=MONTHLY;BYDAY=-1FR", "times": "4"},
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=4",
        ),
        (
            {"repeat": "own", "own_rule": "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"},
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3",
        ),
    ],
)
def test_it_is_chosen_in_words_and_counts_from_the_typed_day(
    fields: dict[str, Any], rule: str, make: Make, browser: Browser
) -> None:
    page = browser.signed_in_as(make.person()).open("follow_ups.new")

    after = page.submit(form="main form", title="Fördermittel", due_on="1.5.2027", **fields)

    follow_up = added(make, "Fördermittel")
    assert (follow_up.recurrence, follow_up.recurs_from) == (rule, date(2027, 5, 1))
    assert follow_up.due_on == date(2027, 5, 3)
    assert "Kommt wieder" in after.texts("dt")


@pytest.mark.parametrize(
    ("fields", "at", "sentence"),
    [
        ({"repeat": "weekly"}, "repeat_until", "Eine Serie braucht ein Ende."),
        ({"repeat": "own", "own_rule": ""}, "own_rule", "lässt sich nicht lesen"),
        ({"repeat": "own", "own_rule": "jeden Montag"}, "own_rule", "lässt sich nicht lesen"),
        ({"repeat": "own", "own_rule": "FREQ=DAILY"}, "repeat_until", "braucht ein Ende"),
        ({"repeat": "own", "own_rule": "FREQ=HOURLY;COUNT=2"}, "own_rule", "einmal am Tag"),
        ({"repeat": "own", "own_rule": "FREQ=DAILY;COUNT=5000"}, "own_rule", "mehr als 366"),
        ({"repeat": "weekly", "repeat_until": "31.12.2099"}, "repeat_until", "mehr als 366"),
        ({"repeat": "weekly", "repeat_until": "02.05.2027"}, "repeat_until", "nicht wieder"),
        ({"repeat": "weekly", "times": "viele"}, "times", "ganze Zahl"),
        ({"repeat": "weekly", "times": "367"}, "times", "ganze Zahl"),
        (
            {"repeat": "weekly", "times": "3", "repeat_until": "01.08.2027"},
            "times",
            "nur eines",
        ),
        ({"repeat": "weekly", "repeat_until": "bald"}, "repeat_until", "ein Datum wie"),
    ],
)
def test_a_rule_without_end_or_sense_gets_a_sentence(
    fields: dict[str, Any], at: str, sentence: str, make: Make, browser: Browser
) -> None:
    page = browser.signed_in_as(make.person()).open("follow_ups.new")

    after = page.submit(form="main form", title="Serie", due_on="1.5.2027", **fields)

    assert after.status == 422
    assert sentence in after.texts(f"#{at}-error")[0]
    assert len(after.texts("[role=alert] a")) == 1
    for name, typed in fields.items():
        chosen = after.attributes(f"#{name} option[selected]", "value")
        assert [typed] == (chosen or after.attributes(f"#{name}", "value"))


def test_completing_it_makes_the_next_one_alike(make: Make, browser: Browser) -> None:
    me, other = make.person(), make.person()
    organisation, concern = make.organisation(), make.concern()
    contact = make.contact(organisation)
    follow_up = make.follow_up(
        "Sprechtag",
        owner=me,
        assignees=[me, other],
        due_on=today(),
        promised=True,
        visibility=Visibility.TEAM,
        organisation_id=organisation.id,
        contact_id=contact.id,
        concern_id=concern.id,
        recurs_from=today().replace(day=1),
        **MONTHLY,
    )
    page = browser.signed_in_as(me).open("follow_ups.index")

    after = page.submit(form="tbody .button-form")

    first = first_of_next_month()
    after_it = following(make, follow_up)
    assert after_it is not None
    assert after_it.due_on == next_working_day(first, LAND)
    assert after_it.assignee_ids == {me.id, other.id}
    for column in ("title", "promised", "visibility", "organisation_id", "contact_id",
                   "concern_id", "recurrence", "recurs_from", "owner_id", "team_id"):  # fmt: skip
        assert getattr(after_it, column) == getattr(stored(make, follow_up), column), column
    told = " ".join(after.texts(".flash"))
    assert "Die nächste der Serie ist am" in told
    assert ("kein Arbeitstag" in told) is not is_working_day(first, LAND)
    assert actions(make, after_it.id) == ["followed"]


def test_a_late_completion_skips_the_dates_that_have_passed(make: Make) -> None:
    me = make.person()
    long_ago = today() - timedelta(days=100)
    follow_up = make.follow_up(
        owner=me,
        due_on=long_ago,
        recurrence="FREQ=DAILY;COUNT=366",
        recurs_from=long_ago,
    )
    actor = make.actor(me)

    make.run(lambda: services.complete(actor, follow_up.id))

    after_it = following(make, follow_up)
    assert after_it is not None
    assert after_it.due_on == next_working_day(today(), LAND)


def test_a_second_click_makes_no_second_one(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, recurs_from=today(), **MONTHLY)
    page = browser.signed_in_as(me).open("follow_ups.index")

    page.submit(form="tbody .button-form")
    page.submit(form="tbody .button-form")

    count = make.run(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(FollowUp)))
    assert count == 2
    assert following(make, follow_up) is not None


def test_undoing_takes_the_untouched_next_one_back(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, recurs_from=today(), **MONTHLY)
    done = browser.signed_in_as(me).open("follow_ups.index").submit(form="tbody .button-form")

    after = done.submit(button="Rückgängig", form=".flash .button-form")

    assert following(make, follow_up) is None
    assert stored(make, follow_up).is_open
    assert len(after.texts("tbody th a")) == 1


def test_a_next_one_that_was_changed_stays_and_is_not_made_twice(
    make: Make, browser: Browser
) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, recurs_from=today(), **MONTHLY)
    mine = browser.signed_in_as(me)
    done = mine.open("follow_ups.index").submit(form="tbody .button-form")
    after_it = following(make, follow_up)
    assert after_it is not None
    actor = make.actor(me)
    make.run(lambda: services.move(actor, after_it.id, due_on=LATER))

    after = done.submit(button="Rückgängig", form=".flash .button-form")
    mine.open("follow_ups.show", follow_up_id=follow_up.id).submit(button="Erledigt")

    assert "Die nächste der Serie bleibt" in after.texts(".flash")[0]
    kept = following(make, follow_up)
    assert kept is not None
    assert (kept.id, kept.due_on) == (after_it.id, LATER)


def test_the_last_one_says_so(make: Make, browser: Browser) -> None:
    me = make.person()
    over = today() - timedelta(days=30)
    follow_up = make.follow_up(
        owner=me, due_on=over, recurrence="FREQ=DAILY;COUNT=3", recurs_from=over
    )
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.submit(button="Erledigt")

    assert "Das war die letzte der Serie." in after.texts(".flash")[1]
    assert following(make, follow_up) is None


def test_who_has_left_is_left_out_of_the_next_one(make: Make) -> None:
    me, gone = make.person(), make.person(deactivated_at=now())
    for assignees, expected in (([gone, me], {me.id}), ([gone], {me.id})):
        follow_up = make.follow_up(owner=me, assignees=assignees, recurs_from=today(), **MONTHLY)

        services_of(make, me, follow_up, "")

        after_it = following(make, follow_up)
        assert after_it is not None
        assert after_it.assignee_ids == expected


def test_the_series_can_be_ended_and_that_undone(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, recurs_from=today(), **MONTHLY)
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    after = page.submit(button="Serie beenden")

    assert stored(make, follow_up).recurrence == ""
    assert "kommt nicht mehr wieder" in after.texts(".flash")[0]
    after.submit(button="Rückgängig", form=".flash .button-form")
    again = stored(make, follow_up)
    assert (again.recurrence, again.recurs_from) == (MONTHLY["recurrence"], today())
    assert actions(make, follow_up.id) == ["repeated", "ended"]


def test_one_can_be_told_to_recur_later_on(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, due_on=date(2027, 5, 4))
    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    refused = page.submit(button="Wiederholen", repeat="weekly")
    after = refused.submit(button="Wiederholen", repeat="weekly", times="10")

    assert refused.status == 422
    assert "Eine Serie braucht ein Ende." in refused.texts("#repeat_until-error")[0]
    assert stored(make, follow_up).recurrence == "FREQ=WEEKLY;BYDAY=TU;COUNT=10"
    assert "jede Woche am Dienstag, insgesamt 10 Mal" in after.texts("#series p")[0]


@pytest.mark.parametrize(
    ("rule", "choice", "own"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "fortnightly", ""),
        ("FREQ=WEEKLY", "weekly", ""),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=4", "quarterly", ""),
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=4", "yearly", ""),
        ("FREQ=MONTHLY;BYDAY=-1FR", "own", "FREQ=MONTHLY;BYDAY=-1FR"),
    ],
)
def test_another_rule_starts_from_the_one_that_holds(
    rule: str, choice: str, own: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    tuesday = date(2027, 5, 4)
    end = f"UNTIL={LATER:%Y%m%d}"
    follow_up = make.follow_up(
        owner=me, due_on=tuesday, recurs_from=tuesday, recurrence=f"{rule};{end}"
    )

    page = browser.signed_in_as(me).open("follow_ups.show", follow_up_id=follow_up.id)

    form = "#series details form"
    assert page.attributes(f"{form} option[selected]", "value") == [choice]
    assert page.attributes(f"{form} [name=own_rule]", "value") == [own]
    assert page.attributes(f"{form} [name=repeat_until]", "value") == [f"{LATER:%d.%m.%Y}"]


def test_a_page_of_a_series_leads_to_its_neighbours(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me, recurs_from=today(), **MONTHLY)
    actor = make.actor(me)
    make.run(lambda: services.complete(actor, follow_up.id))
    after_it = following(make, follow_up)
    assert after_it is not None
    mine = browser.signed_in_as(me)

    first = mine.open("follow_ups.show", follow_up_id=follow_up.id)
    second = mine.open("follow_ups.show", follow_up_id=after_it.id)

    assert any(text.startswith("nächste,") for text in first.links)
    assert any(text.startswith("vorige,") for text in second.links)
    stranger = make.actor(make.person(team=make.team()))
    assert make.run(lambda: queries.series_of(stranger, follow_up)) == (None, None)


def test_rules_that_no_form_sends_are_refused(make: Make, browser: Browser) -> None:
    me = make.person()
    follow_up = make.follow_up(owner=me)
    mine = browser.signed_in_as(me)
    url = mine.url("follow_ups.repeat", follow_up_id=follow_up.id)

    for rule in ("FREQ=SECONDLY;COUNT=9", "FREQ=DAILY;COUNT=2\x00", "=;=;=", "🙂" * 50, "F" * 999):
        after = mine.post(url, [("repeat", "own"), ("own_rule", rule), ("times", "3")])
        assert after.status == 422, rule
    assert mine.post(url, [("repeat", "hourly")]).status == 422
    assert stored(make, follow_up).recurrence == ""


def test_readers_and_other_teams_cannot_repeat(make: Make, browser: Browser) -> None:
    other = make.team(body=make.home_body)
    follow_up = make.follow_up(owner=make.person(), recurs_from=today(), **MONTHLY)

    for person in (make.person(Role.READER), make.person(team=other)):
        theirs = browser.signed_in_as(person)
        url = theirs.url("follow_ups.repeat", follow_up_id=follow_up.id)
        assert theirs.post(url, [("repeat", "")]).status == 403
    assert stored(make, follow_up).recurrence == MONTHLY["recurrence"]
