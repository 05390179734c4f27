"""What a report counts: things of a period, by what parts them, with the organisations behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, TypeVar

from crm.clock import working_days_between
from crm.concerns.models import Outcome
from crm.dates import add_months
from crm.reports.figures import (
    Row,
    Tally,
    Value,
    parted,
    tally,
    told,
)
from crm.reports.material import Introduction, Material, Matter, Mention, Note, Proceeding, Talk
from crm.visits.models import Mode, Occasion

T = TypeVar("T", Introduction, Talk, Note, Matter, Mention, Proceeding)
Counted = dict[str, Tally]
_SOLVED = frozenset({Outcome.SOLVED, Outcome.PARTLY_SOLVED})


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
        pairs = zip(*(parted_by(each, parts) for each in counted), strict=True)
        rows = [Row(key=key, values=pair) for key, pair in zip(parts, pairs, strict=True)]
        return tuple(rows if keys else sorted(rows, key=lambda row: -told_number(row)))


def year_before(day: date) -> date:
    """Return the same day of the year before."""
    return add_months(day, -12)


def visits_of(material: Material) -> list[Talk]:
    """Return what the figures call visits."""
    return [talk for talk in material.talks if talk.is_visit]


def tally_of(things: Iterable[T]) -> Tally:
    """Count things with their organisations."""
    return tally(thing.organisation_id for thing in things)


def tallies_by(things: Iterable[T], key: Callable[[T], str]) -> dict[str, Tally]:
    """Count things with their organisations, by what parts them."""
    found: dict[str, Tally] = {}
    for thing in things:
        found.setdefault(key(thing), Tally()).add(thing.organisation_id)
    return found


def parted_by(counted: Counted, keys: Sequence[str]) -> list[Value]:
    """Return the values of the parts of a sum, in the order of `keys`."""
    return parted([counted.get(key) or Tally() for key in keys])


def municipality_of(thing: Talk | Note | Matter) -> str:
    """Return where its organisation is."""
    return thing.municipality


def size_of(talk: Talk) -> str:
    """Return the size class of the organisation, or `unknown`."""
    return talk.size.value if talk.size else "unknown"


def _reached(counted: Tally) -> Value:
    return told(len(counted.organisations), counted.organisations)


def count_work(material: Material) -> dict[str, Value]:
    """Count what the agency did."""
    visits = tally_of(visits_of(material))
    promised = tally(task.organisation_id for task in material.done if task.promised)
    return {
        "visits": visits.value,
        "reached": _reached(visits),
        "other_talks": tally_of(
            t for t in material.talks if not t.is_visit and not t.is_with_partner
        ).value,
        "partner_talks": tally_of(t for t in material.talks if t.is_with_partner).value,
        "concerns_opened": tally_of(material.opened).value,
        "concerns_closed": tally_of(material.closed).value,
        "tasks_done": tally(task.organisation_id for task in material.done).value,
        "promises_kept": promised.value,
    }


def count_months(both: Both) -> tuple[Row, ...]:
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
        tallies_by(visits_of(material), lambda talk: f"{talk.on:%Y-%m}")
        for material in (both.period, both.before)
    )
    values = (
        parted_by(now, [f"{month:%Y-%m}" for month in months]),
        parted_by(then, [f"{year_before(month):%Y-%m}" for month in months]),
    )
    return tuple(
        Row(key=f"{month:%Y-%m}", values=pair)
        for month, pair in zip(months, zip(*values, strict=True), strict=True)
    )


def count_concerns(material: Material, land: str) -> dict[str, Value]:
    """Count concerns, and how long they took."""
    return {
        "concerns_opened": tally_of(material.opened).value,
        "concerns_closed": tally_of(material.closed).value,
        "concerns_open": tally_of(material.open).value,
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


def count_outcomes(material: Material) -> Counted:
    """Count closed concerns by their outcome."""
    return tallies_by(material.closed, lambda m: m.outcome.value if m.outcome else "")


def count_effects(material: Material) -> dict[str, Value]:
    """Add up what closed concerns brought; of whom nothing was noted counts for nothing."""
    found: dict[str, Value] = {}
    for key in ("jobs_secured", "jobs_created", "investment"):
        noted = [m for m in material.closed if getattr(m, key)]
        amount = sum(getattr(m, key) for m in noted)
        found[key] = told(amount, {m.organisation_id for m in noted})
    return found


def count_partners(material: Material) -> dict[str, Value]:
    """Count the talks with partners."""
    partner_talks = [talk for talk in material.talks if talk.is_with_partner]
    counted = tally_of(partner_talks)
    return {"partner_talks": counted.value, "partners": _reached(counted)}


def count_referrals(material: Material) -> dict[str, Value]:
    """Count referrals, the companies they were for, and the partners they led to."""
    made = tally_of(material.referred)
    partners = {each.partner_id for each in material.referred}
    return {
        "referrals": made.value,
        "referred_companies": _reached(made),
        # What a small group would give away is whose concern it was
        "referred_partners": told(len(partners), made.organisations),
    }


def count_referral_results(material: Material) -> Counted:
    """Count referrals that were answered, by their result."""
    return tallies_by(
        material.answered_by_partners, lambda each: each.result.value if each.result else ""
    )


def count_procedures(material: Material) -> dict[str, Value]:
    """Count procedures, those decided and still running, and how many days a decision took."""
    decided = [each for each in material.procedures if each.decided_on is not None]
    parts = parts_of(material.procedures, lambda each: each.decided_on is not None)
    took = [(each.decided_on - each.begun_on).days for each in decided if each.decided_on]
    days = median(took) if took else None
    whole = int(days) if days is not None and days == int(days) else days
    return {
        "procedures": tally_of(material.procedures).value,
        "procedures_decided": parts[0],
        "procedures_running": parts[1],
        "days_to_decision": told(whole, {each.organisation_id for each in decided}),
    }


def count_offices(material: Material) -> Counted:
    """Count procedures by their office."""
    return tallies_by(material.procedures, lambda each: each.office)


def count_offers(both: Both) -> tuple[Row, ...]:
    """Count in how many conversations each offer was mentioned, and used; the most first."""
    now, then = (tallies_by(m.offers, lambda each: each.offer) for m in both_years(both))
    names = {
        each.offer: {"de": each.name_de, "en": each.name_en}
        for material in both_years(both)
        for each in material.offers
    }
    rows = [
        Row(
            key=slug,
            name=name,
            values=(
                now[slug].value if slug in now else 0,
                then[slug].value if slug in then else 0,
                parts_of([each for each in both.period.offers if each.offer == slug], _is_used)[0],
            ),
        )
        for slug, name in names.items()
    ]
    return tuple(sorted(rows, key=lambda row: -told_number(row)))


def _is_used(mention: Mention) -> bool:
    return mention.is_used


def count_events(material: Material) -> dict[str, Value]:
    """Count the conversations at events."""
    events = [
        talk
        for talk in material.talks
        if talk.mode is Mode.EVENT or talk.occasion is Occasion.EVENT
    ]
    counted = tally_of(events)
    return {"event_talks": counted.value, "organisations": _reached(counted)}


def count_about(
    material: Material, slugs: Sequence[str], offers: Sequence[str]
) -> dict[str, Value]:
    """Count what was talked and done about some topics, and our offers that belong to them."""
    notes = tally_of(note for note in material.notes if note.topic in slugs)
    closed = [matter for matter in material.closed if matter.topic in slugs]
    solved = parts_of(closed, lambda matter: matter.outcome in _SOLVED)
    offered = [mention for mention in material.offers if mention.offer in offers]
    return {
        "mentions": notes.value,
        "organisations": _reached(notes),
        "concerns_opened": tally_of(m for m in material.opened if m.topic in slugs).value,
        "concerns_closed": tally_of(closed).value,
        "concerns_solved": solved[0],
        "offers_mentioned": tally_of(offered).value,
        "offers_used": parts_of(offered, _is_used)[0],
    }


def parts_of(things: Iterable[T], *conditions: Callable[[T], bool]) -> list[Value]:
    """Count the things that meet each condition, and the rest: what the sum leaves over."""
    parts = [Tally() for _ in (*conditions, None)]
    for thing in things:
        met = [place for place, condition in enumerate(conditions) if condition(thing)]
        parts[met[0] if met else -1].add(thing.organisation_id)
    return parted(parts)


def both_years(both: Both) -> tuple[Material, Material]:
    """Return the material of the period and of the year before."""
    return both.period, both.before


def told_number(row: Row) -> float:
    """Return the first value of a row to sort by; one that is not told comes last."""
    value = row.values[0]
    return value if isinstance(value, int | float) else -1
