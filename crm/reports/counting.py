"""From what was read to the figures of each kind of report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any, TypeVar

from crm.clock import working_days_between
from crm.concerns.models import Flag, Outcome
from crm.dates import add_months
from crm.organisations.models import SizeClass
from crm.reports.figures import (
    Figures,
    Naming,
    Row,
    Section,
    Table,
    Tally,
    Value,
    parted,
    smallest_group,
    tally,
    told,
)
from crm.reports.material import Material, Matter, Note, Talk
from crm.reports.models import CHAPTERS_OF, Chapter, ReportKind
from crm.visits.models import Mode, Occasion

T = TypeVar("T", Talk, Note, Matter)

BY_PERIOD = ("period", "before")
# Topics of the catalogue by the chapter that tells of them
TOPICS_OF: Mapping[Chapter, tuple[str, ...]] = {
    Chapter.FUNDING: ("funding",),
    Chapter.LABOUR: ("skilled-labour", "training"),
    Chapter.SUCCESSION: ("succession",),
    Chapter.FOUNDING: ("founding",),
    Chapter.SITES: ("sites", "expansion-investment"),
    Chapter.COOPERATION: ("cooperation",),
}
# What companies say about the location, in the catalogue's order
_VOICES = ("outlook", "sites", "authorities", "infrastructure", "location-satisfaction")
_TOP_TOPICS = 5
_QUARTERLY_TOPICS, _MOST_QUARTERLY_MONTHS = 6, 4
_SOLVED = frozenset({Outcome.SOLVED, Outcome.PARTLY_SOLVED})
Counted = dict[str, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The period, and the same one a year before."""

    period: Material
    before: Material
    land: str
    # So many visits were meant to be made, where the period is a year and somebody has said it
    target: int | None = None

    def rows(self, count: Callable[[Material], dict[str, Value]]) -> tuple[Row, ...]:
        """Return one row per key that `count` finds in either of them."""
        now, then = count(self.period), count(self.before)
        return tuple(Row(key=key, values=(now.get(key), then.get(key))) for key in now | then)

    def parts(
        self, count: Callable[[Material], Counted], keys: Sequence[str] = ()
    ) -> tuple[Row, ...]:
        """Return one row per part of a sum; without `keys` all there are, the largest first.

        What is hidden comes last: its place among the others would tell how large it is.
        """
        counted = count(self.period), count(self.before)
        parts = keys or sorted(counted[0] | counted[1], key=str.casefold)
        pairs = zip(*(_parted(each, parts) for each in counted), strict=True)
        rows = [Row(key=key, values=pair) for key, pair in zip(parts, pairs, strict=True)]
        return tuple(rows if keys else sorted(rows, key=lambda row: -_number(row)))


def year_before(day: date) -> date:
    """Return the same day of the year before."""
    return add_months(day, -12)


def figures_of(
    kind: ReportKind, both: Both, *, namings: Mapping[str, Sequence[tuple[str, ...]]]
) -> Figures:
    """Return the figures of a report; `namings` are those of a non-public one."""
    sections: list[Section] = []
    for chapter in CHAPTERS_OF[kind]:
        if chapter is Chapter.MUNICIPALITIES:
            sections += _municipalities(both)
        else:
            sections.append(
                Section(
                    chapter=chapter,
                    tables=tuple(t for t in _tables(kind, chapter, both) if t.rows),
                    namings=tuple(_named(chapter, namings)),
                )
            )
    return Figures(
        sections=tuple(sections), is_empty=both.period.is_empty, smallest=smallest_group.get()
    )


def _tables(kind: ReportKind, chapter: Chapter, both: Both) -> Iterable[Table]:
    match chapter:
        case Chapter.WORK:
            yield _aimed(_table("work", both.rows(_work)), both.target)
        case Chapter.CARE:
            months = _months(both)
            if kind is not ReportKind.QUARTERLY or len(months) <= _MOST_QUARTERLY_MONTHS:
                yield _table("months", months)
            if kind is not ReportKind.QUARTERLY:
                yield _table("places", both.parts(lambda m: _by(_visits(m), _municipality)))
                sizes = [size.value for size in SizeClass] + ["unknown"]
                yield _table("sizes", both.parts(lambda m: _by(_visits(m), _size), sizes))
            yield _topics(both, most=_QUARTERLY_TOPICS if kind is ReportKind.QUARTERLY else None)
            yield _table("concerns", both.rows(lambda m: _concerns(m, both.land)))
            yield _table("outcomes", both.parts(_outcomes, [o.value for o in Outcome]))
            yield _table("effects", both.rows(_effects))
        case Chapter.BROKERING:
            yield _table("partners", both.rows(_partners))
        case Chapter.EVENTS:
            yield _table("events", both.rows(_events))
        case Chapter.VOICES:
            yield from _voices(both)
    if slugs := TOPICS_OF.get(chapter):
        yield _table("topic", both.rows(lambda m: _about(m, slugs)))


def _table(key: str, rows: Iterable[Row], columns: tuple[str, ...] = BY_PERIOD) -> Table:
    return Table(key=key, columns=columns, rows=tuple(rows))


