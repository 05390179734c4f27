"""One thing of each kind, as somebody stands to it: their own, their team's, a foreign one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum, unique
from functools import cached_property
from typing import Any
from uuid import UUID

from crm.accounts.models import Person, Team
from crm.clock import now
from crm.concerns.models import Concern, Stage
from crm.contacts.models import Contact
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.reports.models import Report
from crm.visibility import Visibility
from crm.visits.models import Visit, VisitStatus
from tests.make import Make
from tests.security.doors import NOBODYS

CANARY = "Kanarienvogel"


@unique
class Way(StrEnum):
    """How a person stands to a thing; the letters head the columns of `matrix.txt`."""

    OWN = "o"
    TEAM = "t"
    OTHER_TEAM = "x"
    # Of another team of the body, for that team alone
    HIDDEN = "h"
    FOREIGN = "f"
    ARCHIVED = "a"
    MISSING = "m"


class Scene:
    """A person, and the things they knock at."""

    def __init__(self, make: Make, role: Role, *, is_administrator: bool = False):
        self._make = make
        self.person = make.person(role, is_administrator=is_administrator)

    def keys(self, way: Way, kinds: Collection[str], *, drafts: bool) -> Mapping[str, UUID]:
        """Make new things of these kinds (`visit_id`, …), visits as `drafts`; return their keys."""
        if way is Way.MISSING:
            return dict.fromkeys(kinds, NOBODYS)
        things = _Things(self._make, self._owner_of(way), self._team_of(way), way, drafts=drafts)
        return {kind: getattr(things, kind) for kind in kinds}

    def _owner_of(self, way: Way) -> Person:
        match way:
            case Way.TEAM:
                return self._colleague
            case Way.OTHER_TEAM | Way.HIDDEN:
                return self._neighbour
            case Way.FOREIGN:
                return self._foreigner
        # An administrator alone has no team whose anything could be
        return self.person if self.person.team_id else self._colleague

    def _team_of(self, way: Way) -> Team:
        match way:
            case Way.OTHER_TEAM | Way.HIDDEN:
                return self._neighbours
            case Way.FOREIGN:
                return self._abroad
        return self._make.home

    @cached_property
    def _neighbours(self) -> Team:
        return self._make.team("Nachbarteam", body=self._make.home_body)

    @cached_property
    def _abroad(self) -> Team:
        return self._make.team(CANARY)

    @cached_property
    def _colleague(self) -> Person:
        return self._make.person()

    @cached_property
    def _neighbour(self) -> Person:
        return self._make.person(team=self._neighbours)

    @cached_property
    def _foreigner(self) -> Person:
        return self._make.person(team=self._abroad, name=CANARY)


class _Things:
    """The things of one knock, each made when it is asked for; those that belong together do."""

    def __init__(self, make: Make, owner: Person, team: Team, way: Way, *, drafts: bool):
        self._make, self._owner, self._team, self._way = make, owner, team, way
        self._is_over = way is Way.ARCHIVED
        self._status = VisitStatus.DRAFT if drafts else VisitStatus.COMPLETED
        self._archived: dict[str, Any] = {"archived_at": now()} if self._is_over else {}
        is_hidden = way in {Way.HIDDEN, Way.FOREIGN}
        self._word = CANARY if is_hidden else "Sichtbar"
        circle = Visibility.TEAM if way is Way.HIDDEN else Visibility.BODY
        self._whose: dict[str, Any] = {"owner": owner, "visibility": circle}

    def _place(self, **columns: Any) -> Organisation:
        # The register is the body's: nothing of it is hidden there
        name = CANARY if self._way is Way.FOREIGN else "Sichtbar AG"
        return self._make.organisation(name, team=self._team, **self._archived, **columns)

    @cached_property
    def _organisation(self) -> Organisation:
        return self._place()

    @cached_property
    def _partner(self) -> Organisation:
        return self._place(kind=OrganisationKind.PARTNER)

    @cached_property
    def _contact(self) -> Contact:
        return self._make.contact(self._organisation, family_name=self._word, **self._archived)

    @cached_property
    def _concern(self) -> Concern:
        stage = Stage.CLOSED if self._is_over else Stage.NEW
        return self._make.concern(
            self._word, organisation=self._organisation, stage=stage, **self._whose
        )

    @cached_property
    def _visit(self) -> Visit:
        return self._make.visit(
            self._status,
            organisation=self._organisation,
            summary=self._word,
            offers={"networking": False},
            **self._archived,
            **self._whose,
        )

    @cached_property
    def _report(self) -> Report:
        return self._make.report(self._word, author=self._owner, **self._archived)

    @cached_property
    def organisation_id(self) -> UUID:
        return self._organisation.id

    @cached_property
    def partner_id(self) -> UUID:
        return self._partner.id

    @cached_property
    def contact_id(self) -> UUID:
        return self._contact.id

    @cached_property
    def concern_id(self) -> UUID:
        return self._concern.id

    @cached_property
    def visit_id(self) -> UUID:
        return self._visit.id

    @cached_property
    def offer_id(self) -> UUID:
        return self._make.agency_offer("networking").id

    @cached_property
    def follow_up_id(self) -> UUID:
        made = self._make.follow_up(
            self._word, done=self._is_over, visit_id=self._visit.id, **self._whose
        )
        return made.id

    @cached_property
    def referral_id(self) -> UUID:
        result = ReferralResult.HELPED if self._is_over else None
        return self._make.referral(self._concern, partner=self._partner, result=result).id

    @cached_property
    def procedure_id(self) -> UUID:
        return self._make.procedure(self._concern, self._word).id

    @cached_property
    def report_id(self) -> UUID:
        return self._report.id

    @cached_property
    def chapter_id(self) -> UUID:
        return self._make.chapter(self._report, self._word).id

    @cached_property
    def view_id(self) -> UUID:
        return self._make.saved_view(self._word, owner=self._owner, **self._archived).id

    @cached_property
    def sign_in_id(self) -> UUID:
        return self._make.sign_in(self._owner).id

    @cached_property
    def team_id(self) -> UUID:
        return self._team.id

    @cached_property
    def body_id(self) -> UUID:
        return self._team.body_id

    @cached_property
    def topic_id(self) -> UUID:
        # One that no other thing here is about: some doors retire it
        return self._make.topic("infrastructure").id

    @cached_property
    def person_id(self) -> UUID:
        if self._way is Way.OWN:
            return self._owner.id
        # A new one each time: some doors close the account behind them
        left = now() if self._is_over else None
        return self._make.person(team=self._team, name=self._word, deactivated_at=left).id
