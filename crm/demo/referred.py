"""What the partners of the demo help with, and the concerns that were referred to them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from crm.clock import BERLIN, moment, next_working_day, now, today
from crm.concerns.models import Concern, Outcome, Stage
from crm.contacts.models import Contact
from crm.demo.accounts import LAND
from crm.demo.batch import Batch
from crm.demo.dice import Dice
from crm.demo.directory import Directory
from crm.demo.people import People
from crm.demo.texts import DATA
from crm.organisations.models import Organisation
from crm.partners.models import Offer
from crm.referrals.models import Referral, ReferralResult

# A dice of its own: what is drawn here changes nothing of what is drawn elsewhere
_SEED = 2027
_RESULTS = {
    Outcome.SOLVED: ReferralResult.HELPED,
    Outcome.PARTLY_SOLVED: ReferralResult.HELPED,
    Outcome.NOT_SOLVABLE: ReferralResult.COULD_NOT_HELP,
    Outcome.WITHDRAWN: ReferralResult.NO_ANSWER,
}
_REFERRED_OF_CLOSED = 0.35


class Referring:
    """Adds what partners offer, and referrals of the concerns that are stored."""

    def __init__(self, batch: Batch, people: People, directory: Directory):
        self._batch, self._people, self._directory = batch, people, directory
        self._rng = Dice(_SEED)
        self._told = tomllib.loads((DATA / "partners.toml").read_text(encoding="utf-8"))
        self._by_topic: dict[str, list[str]] = defaultdict(list)
        self._keys = {organisation_id: key for key, organisation_id in directory.ids.items()}
        # Of contacts and organisations
        self._names: dict[UUID, str] = {}

    def add_offers(self, topics: Mapping[str, UUID], *, since: datetime) -> None:
        """Add what each partner helps with."""
        for entry in self._told["partner"]:
            key = entry["key"]
            own = self._people.bodies[self._directory.places[key].body]
            contacts = self._directory.contacts[key, own]
            for topic, text in entry["offers"].items():
                self._by_topic[topic].append(key)
                self._batch.add(
                    Offer,
                    since,
                    partner_id=self._directory.ids[key],
                    topic_id=topics[topic],
                    contact_id=contacts[0],
                    text=text,
                )

    def add_referrals(self, session: Session) -> None:
        """Refer every concern that stands with a partner, and some of those that are closed."""
        concerns = session.scalars(
            sa.select(Concern)
            .where(Concern.stage.in_([Stage.WITH_PARTNER, Stage.CLOSED]))
            .options(joinedload(Concern.topic))
            .order_by(Concern.opened_at, Concern.id)
        ).all()
        for named in (
            sa.select(Contact.id, Contact.given_name + " " + Contact.family_name),
            sa.select(Organisation.id, Organisation.name),
        ):
            self._names |= {key: name.strip() for key, name in session.execute(named)}
        for concern in concerns:
            fitting = self._by_topic.get(concern.topic.slug, [])
            if fitting and concern.is_open:
                self._refer_open(concern, fitting)
            elif fitting and self._rng.happens(_REFERRED_OF_CLOSED):
                self._refer_closed(concern, self._rng.choice(fitting))

    def _refer_open(self, concern: Concern, fitting: list[str]) -> None:
        """Refer an open concern; some to a second partner, after the first could not help."""
        rng = self._rng
        made_at = self._between(concern.first_responded_at or concern.opened_at, now())
        first, *others = rng.sample(fitting, k=len(fitting))
        if others and rng.happens(0.5):
            self._add(concern, others[0], made_at, result=ReferralResult.COULD_NOT_HELP)
        due = _day_of(made_at) + timedelta(days=rng.choice((7, 14, 14, 21)))
        # Nothing is overdue for longer than two weeks
        earliest = today() - timedelta(days=rng.randint(1, 14))
        self._add(concern, first, made_at, due_on=max(due, earliest))

    def _refer_closed(self, concern: Concern, partner: str) -> None:
        assert concern.outcome is not None
        assert concern.closed_at is not None
        made_at = self._between(concern.opened_at, concern.closed_at)
        self._add(concern, partner, made_at, result=_RESULTS[concern.outcome])

    def _between(self, start: datetime, end: datetime) -> datetime:
        day = _day_of(start + (end - start) * self._rng.uniform(0.2, 0.7))
        at = moment(next_working_day(day, LAND), time(self._rng.randint(9, 16), 20))
        return min(max(at, start), end)

    def _add(
        self,
        concern: Concern,
        partner: str,
        made_at: datetime,
        *,
        due_on: date | None = None,
        result: ReferralResult | None = None,
    ) -> None:
        told, partner_id = self._told, self._directory.ids[partner]
        company = (self._keys[concern.organisation_id], concern.body_id)
        known = self._directory.contacts.get(company, [])
        due_on = due_on or _day_of(made_at) + timedelta(days=14)
        closed_at = min(made_at + timedelta(days=6), now() - timedelta(hours=1)) if result else None
        key = self._batch.add(
            Referral,
            made_at,
            body_id=concern.body_id,
            concern_id=concern.id,
            partner_id=partner_id,
            contact_id=self._directory.contacts[partner, concern.body_id][0],
            agreed_by=self._names[known[0]] if known else "Geschäftsführung",
            agreed_on=_day_of(made_at),
            passed_on=told["passed_on"][concern.topic.slug],
            named_contact_id=known[0] if known else None,
            answer_due_on=next_working_day(due_on, LAND),
            referred_by_id=concern.owner_id,
            closed_at=closed_at,
            result=result,
            result_note=self._rng.choice(told["results"][result.value]) if result else "",
            created_at=made_at,
            updated_at=closed_at or made_at,
        )
        about = {"partner": self._names[partner_id]}
        of_referral, of_concern = (Referral, key), (Concern, concern.id)
        who = concern.owner_id
        self._batch.audit(made_at, who, "added", of_referral)
        self._batch.audit(made_at, who, "referred", of_concern, about)
        if closed_at and result:
            changes = {"result": result.value}
            self._batch.audit(closed_at, who, "closed", of_referral, changes)
            self._batch.audit(closed_at, who, "referral_closed", of_concern, about | changes)


def _day_of(at: datetime) -> date:
    return at.astimezone(BERLIN).date()
