from __future__ import annotations

import csv
import io

import pytest

from crm.concerns.models import Flag
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits import listing
from tests.make import Make
from tests.page import Browser

TOPICS, WORST, ORGANISATION = 8, 9, 3


def _rows(browser: Browser, **filters: str) -> list[list[str]]:
    text = browser.download("visits.export", **filters).get_data(as_text=True)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))[1:]


@pytest.mark.parametrize("sort", ["newest", "oldest", "organisation"])
def test_every_visit_comes_once_however_many_batches_it_takes(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(listing, "_BATCH", 2)
    names = [f"Betrieb {letter}" for letter in "ABCDE"]
    for name in names:
        make.visit(organisation=make.organisation(name))

    rows = _rows(browser.signed_in_as(make.officer), sort=sort)

    assert sorted(row[ORGANISATION] for row in rows) == names
    if sort == "organisation":
        assert [row[ORGANISATION] for row in rows] == names


def test_topics_stand_in_their_order_with_the_most_pressing_flag(
    make: Make, browser: Browser
) -> None:
    visit = make.visit()
    make.topic_note(visit, "training", position=0, flag=Flag.WATCH)
    make.topic_note(visit, "outlook", position=1, flag=Flag.INFO)

    row = _rows(browser.signed_in_as(make.officer))[0]

    assert (row[TOPICS], row[WORST]) == ("Ausbildung, Lage & Ausblick", "Beobachten")


def test_a_note_one_may_not_see_is_not_in_the_file(make: Make, browser: Browser) -> None:
    visit = make.visit(owner=make.person())
    make.topic_note(visit, "outlook", flag=Flag.INFO)
    make.topic_note(visit, "succession", flag=Flag.URGENT, visibility=Visibility.MANAGERS)
    stranger = make.person(Role.OFFICER)

    row = _rows(browser.signed_in_as(stranger))[0]

    assert (row[TOPICS], row[WORST]) == ("Lage & Ausblick", "Info")
