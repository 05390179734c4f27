"""What a report counts: everything of the body, as it was, and as the lists count it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from crm.clock import moment, today
from crm.concerns import queries as concerns
from crm.concerns.models import Flag, Outcome, Stage
from crm.concerns.queries import ConcernFilter
from crm.dashboard import queries as dashboard
from crm.dashboard.periods import Period
from crm.dashboard.queries import FigureFilter
from crm.dashboard.services import set_target
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.reports import services
from crm.reports.figures import HIDDEN
from crm.reports.models import Chapter, ReportKind, ReportState
from crm.visibility import Visibility
from crm.visits import listing
from crm.visits.listing import Counted, VisitFilter
from crm.visits.models import Mode, VisitStatus
from tests.make import Make
from tests.reports.steps import YEAR, drawn_up, figures_of, places, section, stored, table, value

WORK, CARE, SUCCESSION = Chapter.WORK, Chapter.CARE, Chapter.SUCCESSION
FIRST = date(YEAR, 1, 1)


def test_figures_are_the_counts_of_the_lists(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    companies = places(make, 4)
    for company in companies:
        make.visit(organisation=company, visited_on=FIRST)
        make.concern(organisation=company)
    make.visit(VisitStatus.PLANNED)
    make.visit(VisitStatus.CANCELLED)
    make.visit(organisation=companies[0], visited_on=FIRST - timedelta(days=1))
    actor = make.actor(manager)

    report = drawn_up(make, manager)

    held = VisitFilter(since=FIRST, until=date(YEAR, 12, 31), status=VisitStatus.COMPLETED)
    visits = make.run(lambda: listing.count(actor, held))
    opened = make.run(lambda: concerns.count(actor, ConcernFilter(with_closed=True)))
    assert value(report, WORK, "work", "visits") == visits.visits == 4
    assert value(report, WORK, "work", "concerns_opened") == opened.number == 4


def test_totals_are_those_of_the_dashboard(make: Make) -> None:
    """Counted in two ways, because a report needs the organisations behind each figure."""
    manager = make.person(Role.MANAGER)
    stranger = make.person(team=make.team(body=make.home_body))
    whose: list[dict[str, Any]] = [{}, {"owner": stranger, "visibility": Visibility.MANAGERS}]
    for number, company in enumerate(places(make, 8)):
        own = whose[number % 2]
        make.visit(organisation=company, topics=["sites"], **own)
        make.visit(organisation=company, mode=Mode.VIDEO, **own)
        make.concern(organisation=company, **own)
        make.concern(organisation=company, stage=Stage.CLOSED, **own)
        make.follow_up(organisation_id=company.id, done=True, **own)
    for partner in places(make, 3, kind=OrganisationKind.PARTNER):
        make.visit(organisation=partner)

    report = drawn_up(make, manager)

    def of_the_dashboard() -> dict[str, int]:
        everything = dashboard.whole_body(make.actor(manager))
        wanted = FigureFilter(period=Period(since=FIRST, until=date(YEAR, 12, 31)))
        held = dashboard.visits_held(everything, wanted)
        matters = dashboard.concerns(everything, wanted)
        return {
            "visits": held.number(Counted.VISITS),
            "other_talks": held.number(Counted.OTHER),
            "partner_talks": held.number(Counted.PARTNERS),
            "concerns_opened": matters.opened,
            "concerns_closed": matters.closed,
            "tasks_done": sum(r.done for r in dashboard.follow_ups_by_team(everything, wanted)),
        }

    theirs = make.run(of_the_dashboard)
    ours = {key: value(report, WORK, "work", key) for key in theirs}
    assert ours == theirs
    assert ours["visits"] == 8


def test_the_years_target_stands_beside_its_visits(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    actor = make.actor(manager)
    make.run(lambda: set_target(actor, make.home.id, YEAR, visits=120, version=0))

    report, half = drawn_up(make, manager), drawn_up(make, manager, until=today())

    assert value(report, WORK, "work", "visits", column=2) == 120
    assert table(report, WORK, "work").columns == ("period", "before", "target")
    # A part of a year has no target
    if half.until != date(YEAR, 12, 31):
        assert table(half, WORK, "work").columns == ("period", "before")


def test_referrals_are_counted_with_what_came_of_them(make: Make) -> None:
    partner = make.organisation(kind=OrganisationKind.PARTNER)
    for company in places(make, 3):
        concern = make.concern(organisation=company, visibility=Visibility.MANAGERS)
        make.referral(concern, partner=partner, result=ReferralResult.HELPED)
        make.referral(concern, partner=partner)
        make.referral(concern, partner=partner, taken_back_at=moment(today()), passed_on="Versehen")

    report = drawn_up(make, make.person(Role.MANAGER))

    assert value(report, Chapter.BROKERING, "referrals", "referrals") == 6
    assert value(report, Chapter.BROKERING, "referrals", "referred_companies") == 3
    assert value(report, Chapter.BROKERING, "referrals", "referred_partners") == 1
    assert value(report, Chapter.BROKERING, "referral_results", "helped") == 3


def test_what_closed_concerns_brought_is_added_up(make: Make) -> None:
    for company in places(make, 3):
        make.concern(
            organisation=company, stage=Stage.CLOSED, jobs_secured=4, investment=2_500_000_000
        )
    make.concern(stage=Stage.CLOSED, jobs_created=2)

    report = drawn_up(make, make.person(Role.MANAGER))

    assert value(report, CARE, "effects", "jobs_secured") == 12
    assert value(report, CARE, "effects", "investment") == 7_500_000_000
    # A single company created jobs
    assert value(report, CARE, "effects", "jobs_created") == HIDDEN


def test_the_smallest_group_is_a_setting(make: Make) -> None:
    for company in places(make, 4):
        make.visit(organisation=company)
    report = make.report(state=ReportState.WAITING, figures=None, frozen_at=None)

    make.run(lambda: services.make_waiting_reports(smallest=5))

    counted = stored(make, make.officer, report)
    assert value(counted, WORK, "work", "visits") == HIDDEN
    assert figures_of(counted).smallest == 5


def test_only_conversations_at_a_table_with_companies_are_visits(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    for company in places(make, 3):
        make.visit(organisation=company)
        make.visit(organisation=company, mode=Mode.OUR_OFFICE)
        make.visit(organisation=company, mode=Mode.PHONE)
    for partner in places(make, 3, kind=OrganisationKind.PARTNER):
        make.visit(organisation=partner)

    report = drawn_up(make, manager)

    assert value(report, WORK, "work", "visits") == 6
    assert value(report, WORK, "work", "reached") == 3
    assert value(report, WORK, "work", "other_talks") == 3
    assert value(report, WORK, "work", "partner_talks") == 3
    assert value(report, Chapter.BROKERING, "partners", "partners") == 3


def test_what_is_hidden_is_counted_and_named_nowhere(make: Make) -> None:
    """Rule 6: totals count everything, and show no single case."""
    manager = make.person(Role.MANAGER)
    stranger = make.person(team=make.team(body=make.home_body))
    hidden: dict[str, Any] = {"owner": stranger, "visibility": Visibility.MANAGERS}
    for number in range(3):
        company = make.organisation(f"Geheim {number} GmbH")
        visit = make.visit(organisation=company, topics=["succession"], **hidden)
        make.concern("GEHEIM", organisation=company, topic="succession", **hidden)
        make.concern(
            "GEHEIM", organisation=company, topic="succession", stage=Stage.CLOSED, **hidden
        )
        make.follow_up("GEHEIM", done=True, promised=True, visit_id=visit.id, **hidden)

    report = drawn_up(make, manager, ReportKind.INTERNAL)

    assert value(report, WORK, "work", "visits") == 3
    assert value(report, SUCCESSION, "topic", "mentions") == 3
    assert value(report, SUCCESSION, "topic", "concerns_solved") == 3
    assert value(report, WORK, "work", "promises_kept") == 3
    assert "geheim" not in str(report.figures).lower()


def test_nothing_of_another_body_is_counted(make: Make) -> None:
    abroad = make.person(team=make.team())
    for _ in range(3):
        make.visit(owner=abroad)
        make.concern(owner=abroad)

    report = drawn_up(make, make.person(Role.MANAGER))

    assert figures_of(report).is_empty


def test_drafts_and_archived_visits_are_not_counted(make: Make) -> None:
    owner = make.person()
    make.visit(VisitStatus.DRAFT, owner=owner)
    archived = make.visit(owner=owner)
    make.change(archived, archived_at=moment(today()), archived_by_id=owner.id)

    assert figures_of(drawn_up(make, make.person(Role.MANAGER))).is_empty


def test_the_year_before_stands_beside(make: Make) -> None:
    for company in places(make, 3):
        make.visit(organisation=company, visited_on=date(YEAR - 1, 1, 1))
        make.visit(organisation=company, visited_on=date(YEAR - 1, 12, 31))

    report = drawn_up(make, make.person(Role.MANAGER), key_date=date(YEAR, 1, 1))

    # Up to the same day: the key date cuts both years
    assert value(report, WORK, "work", "visits", column=1) == 3


def test_what_happened_after_the_key_date_is_in_no_figure(make: Make) -> None:
    key_date = today() - timedelta(days=1)
    for company in places(make, 3):
        make.visit(organisation=company, visited_on=key_date)
        make.visit(organisation=company, visited_on=today())
    since = key_date - timedelta(days=30)

    report = drawn_up(make, make.person(Role.MANAGER), since=since, key_date=key_date)

    assert value(report, WORK, "work", "visits") == 3


def test_figures_stay_whatever_happens_later(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    companies = places(make, 3, municipality="Musterstadt")
    visits = [make.visit(organisation=company, topics=["sites"]) for company in companies]
    report = drawn_up(make, manager)
    before = report.figures

    make.visit(organisation=companies[0])
    make.change(visits[0], visited_on=date(YEAR - 5, 1, 1))
    make.change(companies[1], municipality="Woanders", kind=OrganisationKind.PARTNER)

    assert stored(make, manager, report).figures == before


def test_counting_again_makes_a_new_freeze(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    companies = places(make, 3)
    for company in companies:
        make.visit(organisation=company)
    report = drawn_up(make, manager)
    make.visit(organisation=companies[0])

    make.run(lambda: services.count_again(make.actor(manager), report.id))
    make.run(lambda: services.make_soon(report.id))

    again = stored(make, manager, report)
    assert value(report, WORK, "work", "visits") == 3
    assert value(again, WORK, "work", "visits") == 4
    assert report.frozen_at is not None
    assert again.frozen_at is not None
    assert again.frozen_at > report.frozen_at


def test_topics_count_conversations_not_notes(make: Make) -> None:
    colleague = make.person()
    for company in places(make, 3):
        visit = make.visit(organisation=company, topics=["succession"])
        make.topic_note(visit, "succession", owner_id=colleague.id, flag=Flag.URGENT)

    report = drawn_up(make, make.person(Role.MANAGER))

    assert value(report, SUCCESSION, "topic", "mentions") == 3
    assert value(report, CARE, "topics", "succession") == 3


def test_what_companies_say_is_told_by_how_pressing_it_is(make: Make) -> None:
    for flag in (Flag.INFO, Flag.WATCH, Flag.URGENT):
        for company in places(make, 3):
            visit = make.visit(organisation=company)
            make.topic_note(visit, "infrastructure", flag=flag)

    report = drawn_up(make, make.person(Role.MANAGER))

    rows = {row.key: row.values for row in table(report, Chapter.VOICES, "voices").rows}
    assert rows["infrastructure"] == (9, 0, 3, 3)


def test_outcomes_and_how_long_they_took(make: Make) -> None:
    day, since = date(YEAR - 1, 1, 5), date(YEAR - 1, 1, 1)
    until = date(YEAR - 1, 1, 31)
    for company in places(make, 3):
        make.concern(
            organisation=company,
            stage=Stage.CLOSED,
            outcome=Outcome.SOLVED,
            opened_at=moment(day),
            first_responded_at=moment(day + timedelta(days=7)),
            closed_at=moment(day + timedelta(days=14)),
        )
    manager = make.person(Role.MANAGER)

    report = drawn_up(make, manager, since=since, until=until, key_date=until)

    assert value(report, CARE, "outcomes", "solved") == 3
    assert value(report, CARE, "concerns", "concerns_open") == 0
    assert value(report, CARE, "concerns", "days_to_response") in {4, 5}
    assert value(report, CARE, "concerns", "days_to_outcome") in {9, 10}


def test_a_small_group_is_not_told(make: Make) -> None:
    for company in places(make, 2):
        make.visit(organisation=company, topics=["succession"])

    report = drawn_up(make, make.person(Role.MANAGER))

    assert value(report, WORK, "work", "visits") == HIDDEN
    assert value(report, SUCCESSION, "topic", "mentions") == HIDDEN
    assert '"2"' not in str(report.figures)
    assert not figures_of(report).is_empty


def test_a_municipality_with_a_small_group_takes_another_with_it(make: Make) -> None:
    for municipality, count in (("Klein", 1), ("Mittel", 3), ("Groß", 5)):
        for company in places(make, count, municipality=municipality):
            make.visit(organisation=company)

    report = drawn_up(make, make.person(Role.MANAGER))

    rows = {row.key: row.values[0] for row in table(report, CARE, "places").rows}
    assert rows == {"Groß": 5, "Klein": HIDDEN, "Mittel": HIDDEN}


def test_each_municipality_has_a_section(make: Make) -> None:
    for municipality in ("Musterstadt", "Beispielau"):
        for company in places(make, 3, municipality=municipality):
            make.visit(organisation=company, topics=["sites", "training"])

    report = drawn_up(make, make.person(Role.MANAGER), ReportKind.MUNICIPAL)

    found = [s.municipality for s in figures_of(report).sections if s.municipality]
    assert found == ["Beispielau", "Musterstadt"]
    tables = {t.key: t for t in section(report, Chapter.MUNICIPALITIES, "Musterstadt").tables}
    assert {row.key: row.values[0] for row in tables["work"].rows}["visits"] == 3
    assert {row.key: row.values[0] for row in tables["topics"].rows} == {"sites": 3, "training": 3}


def test_a_public_report_carries_no_name(make: Make) -> None:
    manager = make.person(Role.MANAGER)
    for number in range(3):
        company = make.organisation(f"Namenlos {number} GmbH")
        make.visit(organisation=company)
        make.concern("Titel", organisation=company, stage=Stage.CLOSED)

    for kind in (ReportKind.PUBLIC, ReportKind.QUARTERLY, ReportKind.MUNICIPAL):
        report = drawn_up(make, manager, kind)

        assert "Namenlos" not in str(report.figures)
        assert "Titel" not in str(report.figures)


def test_a_report_that_is_not_public_names_what_everybody_sees(make: Make) -> None:
    seen, unseen, discreet = (make.organisation(f"{name} GmbH") for name in ("Ada", "Bo", "Cy"))
    make.visit(organisation=seen)
    make.visit(organisation=unseen, visibility=Visibility.TEAM)
    make.concern("Halle gefunden", organisation=seen, stage=Stage.CLOSED)
    make.concern("Team", organisation=unseen, stage=Stage.CLOSED, visibility=Visibility.TEAM)
    confidential = make.concern("Vertraulich", organisation=discreet, stage=Stage.CLOSED)
    visit = make.visit(organisation=seen)
    make.topic_note(visit, "sites", concern_id=confidential.id, confidential=True)

    report = drawn_up(make, make.person(Role.MANAGER), ReportKind.INTERNAL)

    namings = {n.key: n.rows for n in section(report, CARE).namings}
    assert namings["visited"] == (("Ada GmbH", "Musterstadt"),)
    assert [row[:2] for row in namings["solved"]] == [("Halle gefunden", "Ada GmbH")]


@pytest.mark.parametrize("kind", ReportKind)
def test_a_report_over_nothing_is_one(kind: ReportKind, make: Make) -> None:
    report = drawn_up(make, make.person(Role.MANAGER), kind)

    assert figures_of(report).is_empty
