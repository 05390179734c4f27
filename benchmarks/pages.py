"""What is measured, and what it may take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from benchmarks.directory import LOGINS
from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.accounts.services import begin_session
from crm.clock import today
from crm.concerns.models import Concern
from crm.db import db
from crm.follow_ups.models import FollowUp
from crm.organisations.models import Organisation
from crm.policy import Role
from crm.referrals.models import Referral
from crm.topics.models import Topic
from crm.visibility import Visibility
from crm.visits.models import TopicNote, Visit, VisitStatus

_EXAMPLES = 20
_MORE_NOTES_THAN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Milliseconds of the median and of the slowest of twenty."""

    p50: float | None = 20
    p95: float = 60


_LIST = Budget()
_TYPING = Budget(p50=None, p95=50)
_FILE = Budget(p50=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A page to open; with several addresses each in turn."""

    name: str
    paths: Sequence[str]
    budget: Budget = _LIST
    # So many pages further by the link to the next one
    deeper: int = 0
    # Whom alone it is for
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in."""

    role: str
    person_id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class Known:
    """Keys of the database that pages are asked for."""

    visits: Sequence[UUID]
    organisations: Sequence[tuple[UUID, str]]
    concerns: Sequence[UUID]
    referrals: Sequence[UUID]
    topics: Sequence[UUID]
    # An open one of the officer's team
    follow_up: UUID
    team: UUID
    officer: UUID


def sign_in() -> Sequence[Signed]:
    """Begin a session of an officer and one of a manager."""
    signed = []
    for role, email in LOGINS.items():
        person = accounts.find_person_by_email(email)
        assert person is not None
        signed.append(Signed(role, person.id, begin_session(person.id)))
    return signed


def known() -> Known:
    """Look up what pages are asked for."""
    session = db.session
    officer = session.scalars(sa.select(Person).where(Person.email == LOGINS["officer"])).one()
    assert officer.team_id is not None
    many_notes = (
        sa.select(TopicNote.visit_id)
        .group_by(TopicNote.visit_id)
        .having(sa.func.count() > _MORE_NOTES_THAN)
    )
    latest = (
        sa.select(Visit)
        .where(
            Visit.status == VisitStatus.COMPLETED,
            Visit.visibility == Visibility.BODY,
            # The officer may edit what is their team's
            Visit.team_id == officer.team_id,
            Visit.visited_on > today() - timedelta(days=365),
        )
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(50 * _EXAMPLES)
        .subquery()
    )
    visits = session.execute(
        sa.select(latest.c.id, latest.c.organisation_id)
        .where(latest.c.id.in_(many_notes))
        .limit(_EXAMPLES)
    ).all()
    organisations = session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_([row[1] for row in visits]))
        .order_by(Organisation.id)
    ).all()
    return Known(
        visits=[row[0] for row in visits],
        organisations=[(row[0], row[1]) for row in organisations],
        concerns=session.scalars(
            sa.select(Concern.id)
            .where(Concern.visibility == Visibility.BODY)
            .order_by(Concern.id.desc())
            .limit(_EXAMPLES)
        ).all(),
        referrals=session.scalars(
            sa.select(Referral.id)
            .join(Referral.concern)
            .where(Concern.visibility == Visibility.BODY)
            .order_by(Referral.id.desc())
            .limit(_EXAMPLES)
        ).all(),
        topics=session.scalars(sa.select(Topic.id).order_by(Topic.position)).all(),
        follow_up=session.scalars(
            sa.select(FollowUp.id)
            .where(
                FollowUp.done_at.is_(None),
                FollowUp.visibility == Visibility.BODY,
                FollowUp.team_id == officer.team_id,
            )
            .order_by(FollowUp.id.desc())
            .limit(1)
        ).one(),
        team=officer.team_id,
        officer=officer.id,
    )


def cases(keys: Known) -> Iterator[Case]:
    """Give every page."""
    yield Case(name="my day", paths=["/"])
    yield from _visits(keys)
    yield from _organisations(keys)
    yield Case(name="follow-ups", paths=["/follow-ups?scope=all"])
    yield Case(name="follow-ups, mine", paths=["/follow-ups?scope=mine"])
    yield Case(name="follow-ups, overdue", paths=["/follow-ups?scope=all&due=overdue"])
    yield Case(name="follow-ups, resting", paths=["/follow-ups?scope=all&snoozed=1"])
    yield Case(name="follow-ups, promised", paths=["/follow-ups?scope=all&promised=1"])
    yield Case(name="follow-ups, done", paths=["/follow-ups?scope=all&due=done"], deeper=5)
    yield Case(name="concerns", paths=["/concerns?scope=all"])
    yield Case(name="concerns, late", paths=["/concerns?scope=all&late=1"])
    yield Case(name="concerns, all", paths=["/concerns?scope=all&stage=all&sort=newest"], deeper=5)
    yield Case(name="concern board", paths=["/concerns/board?scope=all"])
    yield Case(name="concern board, mine", paths=["/concerns/board?scope=mine"])
    yield Case(name="concern board, late", paths=["/concerns/board?scope=all&late=1"])
    topic = keys.topics[2]
    yield Case(name="concern board, topic", paths=[f"/concerns/board?scope=all&topic={topic}"])
    turned = "/concerns/board?scope=all&column=clarifying"
    yield Case(name="concern board, further on", paths=[turned], deeper=5)
    yield Case(name="one concern", paths=[f"/concerns/{key}" for key in keys.concerns])
    behind = "/concerns?scope=all&stage=closed&benefit=jobs_secured"
    yield Case(name="concerns behind a sum", paths=[behind])
    yield from _partners(keys)
    yield Case(name="notifications", paths=["/notifications"])
    yield Case(name="hand over", paths=["/hand-over"], role=Role.MANAGER)
    yield Case(name="hand over, of one", paths=[f"/hand-over/{keys.officer}"], role=Role.MANAGER)
    yield Case(name="dashboard", paths=["/dashboard"])
    yield Case(name="dashboard, last year", paths=["/dashboard?span=last_year"])
    yield Case(name="dashboard, by municipality", paths=["/dashboard?by=municipality"])
    yield Case(name="dashboard, a municipality", paths=["/dashboard?municipality=Gemeinde+C"])
    yield Case(name="targets", paths=["/dashboard/targets"])
    yield Case(name="saved views", paths=["/saved-views"])
    yield Case(name="reports", paths=["/reports"])
    reports = [f"/visits/{key}.pdf" for key in keys.visits]
    yield Case(name="visit report (PDF)", paths=reports, budget=_FILE)


