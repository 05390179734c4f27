"""Eighteen months of visits, drawn at random from a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta

from crm.clock import is_working_day, next_working_day
from crm.concerns.models import Flag
from crm.dates import add_months
from crm.demo.accounts import COUNTY, LAND, NORTH, SOUTH
from crm.demo.dice import Dice
from crm.demo.directory import Directory
from crm.demo.followed import Followed
from crm.demo.people import People
from crm.demo.plans import NotePlan, Place, VisitPlan
from crm.demo.texts import Situation, Texts
from crm.organisations.models import OrganisationKind
from crm.visibility import Visibility, strictest
from crm.visits.models import Mode, Occasion, VisitStatus

DAYS_BACK, DAYS_AHEAD = 548, 32
# Told one by one in the data file, or kept for „lange nicht besucht“
_NOT_DRAWN = frozenset({"beispielwerk", "moebel", "zaun", "reiterhof"})
# The former colleague of Team Süd left so many days ago
LEFT_DAYS_AGO = 150
# Visits a working day, per person and what they look after
_RHYTHM = (
    ("officer", (NORTH,), 0.24),
    ("south", (SOUTH,), 0.2),
    ("former", (SOUTH,), 0.13),
    ("manager", (NORTH, SOUTH), 0.09),
    ("county", (COUNTY,), 0.16),
    ("county-manager", (COUNTY,), 0.05),
)
_TOPIC_WEIGHTS = {
    "outlook": 5, "skilled-labour": 6, "succession": 3, "training": 4, "digitalisation": 4,
    "funding": 4, "authorities": 3, "transformation-energy": 4, "sites": 3, "founding": 6,
}  # fmt: skip
_TEAM_TOPICS = frozenset({"succession"})
_MODES = (
    *[Mode.ON_SITE] * 11, *[Mode.OUR_OFFICE] * 3, *[Mode.PHONE] * 3, *[Mode.VIDEO] * 2, Mode.EVENT,
)  # fmt: skip
_OCCASIONS = (
    *[Occasion.PROGRAMME] * 10, *[Occasion.REQUEST] * 6, Occasion.CRISIS, Occasion.ANNIVERSARY,
    Occasion.OTHER,
)  # fmt: skip


class Story:
    """Draws visits; the same ones for the same day."""

    def __init__(self, rng: Dice, texts: Texts, people: People, directory: Directory, today: date):
        self._rng, self._texts, self._today = rng, texts, today
        self._people, self._directory = people, directory
        self._followed = Followed(rng, texts, today)
        self._last_visit: dict[str, date] = {}

    def visits(self) -> Iterator[VisitPlan]:
        """Give the visits, the oldest first."""
        first = self._today - timedelta(days=DAYS_BACK)
        for number in range(DAYS_BACK + DAYS_AHEAD):
            day = first + timedelta(days=number)
            if not is_working_day(day, LAND):
                continue
            for owner, teams, chance in _RHYTHM:
                if self._rng.random() < chance and self._works(owner, day):
                    yield self._visit(owner, teams, day)

    def _works(self, owner: str, day: date) -> bool:
        left = self._today - timedelta(days=LEFT_DAYS_AGO)
        if owner == "former":
            return day < left
        # The successor began when the former colleague left, with few visits before
        return owner != "south" or day >= left or self._rng.happens(0.3)

    def _visit(self, owner: str, teams: Sequence[str], day: date) -> VisitPlan:
        place = self._whom(owner, teams, day)
        is_partner = place.kind is OrganisationKind.PARTNER
        visibility = self._rng.choices(list(Visibility), weights=(86, 10, 4))[0]
        mode = self._rng.choice(_MODES)
        plan = VisitPlan(
            owner=owner,
            organisation=place.key,
            day=day,
            at=time(self._rng.randint(8, 16), self._rng.choice((0, 15, 30, 45)))
            if self._rng.happens(0.85)
            else None,
            mode=mode,
            occasion=self._occasion(mode, is_partner=is_partner),
            visibility=visibility,
            colleagues=self._colleagues(owner),
            contacts=self._rng.choice((1, 1, 1, 2)),
        )
        if day > self._today:
            return self._ahead(plan)
        if day < self._today and self._rng.happens(0.08):
            return self._did_not_happen(plan)
        if day == self._today:
            return replace(plan, status=VisitStatus.PLANNED)
        self._last_visit[place.key] = day
        return self._held(plan, place)

    def _held(self, plan: VisitPlan, place: Place) -> VisitPlan:
        rng = self._rng
        is_partner = place.kind is OrganisationKind.PARTNER
        situations = self._situations(place)
        notes = tuple(self._note(plan, situation) for situation in situations)
        tasks = (self._followed.general_task(plan),) if rng.happens(0.15) else ()
        cadence = place.cadence_months if rng.happens(0.6) else None
        return replace(
            plan,
            notes=notes,
            tasks=tasks,
            summary=self._texts.phrase("partner_summaries" if is_partner else "summaries"),
            company_text=self._texts.phrase("company_texts")
            if not is_partner and rng.happens(0.35)
            else "",
            file_reference=f"WF-80.21/{rng.randint(200, 980):04}" if rng.happens(0.15) else "",
            next_visit_due_on=next_working_day(add_months(plan.day, cadence), LAND)
            if cadence
            else None,
            further=self._further(plan) if not is_partner else (),
            outsiders=(self._texts.phrase("outsiders"),) if rng.happens(0.09) else (),
            archived_reason="Doppelt erfasst." if rng.happens(0.012) else "",
        )

    def _note(self, plan: VisitPlan, situation: Situation) -> NotePlan:
        rng = self._rng
        wanted = Visibility.TEAM if situation.topic in _TEAM_TOPICS else Visibility.BODY
        if situation.flag is Flag.URGENT and rng.happens(0.12):
            wanted = Visibility.MANAGERS
        visibility = strictest(plan.visibility, wanted)
        is_open_secret = visibility is Visibility.BODY
        note = NotePlan(
            topic=situation.topic,
            text=self._texts.note(situation),
            visibility=visibility,
            confidential=rng.happens(0.06 if is_open_secret else 0.45),
            for_company=is_open_secret and rng.happens(0.4),
        )
        return self._followed.follow(plan, note, situation)

    def _situations(self, place: Place) -> Sequence[Situation]:
        possible = self._texts.situations(place)
        topics = sorted({situation.topic for situation in possible})
        weights = {topic: _TOPIC_WEIGHTS.get(topic, 2) for topic in topics}
        drawn: list[Situation] = []
        for _ in range(min(self._rng.choice((1, 2, 2, 2, 3, 3, 4)), len(topics))):
            topic = self._rng.choices(list(weights), weights=list(weights.values()))[0]
            del weights[topic]
            fitting = [s for s in possible if s.topic == topic]
            drawn.append(self._texts.least_used(fitting))
        return drawn

    def _ahead(self, plan: VisitPlan) -> VisitPlan:
        plan = replace(plan, status=VisitStatus.PLANNED)
        if self._rng.happens(0.07):
            return self._did_not_happen(plan)
        if self._rng.happens(0.5):
            topic, text = self._texts.pair("agendas")
            plan = replace(
                plan, notes=(NotePlan(topic=topic, text=text, visibility=plan.visibility),)
            )
        return plan

    def _did_not_happen(self, plan: VisitPlan) -> VisitPlan:
        status = self._rng.choice((VisitStatus.POSTPONED, VisitStatus.CANCELLED))
        return replace(plan, status=status, status_reason=self._texts.phrase(status.value))

    def _whom(self, owner: str, teams: Sequence[str], day: date) -> Place:
        body_id = self._people.actors[owner].body_id
        never = self._today - timedelta(days=DAYS_BACK + 60)
        weights: dict[str, float] = {}
        for key, place in self._directory.places.items():
            is_own = place.team in teams
            can = (key, body_id) in self._directory.contacts
            if key in _NOT_DRAWN or not place.is_active or not can:
                continue
            if not is_own and not (place.is_shared and self._rng.happens(0.2)):
                continue
            days = (day - self._last_visit.get(key, never)).days
            weights[key] = max(days - 25, 1) ** 1.5 * (2.0 if place.is_target else 1.0)
            if place.kind is OrganisationKind.PARTNER:
                weights[key] *= 0.7
        key = self._rng.choices(list(weights), weights=list(weights.values()))[0]
        return self._directory.places[key]

    def _occasion(self, mode: Mode, *, is_partner: bool) -> Occasion:
        if mode is Mode.EVENT:
            return Occasion.EVENT
        return Occasion.OTHER if is_partner else self._rng.choice(_OCCASIONS)

    def _colleagues(self, owner: str) -> tuple[str, ...]:
        others = self._people.colleagues(owner)
        if not others or not self._rng.happens(0.2):
            return ()
        return (self._rng.choice(others),)

    def _further(self, plan: VisitPlan) -> tuple[str, ...]:
        if not self._rng.happens(0.1):
            return ()
        body_id = self._people.actors[plan.owner].body_id
        partners = [
            key
            for key, place in self._directory.places.items()
            if place.kind is OrganisationKind.PARTNER and (key, body_id) in self._directory.contacts
        ]
        return (self._rng.choice(partners),)
