"""What a person may not see leaves no trace behind any door: no byte, no count, no other status.

Every door is tried without being named here, so that a new one is covered from its first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from pypdf import PdfReader
from werkzeug.test import TestResponse

from crm.accounts.models import Person, SignIn
from crm.clock import today
from crm.concerns.models import Flag, Stage
from crm.contacts.models import Contact
from crm.db import Base, db
from crm.follow_ups.models import FollowUp
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Permission, Role
from crm.referrals.models import ReferralResult
from crm.visibility import Visibility
from crm.visits.models import Visit, VisitStatus
from tests.make import Make
from tests.page import Browser
from tests.security.doors import ACCESS, GUARDED, NOBODYS, SAFE, Door

CANARY = "Kanarienvogel"
KINDS = (
    "visit_id",
    "organisation_id",
    "contact_id",
    "concern_id",
    "follow_up_id",
    "partner_id",
    "referral_id",
    "procedure_id",
    "offer_id",
    "person_id",
    "report_id",
    "chapter_id",
    "team_id",
    "body_id",
    "topic_id",
    "view_id",
    "sign_in_id",
)
# Filters that widen a list, or look for it; a page that knows one of them not ignores it
QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"q": CANARY[:6].lower()},
    {"scope": "all", "due": "all", "stage": "all", "archived": "1", "snoozed": "all"},
    {"flag": "urgent", "status": "completed", "snoozed": "1", "visit_due": "1"},
)
READS = [door for door in GUARDED if door.method in SAFE]
CHANGES = [door for door in GUARDED if door.method not in SAFE and "<uuid:" in door.rule.rule]
Keys = Mapping[str, UUID]


class World:
    """What everyone in the body sees, and people from whom things can be hidden."""

    def __init__(self, make: Make):
        self._make = make
        neighbours = make.team("Nachbarteam", body=make.home_body)
        self.neighbour = make.person(team=neighbours)
        self.colleague = make.person()
        self.foreigner = make.person(team=make.team("Ausland"), name=CANARY)
        self.organisation = make.organisation("Sichtbar AG")
        contact = make.contact(self.organisation)
        concern = make.concern(owner=self.neighbour, organisation=self.organisation)
        self.visit = make.visit(
            owner=self.neighbour,
            organisation=self.organisation,
            contacts=[contact],
            topics=["outlook"],
            offers={"networking": False},
        )
        follow_up = make.follow_up(owner=self.neighbour, visit_id=self.visit.id)
        self.partner = make.organisation("Sichtbare Kammer", kind=OrganisationKind.PARTNER)
        make.offer(self.partner, "markets", text="Sichtbares Angebot")
        self.helper = make.contact(self.partner)
        referral = make.referral(concern, partner=self.partner, contact=self.helper)
        self.seen: Keys = {
            "visit_id": self.visit.id,
            "organisation_id": self.organisation.id,
            "contact_id": contact.id,
            "concern_id": concern.id,
            "follow_up_id": follow_up.id,
            "partner_id": self.partner.id,
            "referral_id": referral.id,
            "procedure_id": make.procedure(concern).id,
            "offer_id": make.agency_offer("networking").id,
            "person_id": self.colleague.id,
            **self._report(self.neighbour),
            "team_id": make.home.id,
            "body_id": make.home_body.id,
            "topic_id": make.topic("infrastructure").id,
            "view_id": make.saved_view("Sichtbar", owner=self.neighbour).id,
            "sign_in_id": make.sign_in(self.neighbour).id,
        }

    def hide(self, role: Role) -> list[Keys]:
        """Make what this role in the home team may not see; return the keys of each part."""
        parts = [
            self._matter(self.neighbour, Visibility.TEAM, self.organisation),
            self._matter(self.neighbour, Visibility.MANAGERS, self.organisation),
            self._foreign(),
        ]
        if role is not Role.MANAGER:
            parts.append(self._matter(self.colleague, Visibility.MANAGERS, self.organisation))
        # Or figures would be those of before, and leaks in them unseen
        self._make.audit_line()
        return parts

    def _matter(
        self,
        owner: Person,
        circle: Visibility,
        at: Organisation,
        to: tuple[Organisation, Contact] | None = None,
    ) -> Keys:
        """Make a visit and what hangs on it, the canary in every text."""
        make = self._make
        whose: dict[str, Any] = {"owner": owner, "visibility": circle}
        texts: dict[str, Any] = dict.fromkeys(("summary", "company_text", "file_reference"), CANARY)
        at_place: dict[str, Any] = {**whose, "organisation": at}
        late = today() - timedelta(days=3)
        concern = make.concern(
            CANARY, flag=Flag.URGENT, first_response_due_on=late, resolution_due_on=late, **at_place
        )
        make.concern(CANARY, stage=Stage.CLOSED, outcome_reason=CANARY, figures_source=CANARY,
                     jobs_secured=3, **at_place)  # fmt: skip
        used = {"networking": True, "site-search": True}
        visit = make.visit(next_visit_due_on=late, offers=used, **texts, **at_place)
        make.visit(VisitStatus.PLANNED, **texts, **at_place)
        make.visit(VisitStatus.CANCELLED, status_reason=CANARY, **texts, **at_place)
        make.visit(VisitStatus.DRAFT, owner=owner, draft_form=[["summary", CANARY]])
        note = {"note": CANARY, "flag": Flag.URGENT, "for_company": True, "concern_id": concern.id}
        make.topic_note(visit, "succession", **note)
        follow_up = make.follow_up(
            CANARY, due_on=late, organisation_id=at.id, concern_id=concern.id, **whose
        )
        make.follow_up(CANARY, done=True, result=CANARY, visit_id=visit.id, **whose)
        make.follow_up(CANARY, snoozed_until=today() + timedelta(days=9), **whose)
        partner, helper = to or (self.partner, self.helper)
        referred: dict[str, Any] = {"passed_on": CANARY, "agreed_by": CANARY, "contact": helper}
        referral = make.referral(concern, partner=partner, answer_due_on=late, **referred)
        procedure = make.procedure(concern, CANARY, title=CANARY)
        make.procedure(concern, decided_on=today())
        helped: dict[str, Any] = {"result": ReferralResult.HELPED, "result_note": CANARY}
        make.referral(concern, partner=partner, **helped, **referred)
        if at is self.organisation:
            # In the visit that is seen, a note and a promise that are not
            hidden = {"owner_id": owner.id, "visibility": circle}
            topic = "markets" if owner is self.colleague else f"{circle.value}"
            topics = {"team": "innovation", "managers": "training", "markets": "markets"}
            make.topic_note(self.visit, topics[topic], **note | hidden)
            make.follow_up(CANARY, visit_id=self.visit.id, **whose)
        return {
            "visit_id": visit.id,
            "concern_id": concern.id,
            "follow_up_id": follow_up.id,
            "referral_id": referral.id,
            "procedure_id": procedure.id,
            "offer_id": make.agency_offer("networking").id,
        }

    def _foreign(self) -> Keys:
        """Make everything in another body, its organisation and contact too."""
        make = self._make
        columns = ("municipality", "note", "tags", "website", "phones", "industry")
        team = make.team(f"{CANARY}team")
        organisation = make.organisation(CANARY, team=team, **dict.fromkeys(columns, CANARY))
        contact = make.contact(organisation, family_name=CANARY, note=CANARY, function=CANARY)
        partner = make.organisation(
            CANARY, team=team, kind=OrganisationKind.PARTNER, **dict.fromkeys(columns, CANARY)
        )
        helper = make.contact(partner, family_name=CANARY)
        make.offer(partner, "markets", text=CANARY, contact_id=helper.id)
        matter = self._matter(self.foreigner, Visibility.BODY, organisation, (partner, helper))
        whose = {"organisation_id": organisation.id, "partner_id": partner.id}
        keys = {"contact_id": contact.id, "person_id": self.foreigner.id}
        view = make.saved_view(CANARY, owner=self.foreigner)
        session = make.sign_in(self.foreigner)
        theirs = {"team_id": team.id, "body_id": team.body_id}
        kept = {**theirs, "view_id": view.id, "sign_in_id": session.id}
        return {**matter, **whose, **keys, **kept, **self._report(self.foreigner)}

    def _report(self, author: Person) -> Keys:
        """Make a report with a text; a foreigner's holds the canary."""
        make = self._make
        report = make.report(CANARY if author is self.foreigner else "Bericht", author=author)
        return {"report_id": report.id, "chapter_id": make.chapter(report, author.name).id}


