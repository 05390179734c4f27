"""Rules of RFC 5545: what is one, what is refused, which dates it has, and its words."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from flask import Flask
from flask_babel import force_locale

from crm.errors import Conflict
from crm.follow_ups import recurrence
from crm.follow_ups.wording import rule_in_words

START = date(2027, 4, 1)


def refusal(text: str) -> str:
    with pytest.raises(Conflict) as refused:
        recurrence.check(recurrence.parse(text), START)
    return refused.value.code.removeprefix("recurrence_")


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20271231",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20301231",
        "FREQ=DAILY;INTERVAL=3;COUNT=366",
    ],
)
def test_a_rule_is_written_as_it_was_read(text: str) -> None:
    rule = recurrence.parse(text)

    recurrence.check(rule, START)

    assert str(rule) == text


def test_small_letters_and_the_name_of_the_property_are_read_too() -> None:
    rule = recurrence.parse(" rrule:freq=weekly;count=2 ")

    assert str(rule) == "FREQ=WEEKLY;COUNT=2"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nonsense"),
        ("jeden Montag", "nonsense"),
        ("FREQ=SOMETIMES;COUNT=2", "nonsense"),
        ("FREQ=DAILY;FREQ=DAILY;COUNT=2", "nonsense"),
        ("FREQ=DAILY;COUNT=0", "nonsense"),
        ("FREQ=DAILY;COUNT=-3", "nonsense"),
        ("FREQ=DAILY;COUNT=²", "nonsense"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "nonsense"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999;COUNT=2", "nonsense"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20280101", "nonsense"),
        ("FREQ=DAILY;UNTIL=20279999", "nonsense"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", "nonsense"),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=2", "nonsense"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "nonsense"),
        ("FREQ=MONTHLY;BYMONTH=13;COUNT=2", "nonsense"),
        ("FREQ=YEARLY;BYEASTER=0;COUNT=2", "nonsense"),
        ("FREQ=DAILY;" + "X" * 300, "nonsense"),
        ("FREQ=HOURLY;COUNT=2", "finer"),
        ("FREQ=SECONDLY", "finer"),
        ("FREQ=DAILY;BYHOUR=9,15;COUNT=2", "finer"),
        ("FREQ=DAILY", "endless"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "endless"),
        ("FREQ=DAILY;COUNT=367", "many"),
        ("FREQ=DAILY;UNTIL=99991231", "many"),
        ("FREQ=DAILY;COUNT=1000000", "many"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "empty"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;UNTIL=20400101", "empty"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=3", "empty"),
        ("FREQ=MONTHLY;INTERVAL=6;BYMONTH=5;COUNT=3", "empty"),
        ("FREQ=WEEKLY;UNTIL=20200101", "empty"),
        ("FREQ=WEEKLY;COUNT=1", "empty"),
    ],
)
def test_what_cannot_be_used_says_why(text: str, reason: str) -> None:
    assert refusal(text) == reason


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (date(2027, 1, 31), ["31.01.", "28.02.", "31.03.", "30.04."]),
        (date(2027, 1, 30), ["30.01.", "28.02.", "30.03.", "30.04."]),
        (date(2028, 1, 29), ["29.01.", "29.02.", "29.03.", "29.04."]),
        (date(2027, 1, 15), ["15.01.", "15.02.", "15.03.", "15.04."]),
    ],
)
def test_a_month_without_that_day_has_its_last_one(start: date, days: list[str]) -> None:
    rule = recurrence.monthly(start, 1)

    assert [day.strftime("%d.%m.") for day in islice(rule.dates(start), 4)] == days


def test_a_leap_day_comes_every_year() -> None:
    start = date(2028, 2, 29)

    found = list(islice(recurrence.yearly(start).dates(start), 3))

    assert found == [start, date(2029, 2, 28), date(2030, 2, 28)]


def test_the_next_date_is_behind_the_last_one_and_not_past() -> None:
    rule = recurrence.parse("FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20271231")

    assert rule.next_date(START, after=START, not_before=START) == date(2027, 5, 1)
    assert rule.next_date(START, after=START, not_before=date(2027, 8, 1)) == date(2027, 8, 1)
    assert rule.next_date(START, after=date(2027, 7, 5), not_before=START) == date(2027, 8, 1)
    assert rule.next_date(START, after=date(2027, 12, 1), not_before=START) is None


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        (
            "FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20271231",
            "jeden Monat am 1., bis 31.12.2027",
            "every month on the 1st, until 31 Dec 2027",
        ),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=5", "jede Woche am Dienstag, insgesamt 5 Mal",
         "every week on Tuesday, 5 times in all"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=5",
         "alle 2 Wochen am Montag und Donnerstag, insgesamt 5 Mal",
         "every 2 weeks on Monday and Thursday, 5 times in all"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1;COUNT=5",
         "alle 3 Monate am letzten Tag, insgesamt 5 Mal",
         "every 3 months on the last day, 5 times in all"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=5",
         "jeden Monat am 30., sonst am letzten Tag, insgesamt 5 Mal",
         "every month on the 30th, otherwise on the last day, 5 times in all"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=5", "jeden Monat am letzten Freitag, insgesamt 5 Mal",
         "every month on the last Friday, 5 times in all"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=5",
         "jeden Monat am letzten Tag von Montag bis Freitag, insgesamt 5 Mal",
         "every month on the last day from Monday to Friday, 5 times in all"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5",
         "jede Woche von Montag bis Freitag, insgesamt 5 Mal",
         "every week from Monday to Friday, 5 times in all"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=22;COUNT=2",
         "jedes Jahr am 22. im März, insgesamt 2 Mal",
         "every year on the 22nd in March, 2 times in all"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=2", "alle 3 Tage, insgesamt 2 Mal",
         "every 3 days, 2 times in all"),
        ("FREQ=DAILY;COUNT=2", "jeden Tag, insgesamt 2 Mal", "every day, 2 times in all"),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_words(text: str, german: str, english: str, app: Flask) -> None:
    rule = recurrence.parse(text)

    with app.test_request_context():
        with force_locale("de"):
            assert rule_in_words(rule) == german
        with force_locale("en"):
            assert rule_in_words(rule) == english
