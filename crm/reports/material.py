"""What a report counts: the things that happened in a span of days, as ids, codes and dates."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from crm.clock import moment
from crm.concerns.models import Flag, Outcome
from crm.organisations.models import OrganisationKind, SizeClass
from crm.referrals.models import ReferralResult
from crm.visits.models import VISIT_MODES, Mode, Occasion


class Span(NamedTuple):
    """Days from the first to the last one."""

    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Return its beginning and the moment after its end."""
        return moment(self.since, time(0)), moment(self.until + timedelta(days=1), time(0))


class Talk(NamedTuple):
    """A conversation that took place."""

    on: date
    mode: Mode
    occasion: Occasion | None
    organisation_id: Hashable
    kind: OrganisationKind
    municipality: str
    size: SizeClass | None

    @property
    def is_with_partner(self) -> bool:
        """Whether it is a Partnergespräch."""
        return self.kind is OrganisationKind.PARTNER

    @property
    def is_visit(self) -> bool:
        """Whether the figures call it a Besuch."""
        return self.mode in VISIT_MODES and not self.is_with_partner


class Note(NamedTuple):
    """A topic of a conversation; several people's notes on it are one."""

    topic: str
    organisation_id: Hashable
    municipality: str
    flag: Flag


class Mention(NamedTuple):
    """An offer of ours that came up in a conversation."""

    offer: str
    name_de: str
    name_en: str
    organisation_id: Hashable
    is_used: bool


class Proceeding(NamedTuple):
    """An official procedure that was accompanied; running when it was not decided in the span."""

    office: str
    organisation_id: Hashable
    begun_on: date
    decided_on: date | None


class Matter(NamedTuple):
    """A concern."""

    topic: str
    organisation_id: Hashable
    municipality: str
    opened_on: date
    responded_on: date | None
    closed_on: date | None
    outcome: Outcome | None
    jobs_secured: int | None
    jobs_created: int | None
    investment: int | None


class Introduction(NamedTuple):
    """A referral: of a company's concern to a partner."""

    # The company: it is whom a small group would give away
    organisation_id: Hashable
    partner_id: Hashable
    result: ReferralResult | None


class Task(NamedTuple):
    """A follow-up that was done; without an organisation it is about none."""

    organisation_id: Hashable
    promised: bool


@dataclass(kw_only=True)
class Material:
    """What happened in a span of days."""

    span: Span
    talks: Sequence[Talk] = ()
    notes: Sequence[Note] = ()
    offers: Sequence[Mention] = ()
    opened: Sequence[Matter] = ()
    answered: Sequence[Matter] = ()
    closed: Sequence[Matter] = ()
    # Open at the end of the span
    open: Sequence[Matter] = ()
    done: Sequence[Task] = ()
    referred: Sequence[Introduction] = ()
    # With a result in the span, whenever they were made
    answered_by_partners: Sequence[Introduction] = ()
    # Running on any day of the span
    procedures: Sequence[Proceeding] = ()
    topics: Sequence[tuple[str, str, str]] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not any(
            (self.talks, self.opened, self.closed, self.done, self.referred, self.procedures)
        )