def _kinds(door: Door) -> set[str]:
    return set(door.rule.arguments) & set(KINDS)


def _url(browser: Browser, door: Door, keys: Keys, **query: str) -> str:
    gaps: dict[str, Any] = {kind: keys[kind] for kind in _kinds(door)}
    if "name" in door.rule.arguments:
        gaps["name"] = "topics"
    return browser.url(door.endpoint, **gaps, **query)


def text_of(answer: TestResponse) -> str:
    """Return what a person, or a program, can read in an answer."""
    match answer.mimetype or "":
        case "application/pdf":
            pages = PdfReader(BytesIO(answer.get_data())).pages
            return "\n".join(page.extract_text() for page in pages)
        case mimetype if mimetype.endswith(("wordprocessingml.document", "spreadsheetml.sheet")):
            with ZipFile(BytesIO(answer.get_data())) as parts:
                return "\n".join(
                    parts.read(name).decode("utf-8", "replace") for name in parts.namelist()
                )
        case "text/html":
            soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
            # The key of an app and the name of a request differ each time
            for key in soup.select("#key"):
                key.decompose()
            texts = [" ".join(str(text).split()) for text in soup.find_all(string=True)]
            return "\n".join(text for text in texts if text and not text.startswith("Kennung"))
    return answer.get_data(as_text=True)


