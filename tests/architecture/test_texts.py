"""Every text speaks both languages: the catalogue is whole, and English pages hold no German."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Comment, Tag

from crm.accounts.models import Person, Team
from crm.clock import now, today
from crm.concerns.models import Flag, Outcome, Stage
from crm.contacts.models import Contact
from crm.notifications.models import Kind
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.reports.models import ReportState
from crm.reports.services import make_waiting_reports
from crm.topics import queries as topics
from crm.visibility import Visibility
from crm.visits.models import Occasion, Visit, VisitStatus
from tests.documents.pdf import Pdf
from tests.make import Make
from tests.page import Browser
from tests.security.doors import DOORS, SAFE
from tools.catalogues import ENGLISH, TRANSLATIONS, faults

# Answers of no text, or of a text for machines
_NO_PAGES = {
    "health.healthz", "health.readyz", "organisations.suggest", "referrals.sheet",
    "visits.report",
    "reports.docx", "reports.pdf", "reports.xlsx",
}  # fmt: skip
# Who has not signed in has no language yet
_OF_STRANGERS = {"accounts.choose_password", "accounts.code", "accounts.sign_in"}
_READ_ALOUD = ("aria-label", "title", "placeholder", "alt")
_WORD = re.compile(r"[^\W\d_]{3,}")
_GERMAN_SIGN = re.compile("[äöüßÄÖÜ„]")
# The product's own name
_OURS = "Augenhöhe"


def test_the_catalogues_are_current_complete_and_fitting() -> None:
    assert list(faults()) == []


class World(NamedTuple):
    """One of everything, named in English."""

    team: Team
    manager: Person
    organisation: Organisation
    contact: Contact
    keys: dict[str, str]


@pytest.fixture
def database_kind() -> str:
    """Say what pages say once: it does not hang on the database."""
    return "sqlite"


@pytest.fixture
def world(make: Make) -> World:
    """Make one of everything, in every state that has words of its own."""
    team = make.team("North", body=make.body("Agency"))
    manager = make.person(
        Role.MANAGER, team=team, name="Mary Major", language="en", is_administrator=True
    )
    company = make.organisation(
        "Example Ltd", team=team, municipality="Newtown", industry="Steel",
        employees=84, turnover_from=1, turnover_to=5, is_target=True, shared=True,
        next_visit_due_on=today() - timedelta(days=3), cadence_months=12,
    )  # fmt: skip
    contact = make.contact(
        company, family_name="Miller", function="Owner", language="en", no_phone=True
    )
    visit = _visit(
        make, manager, company, VisitStatus.COMPLETED, occasion=Occasion.CRISIS, contacts=[contact]
    )
    for flag, slug in zip(Flag, ("outlook", "succession", "innovation"), strict=True):
        concern = make.concern(
            f"Matter of {slug}", owner=manager, organisation=company, topic=slug, flag=flag
        )
        make.topic_note(
            visit, slug, note="Something.", flag=flag, confidential=True, for_company=True,
            visibility=Visibility.TEAM, concern_id=concern.id, look_again_on=today(),
        )  # fmt: skip
    make.concern(
        "Solved", owner=manager, organisation=company, stage=Stage.CLOSED,
        outcome=Outcome.PARTLY_SOLVED, outcome_reason="Helped.", first_responded_at=now(),
    )  # fmt: skip
    for status in (VisitStatus.PLANNED, VisitStatus.POSTPONED, VisitStatus.CANCELLED):
        _visit(make, manager, company, status)
    make.visit(VisitStatus.DRAFT, owner=manager, draft_form=[["summary", "Half"]], summary="Half")
    for days in (-2, 0, 1, 3, 60):
        follow_up = make.follow_up(
            f"Call {days}", owner=manager, due_on=today() + timedelta(days=days), promised=True,
            organisation_id=company.id, visit_id=visit.id, concern_id=concern.id,
        )  # fmt: skip
    make.notification(manager, follow_up)
    for kind, step in ((Kind.CLOCK, "resolution"), (Kind.ESCALATION, "first_response")):
        make.notification(
            manager, follow_up, kind=kind, key=kind, follow_up_id=None, concern_id=concern.id,
            step=step, due_on=today(),
        )  # fmt: skip
    make.follow_up("Done", owner=manager, done=True, organisation_id=company.id, visit_id=visit.id)
    helper = make.organisation(
        "Chamber", team=team, municipality="Newtown", kind=OrganisationKind.PARTNER
    )
    asked = make.contact(helper, language="en", email="asked@example.org")
    make.offer(helper, "innovation", text="Advice", contact_id=asked.id)
    for result in (*ReferralResult, None):
        referral = make.referral(
            concern, partner=helper, contact=asked, result=result, result_note="Helped.",
            agreed_by="Ms Miller", passed_on="Needs a hall.", named_contact_id=contact.id,
        )  # fmt: skip
    invited = make.person(name="Ian Vited", team=team, password_hash=None)
    make.person(name="Clara Osed", team=team, deactivated_at=now())
    make.second_factor(manager)
    report = make.report("Year", author=manager, state=ReportState.WAITING, figures=None)
    make.run(make_waiting_reports)
    keys = {
        "partner_id": helper.id, "referral_id": referral.id,
        "visit_id": visit.id, "organisation_id": company.id, "contact_id": contact.id,
        "concern_id": concern.id, "follow_up_id": follow_up.id,
        "report_id": report.id, "chapter_id": make.chapter(report).id, "person_id": invited.id,
        "team_id": team.id, "body_id": team.body_id,
    }  # fmt: skip
    return World(team, manager, company, contact, {name: str(key) for name, key in keys.items()})


def _visit(
    make: Make, owner: Person, company: Organisation, status: VisitStatus, **columns: Any
) -> Visit:
    return make.visit(status, owner=owner, organisation=company, summary="A good talk.", **columns)


@pytest.fixture
def german(make: Make) -> set[str]:
    """Give the words that German texts use and English ones do not."""
    with (TRANSLATIONS / ENGLISH / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=ENGLISH) if message.id]
    catalogue = make.run(topics.topics)
    ours = {w for m in messages for t in _forms(m.id) for w in _words(t)}
    theirs = {w for m in messages for t in _forms(m.string or "") for w in _words(t)}
    ours |= {word for topic in catalogue for word in _words(topic.name("de"))}
    theirs |= {word for topic in catalogue for word in _words(topic.name("en"))}
    return ours - theirs


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _texts(html: str) -> Iterator[str]:
    """Yield all that a page says or lets its modules say, but what is marked as German."""
    soup = BeautifulSoup(html, "html5lib")
    for said_in_german in soup.select("[lang=de]"):
        said_in_german.decompose()
    for text in soup.find_all(string=True):
        if not isinstance(text, Comment) and text.strip():
            yield str(text)
    for element in soup.find_all(name=True):
        yield from (value for name, value in _attributes(element) if not value.startswith("/"))


def _attributes(element: Tag) -> Iterator[tuple[str, str]]:
    for name, value in element.attrs.items():
        if name in _READ_ALOUD or name.startswith("data-"):
            yield name, str(value)


def _german_in(html: str, german: set[str]) -> list[str]:
    return [
        " ".join(text.split())
        for text in _texts(html)
        if _GERMAN_SIGN.search(text.replace(_OURS, "")) or german & set(_words(text))
    ]


def test_a_german_text_is_found(german: set[str]) -> None:
    page = """<p lang="de">Deutsch</p><p>Visits</p><p>Alle offenen</p>
              <input placeholder="Übersicht"><p data-saved="Gesichert">Augenhöhe</p>"""

    found = _german_in(page, german)

    assert found == ["Alle offenen", "Übersicht", "Gesichert"]


def test_no_page_says_anything_in_german(world: World, browser: Browser, german: set[str]) -> None:
    reader = browser.signed_in_as(world.manager)
    found: dict[str, list[str]] = {}

    for door in DOORS:
        name, gaps = door.endpoint, door.rule.arguments
        # A stranger, who signs in, has no language yet
        if door.method not in SAFE or name in {*_NO_PAGES, *_OF_STRANGERS}:
            continue
        if name.endswith(".export") or not gaps <= set(world.keys):
            continue
        values = {gap: world.keys[gap] for gap in gaps}
        answer = reader.download(name, **values)
        assert answer.status_code < 300, str(door)
        found[str(door)] = _german_in(answer.text, german)

    assert {door: texts for door, texts in found.items() if texts} == {}
    assert len(found) > 15  # the walk has not lost its way


@pytest.mark.parametrize("path", [
    "/visits?q=nobody", "/visits?status=draft", "/visits?sort=organisation&mode=video",
    "/concerns?stage=all&scope=all", "/concerns?late=1", "/concerns?q=nobody",
    "/follow-ups?due=done", "/follow-ups?due=overdue", "/follow-ups?q=nobody",
    "/organisations?q=nobody", "/organisations?archived=1", "/contacts?q=nobody",
    "/nowhere", "/visits/cancel",
])  # fmt: skip
def test_neither_does_a_list_or_a_page_about_a_failure(
    path: str, world: World, browser: Browser, german: set[str]
) -> None:
    page = browser.signed_in_as(world.manager).open_url(path)

    assert _german_in(page.text, german) == []


def test_neither_does_what_a_reader_may_not_open(
    world: World, make: Make, browser: Browser, german: set[str]
) -> None:
    reader = make.person(Role.READER, team=world.team, name="Rita Read", language="en")
    page = browser.signed_in_as(reader).open("visits.new")

    assert page.status == 403
    assert _german_in(page.text, german) == []


@pytest.mark.parametrize(("endpoint", "button", "typed"), [
    ("visits.new", "Complete visit", {"organisation": "Exampel"}),
    ("visits.new", "Save as planned", {"visited_on": "soon", "visited_at": "late"}),
    ("organisations.new", "Add organisation", {"phones": "?", "website": "?", "turnover_to": "?"}),
    ("contacts.new", "Add person", {"organisation": "nobody", "email": "?"}),
    ("follow_ups.new", "Save follow-up", {"due_on": "soon"}),
    ("accounts.password", "Change password", {"new_password": "short"}),
    ("accounts.set_up_second_factor", "Set up", {"code": "000 000"}),
    ("accounts.turn_off_second_factor", "Remove", {"code": "000 000"}),
    ("accounts.confirm", "Continue", {"current_password": "wrong"}),
    ("administration.invite", "Invite", {"email": "?"}),
])  # fmt: skip
def test_neither_does_what_is_wrong_with_a_form(
    endpoint: str, button: str, typed: dict[str, str], world: World, browser: Browser,
    german: set[str],
) -> None:  # fmt: skip
    page = browser.signed_in_as(world.manager).open(endpoint)
    refused = page.submit(button=button, fields=typed)

    assert refused.status == 422
    assert _german_in(refused.text, german) == []


@pytest.mark.parametrize(
    "feature", ["visits", "concerns", "follow_ups", "organisations", "referrals"]
)
def test_files_of_lists_are_named_and_headed_in_english(
    feature: str, world: World, browser: Browser, german: set[str]
) -> None:
    listed = {"scope": "all", "state": "all"}
    answer = browser.signed_in_as(world.manager).download(f"{feature}.export", **listed)
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))

    name = answer.headers["Content-Disposition"]
    assert f'"{feature.replace("_", "-")}-' in name
    assert len(lines) > 1
    assert [cell for line in lines for cell in line if german & set(_words(cell))] == []


@pytest.mark.parametrize("reader", ["", "company"])
def test_neither_version_of_the_report_holds_german(
    reader: str, world: World, browser: Browser, german: set[str]
) -> None:
    me = browser.signed_in_as(world.manager)
    answer = me.download("visits.report", visit_id=world.keys["visit_id"], **{"for": reader})
    pages = Pdf(answer.data).pages

    assert "Visit report" in pages[0]
    assert german & {word for page in pages for word in _words(page)} == set()
    assert "eport-" in answer.headers["Content-Disposition"]


def test_neither_does_the_sheet_for_a_partner(
    world: World, browser: Browser, german: set[str]
) -> None:
    me = browser.signed_in_as(world.manager)
    answer = me.download("referrals.sheet", referral_id=world.keys["referral_id"])
    pages = Pdf(answer.data).pages

    assert "Referral" in pages[0]
    assert german & {word for page in pages for word in _words(page)} == set()