def _aimed(table: Table, target: int | None) -> Table:
    """Put the year's target beside the visits, if there is one."""
    if target is None:
        return table
    rows = tuple(
        replace(row, values=(*row.values, target if row.key == "visits" else None))
        for row in table.rows
    )
    return replace(table, columns=(*table.columns, "target"), rows=rows)


def _named(chapter: Chapter, namings: Mapping[str, Sequence[tuple[str, ...]]]) -> Iterable[Naming]:
    if chapter is Chapter.CARE:
        for key, rows in namings.items():
            if rows:
                yield Naming(key=key, rows=tuple(rows))


# --- what is counted ------------------------------------------------------------------------------


def _visits(material: Material) -> list[Talk]:
    return [talk for talk in material.talks if talk.is_visit]


def _of(things: Iterable[T]) -> Tally:
    return tally(thing.organisation_id for thing in things)


def _by(things: Iterable[T], key: Callable[[T], str]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for thing in things:
        found.setdefault(key(thing), Tally()).add(thing.organisation_id)
    return found


def _parted(counted: Counted, keys: Sequence[str]) -> list[Value]:
    return parted([counted.get(key) or Tally() for key in keys])


def _municipality(thing: Talk | Note | Matter) -> str:
    return thing.municipality


def _size(talk: Talk) -> str:
    return talk.size.value if talk.size else "unknown"


def _reached(counted: Tally) -> Value:
    return told(len(counted.organisations), counted.organisations)


def _work(material: Material) -> dict[str, Value]:
    """Count what the agency did."""
    visits = _of(_visits(material))
    promised = tally(task.organisation_id for task in material.done if task.promised)
    return {
        "visits": visits.value,
        "reached": _reached(visits),
        "other_talks": _of(
            t for t in material.talks if not t.is_visit and not t.is_with_partner
        ).value,
        "partner_talks": _of(t for t in material.talks if t.is_with_partner).value,
        "concerns_opened": _of(material.opened).value,
        "concerns_closed": _of(material.closed).value,
        "tasks_done": tally(task.organisation_id for task in material.done).value,
        "promises_kept": promised.value,
    }


def _months(both: Both) -> tuple[Row, ...]:
    """Count the visits of each month, beside the same month of the year before."""
    since, until = both.period.span
    months = []
    first = since.replace(day=1)
    while first <= until:
        months.append(first)
        first = add_months(first, 1)
    if len(months) < 2:  # noqa: PLR2004 - one month alone is no course
        return ()
    now, then = (
        _by(_visits(material), lambda talk: f"{talk.on:%Y-%m}")
        for material in (both.period, both.before)
    )
    values = (
        _parted(now, [f"{month:%Y-%m}" for month in months]),
        _parted(then, [f"{year_before(month):%Y-%m}" for month in months]),
    )
    return tuple(
        Row(key=f"{month:%Y-%m}", values=pair)
        for month, pair in zip(months, zip(*values, strict=True), strict=True)
    )


def _concerns(material: Material, land: str) -> dict[str, Value]:
    return {
        "concerns_opened": _of(material.opened).value,
        "concerns_closed": _of(material.closed).value,
        "concerns_open": _of(material.open).value,
        "days_to_response": _median(material.answered, lambda m: m.responded_on, land),
        "days_to_outcome": _median(material.closed, lambda m: m.closed_on, land),
    }


def _median(matters: Sequence[Matter], end: Callable[[Matter], Any], land: str) -> Value:
    """Return the median working days from a concern's opening; None when there is none."""
    if not matters:
        return None
    days = median(max(0, working_days_between(m.opened_on, end(m), land)) for m in matters)
    whole = int(days) if days == int(days) else float(days)
    return told(whole, {m.organisation_id for m in matters})


def _outcomes(material: Material) -> Counted:
    return _by(material.closed, lambda m: m.outcome.value if m.outcome else "")


def _effects(material: Material) -> dict[str, Value]:
    """Add up what closed concerns brought; of whom nothing was noted counts for nothing."""
    found: dict[str, Value] = {}
    for key in ("jobs_secured", "jobs_created", "investment"):
        noted = [m for m in material.closed if getattr(m, key)]
        amount = sum(getattr(m, key) for m in noted)
        found[key] = told(amount, {m.organisation_id for m in noted})
    return found


def _partners(material: Material) -> dict[str, Value]:
    partner_talks = [talk for talk in material.talks if talk.is_with_partner]
    counted = _of(partner_talks)
    return {"partner_talks": counted.value, "partners": _reached(counted)}


def _events(material: Material) -> dict[str, Value]:
    events = [
        talk
        for talk in material.talks
        if talk.mode is Mode.EVENT or talk.occasion is Occasion.EVENT
    ]
    counted = _of(events)
    return {"event_talks": counted.value, "organisations": _reached(counted)}


def _about(material: Material, slugs: Sequence[str]) -> dict[str, Value]:
    """Count what was talked and done about some topics."""
    notes = _of(note for note in material.notes if note.topic in slugs)
    closed = [matter for matter in material.closed if matter.topic in slugs]
    solved = _parts_of(closed, lambda matter: matter.outcome in _SOLVED)
    return {
        "mentions": notes.value,
        "organisations": _reached(notes),
        "concerns_opened": _of(m for m in material.opened if m.topic in slugs).value,
        "concerns_closed": _of(closed).value,
        "concerns_solved": solved[0],
    }


def _parts_of(things: Iterable[T], *conditions: Callable[[T], bool]) -> list[Value]:
    """Count the things that meet each condition, and the rest: what the sum leaves over."""
    parts = [Tally() for _ in (*conditions, None)]
    for thing in things:
        met = [place for place, condition in enumerate(conditions) if condition(thing)]
        parts[met[0] if met else -1].add(thing.organisation_id)
    return parted(parts)


def _topics(both: Both, *, most: int | None = None) -> Table:
    """Count in how many conversations each topic came up, the most frequent first."""
    names = {slug: {"de": german, "en": english} for slug, german, english in both.period.topics}
    now, then = (_by(material.notes, lambda note: note.topic) for material in _each(both))
    nothing = Tally()
    order = list(names)
    slugs = sorted(now.keys() | then.keys(), key=order.index)
    slugs.sort(key=lambda slug: -now.get(slug, nothing).number)
    return _table(
        "topics",
        (
            Row(
                key=slug,
                name=names[slug],
                values=(now.get(slug, nothing).value, then.get(slug, nothing).value),
            )
            for slug in slugs[:most]
        ),
    )


def _voices(both: Both) -> Iterable[Table]:
    """Count what companies say about the location: mentions, and how pressing it is to them."""
    names = {slug: {"de": german, "en": english} for slug, german, english in both.period.topics}
    said = {slug: [n for n in both.period.notes if n.topic == slug] for slug in _VOICES}
    before = {slug: [n for n in both.before.notes if n.topic == slug] for slug in _VOICES}
    rows = [
        Row(
            key=slug,
            name=names.get(slug, {}),
            values=(
                _of(said[slug]).value,
                _of(before[slug]).value,
                *_parts_of(said[slug], _has_flag(Flag.WATCH), _has_flag(Flag.URGENT))[:2],
            ),
        )
        for slug in _VOICES
        if said[slug] or before[slug]
    ]
    yield _table("voices", rows, (*BY_PERIOD, "watch", "urgent"))


def _has_flag(flag: Flag) -> Callable[[Note], bool]:
    return lambda note: note.flag is flag


def _each(both: Both) -> tuple[Material, Material]:
    return both.period, both.before


# --- one page each --------------------------------------------------------------------------------


def _municipalities(both: Both) -> list[Section]:
    """Return a section for each municipality in which something happened.

    What is told of all of them together is told elsewhere: so each figure is parted over them.
    """
    everything: list[Talk | Note | Matter] = []
    for material in _each(both):
        everything += [*material.talks, *material.opened, *material.closed]
    names = sorted({_municipality(thing) for thing in everything}, key=str.casefold)
    measures: Mapping[str, Callable[[Material], Counted]] = {
        "visits": lambda m: _by(_visits(m), _municipality),
        "other_talks": lambda m: _by(
            [t for t in m.talks if not t.is_visit and not t.is_with_partner], _municipality
        ),
        "concerns_opened": lambda m: _by(m.opened, _municipality),
        "concerns_closed": lambda m: _by(m.closed, _municipality),
    }
    told_of = {key: _by_place(both, count, names) for key, count in measures.items()}
    topics = {slug: _by_place(both, _about_one(slug), names) for slug, *_ in both.period.topics}
    titles = {slug: {"de": german, "en": english} for slug, german, english in both.period.topics}
    return [
        Section(
            chapter=Chapter.MUNICIPALITIES,
            municipality=name,
            tables=(
                _table("work", (Row(key=key, values=of[place]) for key, of in told_of.items())),
                _table("topics", _top(place, topics, titles)),
            ),
        )
        for place, name in enumerate(names)
    ]


def _about_one(topic: str) -> Callable[[Material], Counted]:
    return lambda material: _by([n for n in material.notes if n.topic == topic], _municipality)


def _by_place(
    both: Both, count: Callable[[Material], Counted], names: Sequence[str]
) -> list[tuple[Value, Value]]:
    now, then = (_parted(count(material), names) for material in _each(both))
    return list(zip(now, then, strict=True))


def _top(
    place: int,
    topics: Mapping[str, list[tuple[Value, Value]]],
    titles: Mapping[str, Mapping[str, str]],
) -> list[Row]:
    """Return the most frequent topics of a municipality, those with a figure to tell."""
    found = [
        Row(key=slug, name=titles[slug], values=values[place])
        for slug, values in topics.items()
        if isinstance(values[place][0], int) and values[place][0]
    ]
    return sorted(found, key=lambda row: -_number(row))[:_TOP_TOPICS]


def _number(row: Row) -> float:
    value = row.values[0]
    return value if isinstance(value, int | float) else -1