def _everything_to_read(browser: Browser, keys: Keys) -> dict[str, str]:
    """Return what stands behind every door, with every filter, by its address."""
    found: dict[str, str] = {}
    for door in READS:
        for query in ({}, {"for": "company"}) if _kinds(door) else QUERIES:
            answer = browser.answer("GET", url := _url(browser, door, keys, **query))
            text = found[url] = f"{answer.status_code}\n{text_of(answer)}"
            assert CANARY not in text + answer.get_data().decode("utf-8", "replace"), url
    return found


def _follow_up(key: UUID) -> FollowUp:
    return db.session.get_one(FollowUp, key)


def _tell_of_it(make: Make, reader: Person, hidden: list[Keys]) -> None:
    """Let the reader have been told of what they may not see any more."""
    for keys in hidden:
        follow_up = make.run(partial(_follow_up, keys["follow_up_id"]))
        make.notification(reader, follow_up)


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_what_is_hidden_changes_no_word_of_what_is_seen(
    role: Role, make: Make, browser: Browser
) -> None:
    world = World(make)
    reader = make.person(role)
    person = browser.signed_in_as(reader)
    before = _everything_to_read(person, world.seen)

    _tell_of_it(make, reader, world.hide(role))

    after = _everything_to_read(person, world.seen)
    assert [url for url in before if before[url] != after[url]] == []


def test_whoever_may_see_it_does_see_it(make: Make, browser: Browser) -> None:
    """Otherwise the test above would prove nothing."""
    world = World(make)
    world.hide(Role.OFFICER)
    neighbour = browser.signed_in_as(world.neighbour)

    with pytest.raises(AssertionError, match="/"):
        _everything_to_read(neighbour, world.seen)
    seen = [
        d
        for d in READS
        if CANARY in text_of(neighbour.answer("GET", _url(neighbour, d, world.seen)))
    ]
    assert {"visits.show", "organisations.show", "concerns.index", "referrals.export"} <= {
        door.endpoint for door in seen
    }


def _rows(make: Make) -> dict[str, list[Any]]:
    """Return the whole database but for the sessions, which are noted as used."""
    tables = [t for t in Base.metadata.sorted_tables if t is not SignIn.__table__]
    return make.run(
        lambda: {t.name: sorted(map(str, db.session.execute(sa.select(t)))) for t in tables}
    )


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_what_is_hidden_answers_as_what_does_not_exist(
    role: Role, make: Make, browser: Browser
) -> None:
    world = World(make)
    hidden = world.hide(role)
    person = browser.signed_in_as(make.person(role))
    token = [("csrf_token", person.open("accounts.show").token)]
    nothing = dict.fromkeys(KINDS, NOBODYS)
    before = _rows(make)

    for door in [*(door for door in READS if _kinds(door)), *CHANGES]:
        data = None if door.method in SAFE else token
        for keys in (keys for keys in hidden if _kinds(door) <= keys.keys()):
            answer = person.answer(door.method, _url(person, door, keys), data)
            missing = person.answer(door.method, _url(person, door, nothing), data)

            assert answer.status_code == missing.status_code, str(door)
            assert text_of(answer) == text_of(missing), str(door)
            assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}, str(door)
    assert _rows(make) == before


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_what_is_seen_but_another_teams_cannot_be_changed(
    role: Role, make: Make, browser: Browser
) -> None:
    world = World(make)
    person = browser.signed_in_as(make.person(role))
    token = [("csrf_token", person.open("accounts.show").token)]
    rules = {Permission.VISIT_EDIT, Permission.CONCERN_MOVE, Permission.FOLLOW_UP_CHANGE}
    before = _rows(make)

    # Only drafts are discarded, and a draft is seen by its author alone
    doors = [door for door in CHANGES if door.endpoint != "visits.discard"]
    for door in (door for door in doors if ACCESS[door.endpoint] in rules):
        answer = person.answer(door.method, _url(person, door, world.seen), token)

        assert answer.status_code == HTTPStatus.FORBIDDEN, str(door)
    assert _rows(make) == before


def test_the_visit_that_is_seen_holds_what_is_hidden(make: Make) -> None:
    world = World(make)
    world.hide(Role.OFFICER)

    notes = make.run(
        lambda: db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Visit)
            .join(Visit.topic_notes)
            .where(Visit.id == world.visit.id)
        )
    )

    assert notes == 4
