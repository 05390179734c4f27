"""What happens in the demo, before it becomes rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from crm.concerns.models import Flag, Outcome, Stage
from crm.organisations.models import OrganisationKind
from crm.policy import Actor
from crm.visibility import Visibility
from crm.visits.models import Mode, Occasion, VisitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An organisation of the demo as the story knows it."""

    key: str
    team: str
    body: str
    kind: OrganisationKind
    trade: str
    municipality: str
    is_shared: bool
    is_target: bool
    is_active: bool
    cadence_months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """A follow-up; `who` are keys of people, empty for the owner."""

    title: str
    due_on: date
    promised: bool = False
    done_on: date | None = None
    result: str = ""
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPlan:
    """A concern. Without due dates the clock computes them; `collaborators` are keys of people."""

    title: str
    stage: Stage
    flag: Flag = Flag.WATCH
    outcome: Outcome | None = None
    reason: str = ""
    response_due_on: date | None = None
    resolution_due_on: date | None = None
    responded_on: date | None = None
    closed_on: date | None = None
    jobs_secured: int | None = None
    jobs_created: int | None = None
    investment: int | None = None
    figures_source: str = ""
    collaborators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePlan:
    """What was said on one topic."""

    topic: str
    text: str
    flag: Flag = Flag.INFO
    visibility: Visibility = Visibility.BODY
    confidential: bool = False
    for_company: bool = False
    look_again_on: date | None = None
    concern: ConcernPlan | None = None
    tasks: tuple[TaskPlan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlan:
    """A visit with all that hangs on it; `contacts` says how many take part."""

    owner: str
    organisation: str
    day: date
    mode: Mode
    at: time | None = None
    occasion: Occasion = Occasion.PROGRAMME
    status: VisitStatus = VisitStatus.COMPLETED
    visibility: Visibility = Visibility.BODY
    notes: tuple[NotePlan, ...] = ()
    tasks: tuple[TaskPlan, ...] = ()
    summary: str = ""
    company_text: str = ""
    file_reference: str = ""
    status_reason: str = ""
    archived_reason: str = ""
    next_visit_due_on: date | None = None
    contacts: int = 1
    colleagues: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    outsiders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseConcern:
    """A concern that came up outside a visit."""

    owner: str
    organisation: str
    topic: str
    day: date
    visibility: Visibility
    concern: ConcernPlan
    tasks: tuple[TaskPlan, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a concern or a follow-up comes from: by whom, when, at which organisation."""

    actor: Actor
    at: datetime
    visibility: Visibility
    organisation: str
    topic: str = ""
    visit_id: UUID | None = None
    concern_id: UUID | None = None
