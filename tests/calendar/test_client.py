"""What a calendar program that is not ours reads in the calendar: khal."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from crm.accounts.models import Person
from crm.calendar.documents import calendar_file
from crm.calendar.queries import Agenda
from crm.clock import today
from crm.visits.models import Mode, VisitStatus
from tests.calendar.feeds import content, subscribe
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser

SOON = today() + timedelta(days=5)
_KHAL = Path(sys.executable).with_name("khal")
_CONFIG = """
[calendars]
[[feed]]
path = {folder}/events
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %d.%m.%Y
longdateformat = %d.%m.%Y
datetimeformat = %d.%m.%Y %H:%M
longdatetimeformat = %d.%m.%Y %H:%M
"""
FIELDS = ("title", "start", "end", "all-day", "location", "url")


class Khal:
    """One installation of khal, in a folder of its own, somewhere on earth."""

    def __init__(self, folder: Path, *, zone: str):
        (folder / "events").mkdir(parents=True)
        self._folder = folder
        self._config = folder / "config"
        self._config.write_text(_CONFIG.format(folder=folder, zone=zone), encoding="utf-8")

    def read(self, calendar: bytes, *, since: date, days: int = 2) -> list[dict[str, str]]:
        """Import a file and return what stands in it from a day on."""
        file = self._folder / "feed.ics"
        file.write_bytes(calendar)
        self._run("import", "--batch", "-a", "feed", str(file))
        fields = [argument for name in FIELDS for argument in ("--json", name)]
        said = self._run("list", *fields, since.strftime("%d.%m.%Y"), f"{days}d")
        found = [event for line in said.splitlines() for event in json.loads(line)]
        return [dict(pairs) for pairs in dict.fromkeys(tuple(e.items()) for e in found)]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [_KHAL, "-c", self._config, *arguments],
            env={"HOME": str(self._folder), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    """Give a khal in Germany."""
    return Khal(tmp_path / "khal", zone="Europe/Berlin")


def _feed(browser: Browser, person: Person) -> bytes:
    return content(browser, subscribe(browser, person))


def test_khal_reads_what_we_wrote(make: Make, browser: Browser, khal: Khal) -> None:
    me = make.person()
    place = make.organisation("Möbel, Häusler & Söhne; Co. KG", street="Am Markt 1")
    visit = make.visit(
        VisitStatus.PLANNED,
        owner=me,
        organisation=place,
        visited_on=SOON,
        visited_at=time(14, 15),
    )
    make.visit(VisitStatus.PLANNED, owner=me, visited_on=SOON, mode=Mode.OUR_OFFICE)
    make.follow_up("Förderantrag für Häusler prüfen", owner=me, due_on=SOON)

    found = {event["title"]: event for event in khal.read(_feed(browser, me), since=SOON)}

    day = SOON.strftime("%d.%m.%Y")
    talk = found.pop("Möbel, Häusler & Söhne; Co. KG (Vor Ort)")
    assert (talk["start"], talk["end"]) == (f"{day} 14:15", f"{day} 15:15")
    assert talk["all-day"] == "False"
    assert talk["location"] == "Am Markt 1, Musterstadt"
    assert talk["url"].endswith(f"/visits/{visit.id}")
    assert len(found) == 2
    assert {(e["start"], e["end"], e["all-day"]) for e in found.values()} == {(day, day, "True")}
    assert "Förderantrag für Häusler prüfen" in found


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", ["09:00", "09:00", "09:00", "09:00"]),
        ("UTC", ["07:00", "08:00", "08:00", "07:00"]),
        # Clocks change there on other days
        ("America/New_York", ["03:00", "04:00", "04:00", "03:00"]),
    ],
)
def test_khal_is_there_in_time_around_the_change_of_summer_time(
    zone: str, shown: list[str], make: Make, tmp_path: Path
) -> None:
    days = [date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 27), date(2027, 3, 28)]
    owner, place = make.person(), make.organisation()
    visits = [
        make.visit(VisitStatus.PLANNED, owner=owner, visited_on=day, visited_at=time(9))
        for day in days
    ]
    for visit in visits:
        visit.organisation = place
    file = make.run(
        lambda: calendar_file(
            Agenda(visits=visits, follow_ups=(), discreet=frozenset()), link=lambda _: "/"
        )
    )

    found = Khal(tmp_path / "khal", zone=zone).read(file, since=days[0], days=200)

    assert [event["start"][-5:] for event in found] == shown
    assert [event["start"][:10] for event in found] == [d.strftime("%d.%m.%Y") for d in days]


def test_khal_reads_naughty_text(make: Make, browser: Browser, khal: Khal) -> None:
    me = make.person()
    for text in (text[:300].strip() for text in NAUGHTY):
        if text:
            make.follow_up(text, owner=me, due_on=SOON)

    found = khal.read(_feed(browser, me), since=SOON)

    titles = {event["title"] for event in found}
    assert {"Straße, Ärger, Öl, Übung, ß ẞ", "=1+1", "C:\\CON", "a" * 300} <= titles
    assert len(found) == len({text[:300].strip() for text in NAUGHTY} - {""})


def test_khal_takes_a_second_reading_for_the_same(make: Make, browser: Browser, khal: Khal) -> None:
    me = make.person()
    follow_up = make.follow_up("Erst so", owner=me, due_on=SOON)
    path = subscribe(browser, me)
    khal.read(content(browser, path), since=SOON)
    make.change(follow_up, title="Dann so", version=2)

    found = khal.read(content(browser, path), since=SOON)

    assert [event["title"] for event in found] == ["Dann so"]
