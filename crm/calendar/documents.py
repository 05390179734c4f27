"""A person's calendar as iCalendar (RFC 5545): few words, because programs pass them on.

Clients keep a copy for good and show it to whoever shares the calendar. So there is no more in it
than one needs to be there in time, and nothing at all of what was told in confidence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from crm.calendar.queries import Agenda
from crm.clock import BERLIN, moment
from crm.follow_ups.models import FollowUp
from crm.organisations.models import Organisation
from crm.visits.models import Mode, Visit
from crm.web.words import word

_LENGTH = timedelta(hours=1)
_EVERY = timedelta(hours=1)
_DAY = timedelta(days=1)
# No ends of lines for RFC 5545, but for many a program that reads it
_ENDS_OF_LINES = str.maketrans(dict.fromkeys("\n\r\v\f\x85\u2028\u2029", " "))

Link = Callable[[Visit | FollowUp], str]


def calendar_file(agenda: Agenda, *, link: Link) -> bytes:
    """Return the calendar; `link` gives the address of the page of a visit or follow-up."""
    calendar = Calendar()
    calendar.add("prodid", "-//Augenhöhe//Augenhöhe//DE")
    calendar.add("version", "2.0")
    calendar.add("name", "Augenhöhe")
    calendar.add("x-wr-calname", "Augenhöhe")
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_german_time())
    events = [(v.visited_on, v.id, _visit(v, agenda.discreet)) for v in agenda.visits]
    events += [(f.due_on, f.id, _follow_up(f, agenda.discreet)) for f in agenda.follow_ups]
    records = {record.id: record for record in agenda.entries}
    for _day, key, event in sorted(events, key=lambda e: e[:2]):
        _add_common(event, records[key], link)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def last_change(agenda: Agenda) -> datetime | None:
    """Return when something in the calendar was last changed; None for an empty one."""
    return max((record.updated_at for record in agenda.entries), default=None)


def _visit(visit: Visit, discreet: frozenset[UUID]) -> Event:
    event = Event()
    day, organisation, mode = visit.visited_on, visit.organisation, visit.mode
    # What the database promises of a planned visit
    assert day is not None
    assert organisation is not None
    assert mode is not None
    if visit.id in discreet:
        _add_nameless(event)
    else:
        event.add("summary", _line(f"{organisation.name} ({word(mode)})"))
        event.add("location", _line(_place(mode, organisation)))
    if visit.visited_at is None:
        _add_day(event, day)
    else:
        # By way of UTC, so that also a time that the clocks skip is one that there is
        event.add("dtstart", moment(day, visit.visited_at).astimezone(BERLIN))
        # A length and no end: in the night the clocks go back, an end could mean either hour
        event.add("duration", _LENGTH)
    return event


def _place(mode: Mode, organisation: Organisation) -> str:
    if mode is not Mode.ON_SITE:
        return word(mode)
    town = f"{organisation.postal_code} {organisation.town or organisation.municipality}".strip()
    return ", ".join(filter(None, (organisation.street, town)))


def _follow_up(follow_up: FollowUp, discreet: frozenset[UUID]) -> Event:
    event = Event()
    if follow_up.id in discreet:
        _add_nameless(event)
    else:
        event.add("summary", _line(follow_up.title))
    _add_day(event, follow_up.due_on)
    # Something to do by a day keeps nobody busy on it
    event.add("transp", "TRANSPARENT")
    return event


def _add_nameless(event: Event) -> None:
    event.add("summary", _("Termin (Augenhöhe)"))
    event.add("class", "PRIVATE")


def _add_day(event: Event, day: date) -> None:
    event.add("dtstart", day)
    event.add("dtend", day + _DAY)


def _add_common(event: Event, record: Visit | FollowUp, link: Link) -> None:
    event.add("uid", f"{record.id}@augenhoehe")
    event.add("sequence", record.version)
    event.add("dtstamp", record.updated_at)
    event.add("created", record.created_at)
    event.add("last-modified", record.updated_at)
    address = link(record)
    event.add("url", address)
    # Some programs show no address but in the text
    event.add("description", address)


def _line(text: str) -> str:
    return text.translate(_ENDS_OF_LINES)


def _german_time() -> Timezone:
    """Return the rule of summer time in the European Union, in force since 1996.

    Written out: icalendar 7.3 would name single days for a few years, the summer's an hour late.
    """
    zone = Timezone()
    zone.add("tzid", BERLIN.key)
    summer, winter = timedelta(hours=2), timedelta(hours=1)
    for part, name, month, hour, before, after in (
        (TimezoneDaylight(), "CEST", 3, 2, winter, summer),
        (TimezoneStandard(), "CET", 10, 3, summer, winter),
    ):
        part.add("tzname", name)
        # The last Sunday of that month in 1996
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, hour))  # noqa: DTZ001, PLR2004
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(part)
    return zone