def _visits(keys: Known) -> Iterator[Case]:
    year = today().year
    topic, organisation = keys.topics[2], keys.organisations[0][0]
    yield Case(name="visits", paths=["/visits"])
    yield Case(name="visits, 20 pages deep", paths=["/visits"], deeper=20)
    yield Case(name="visits, oldest first", paths=["/visits?sort=oldest"], deeper=5)
    yield Case(name="visits, by organisation", paths=["/visits?sort=organisation"], deeper=2)
    middle = f"/visits?since={year - 5}-01-01&until={year - 5}-12-31"
    yield Case(name="visits, a year", paths=[middle], deeper=2)
    yield Case(name="visits, organisation", paths=[f"/visits?organisation={organisation}"])
    yield Case(name="visits, municipality", paths=["/visits?municipality=Gemeinde+C"])
    yield Case(name="visits, team", paths=[f"/visits?team={keys.team}"], deeper=2)
    yield Case(name="visits, person", paths=[f"/visits?person={keys.officer}"])
    yield Case(name="visits, topic", paths=[f"/visits?topic={topic}"], deeper=2)
    yield Case(name="visits, urgent", paths=["/visits?flag=urgent"])
    yield Case(name="visits, topic and urgent", paths=[f"/visits?topic={topic}&flag=urgent"])
    yield Case(name="visits, planned", paths=["/visits?status=planned"])
    yield Case(name="visits, cancelled", paths=["/visits?status=cancelled"])
    yield Case(name="visits, words", paths=["/visits?q=hausler", "/visits?q=messtechnik"])
    yield Case(name="one visit", paths=[f"/visits/{key}" for key in keys.visits])
    yield Case(name="edit a visit", paths=[f"/visits/{key}/edit" for key in keys.visits])
    yield Case(name="new visit", paths=["/visits/new"])
    known_one = [f"/visits/new?organisation={key}" for key, _ in keys.organisations]
    yield Case(name="new visit, organisation known", paths=known_one)


def _partners(keys: Known) -> Iterator[Case]:
    yield Case(name="referrals", paths=["/referrals?scope=all"], deeper=2)
    yield Case(name="referrals, mine", paths=["/referrals?scope=mine"])
    yield Case(name="referrals, overdue", paths=["/referrals?scope=all&state=overdue"])
    yield Case(name="referrals, closed", paths=["/referrals?scope=all&state=closed"], deeper=5)
    yield Case(name="one referral", paths=[f"/referrals/{key}" for key in keys.referrals])
    yield Case(name="partners", paths=["/partners"])
    yield Case(name="partners, topic", paths=[f"/partners?topic={keys.topics[2]}"])


def _organisations(keys: Known) -> Iterator[Case]:
    one = [f"/organisations/{key}" for key, _ in keys.organisations]
    yield Case(name="organisations", paths=["/organisations"], deeper=5)
    yield Case(name="organisations, words", paths=["/organisations?q=haus"])
    yield Case(name="organisations, visit due", paths=["/organisations?visit_due=1"])
    yield Case(name="organisations, not visited", paths=["/organisations?not_visited=24"])
    yield Case(name="organisations, no owner", paths=["/organisations?target=1&owner=none"])
    yield Case(name="one organisation", paths=one)
    typed = ("hä", "haeus", "häusler", "gie", "tech", "messtechnik mus", "xyzq", "mühle")
    suggested = [f"/organisations/suggest?q={_quoted(text)}" for text in typed]
    yield Case(name="suggestions while typing", paths=suggested, budget=_TYPING)
    yield Case(name="contacts", paths=["/contacts"], deeper=2)
    yield Case(name="contacts, words", paths=["/contacts?q=kim+muster"])


def _quoted(text: str) -> str:
    return text.replace(" ", "+").replace("ä", "%C3%A4").replace("ü", "%C3%BC")
