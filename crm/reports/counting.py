"""From what was read to the figures of each kind of report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from crm.concerns.models import Flag, Outcome
from crm.organisations.models import SizeClass
from crm.referrals.models import ReferralResult
from crm.reports.figures import (
    Figures,
    Naming,
    Row,
    Section,
    Table,
    Tally,
    Value,
    smallest_group,
)
from crm.reports.material import Material, Matter, Note, Talk
from crm.reports.measures import (
    Both,
    Counted,
    both_years,
    count_about,
    count_concerns,
    count_effects,
    count_events,
    count_months,
    count_offers,
    count_offices,
    count_outcomes,
    count_partners,
    count_procedures,
    count_referral_results,
    count_referrals,
    count_work,
    municipality_of,
    parted_by,
    parts_of,
    size_of,
    tallies_by,
    tally_of,
    told_number,
    visits_of,
)
from crm.reports.models import CHAPTERS_OF, Chapter, ReportKind

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
# Our offers that belong to these topics
_OFFERS_OF: Mapping[Chapter, tuple[str, ...]] = {
    Chapter.FUNDING: ("funding-advice",),
    Chapter.LABOUR: ("labour-advice",),
    Chapter.SUCCESSION: ("succession-day",),
    Chapter.FOUNDING: ("founding-advice",),
    Chapter.SITES: ("site-search",),
    Chapter.COOPERATION: ("networking",),
}
# What companies say about the location, in the catalogue's order
_VOICES = ("outlook", "sites", "authorities", "infrastructure", "location-satisfaction")
_TOP_TOPICS = 5
_QUARTERLY_TOPICS, _MOST_QUARTERLY_MONTHS = 6, 4
_SOLVED = frozenset({Outcome.SOLVED, Outcome.PARTLY_SOLVED})


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
            yield _aimed(_table("work", both.rows(count_work)), both.target)
            if kind in {ReportKind.PUBLIC, ReportKind.INTERNAL}:
                yield _table("offers", count_offers(both), (*BY_PERIOD, "used"))
        case Chapter.CARE:
            months = count_months(both)
            if kind is not ReportKind.QUARTERLY or len(months) <= _MOST_QUARTERLY_MONTHS:
                yield _table("months", months)
            if kind is not ReportKind.QUARTERLY:
                yield _table(
                    "places", both.parts(lambda m: tallies_by(visits_of(m), municipality_of))
                )
                sizes = [size.value for size in SizeClass] + ["unknown"]
                yield _table(
                    "sizes", both.parts(lambda m: tallies_by(visits_of(m), size_of), sizes)
                )
            yield _topics(both, most=_QUARTERLY_TOPICS if kind is ReportKind.QUARTERLY else None)
            yield _table("concerns", both.rows(lambda m: count_concerns(m, both.land)))
            yield _table("outcomes", both.parts(count_outcomes, [o.value for o in Outcome]))
            yield _table("effects", both.rows(count_effects))
        case Chapter.BROKERING:
            yield from _brokering(kind, both)
        case Chapter.EVENTS:
            yield _table("events", both.rows(count_events))
        case Chapter.VOICES:
            yield from _voices(both)
    if slugs := TOPICS_OF.get(chapter):
        yield _table("topic", both.rows(lambda m: count_about(m, slugs, _OFFERS_OF[chapter])))


def _brokering(kind: ReportKind, both: Both) -> Iterable[Table]:
    yield _table("referrals", both.rows(count_referrals))
    results = [result.value for result in ReferralResult]
    yield _table("referral_results", both.parts(count_referral_results, results))
    yield _table("partners", both.rows(count_partners))
    yield _table("procedures", both.rows(count_procedures))
    # People type the names of offices: nobody has read them when a public report is made
    if kind is ReportKind.INTERNAL:
        yield _table("offices", both.parts(count_offices))


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


def _topics(both: Both, *, most: int | None = None) -> Table:
    """Count in how many conversations each topic came up, the most frequent first."""
    names = {slug: {"de": german, "en": english} for slug, german, english in both.period.topics}
    now, then = (
        tallies_by(material.notes, lambda note: note.topic) for material in both_years(both)
    )
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
                tally_of(said[slug]).value,
                tally_of(before[slug]).value,
                *parts_of(said[slug], _has_flag(Flag.WATCH), _has_flag(Flag.URGENT))[:2],
            ),
        )
        for slug in _VOICES
        if said[slug] or before[slug]
    ]
    yield _table("voices", rows, (*BY_PERIOD, "watch", "urgent"))


def _has_flag(flag: Flag) -> Callable[[Note], bool]:
    return lambda note: note.flag is flag


# --- one page each --------------------------------------------------------------------------------


def _municipalities(both: Both) -> list[Section]:
    """Return a section for each municipality in which something happened.

    What is told of all of them together is told elsewhere: so each figure is parted over them.
    """
    everything: list[Talk | Note | Matter] = []
    for material in both_years(both):
        everything += [*material.talks, *material.opened, *material.closed]
    names = sorted({municipality_of(thing) for thing in everything}, key=str.casefold)
    measures: Mapping[str, Callable[[Material], Counted]] = {
        "visits": lambda m: tallies_by(visits_of(m), municipality_of),
        "other_talks": lambda m: tallies_by(
            [t for t in m.talks if not t.is_visit and not t.is_with_partner], municipality_of
        ),
        "concerns_opened": lambda m: tallies_by(m.opened, municipality_of),
        "concerns_closed": lambda m: tallies_by(m.closed, municipality_of),
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
    return lambda material: tallies_by(
        [n for n in material.notes if n.topic == topic], municipality_of
    )


def _by_place(
    both: Both, count: Callable[[Material], Counted], names: Sequence[str]
) -> list[tuple[Value, Value]]:
    now, then = (parted_by(count(material), names) for material in both_years(both))
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
    return sorted(found, key=lambda row: -told_number(row))[:_TOP_TOPICS]
