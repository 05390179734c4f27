"""Each figure is the count of the list behind it, as far as one may see it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from crm.clock import moment, now, today
from crm.concerns import queries as concerns
from crm.concerns.models import Benefit, Flag, Outcome, Stage
from crm.dashboard import queries
from crm.dashboard.periods import Period, Span, period_of
from crm.dashboard.queries import Dimension, FigureFilter
from crm.errors import NotAllowed
from crm.finding import Days
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.queries import Due
from crm.organisations import listing as organisations
from crm.organisations.grouping import NO_INDUSTRY, SizeGroup
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.visibility import Visibility
from crm.visits import listing as visits
from crm.visits.listing import Counted
from crm.visits.models import Mode, VisitStatus
from tests.make import Make

YEAR = Period(since=date(2026, 1, 1), until=date(2026, 12, 31))
MAY = date(2026, 5, 6)


def _number(make: Make, wanted: FigureFilter, counted: Counted) -> int:
    actor = make.actor()
    figures = make.run(lambda: queries.visits_held(actor, wanted))
    listed = make.run(lambda: visits.count(actor, wanted.visits(actor, counted=counted)))
    assert figures.number(counted) == listed.entries.number
    return figures.number(counted)


def test_only_what_was_held_face_to_face_with_companies_is_a_visit(make: Make) -> None:
    partner = make.organisation(kind=OrganisationKind.PARTNER)
    founder = make.organisation(kind=OrganisationKind.FOUNDER)
    make.visit(visited_on=MAY)
    make.visit(visited_on=MAY, organisation=founder, mode=Mode.OUR_OFFICE)
    make.visit(visited_on=MAY, mode=Mode.PHONE)
    make.visit(visited_on=MAY, organisation=partner)
    make.visit(VisitStatus.PLANNED, visited_on=MAY)
    make.visit(VisitStatus.CANCELLED, visited_on=MAY)
    make.visit(visited_on=date(2025, 12, 31))
    make.visit(visited_on=date(2027, 1, 1))
    wanted = FigureFilter(period=YEAR)

    assert _number(make, wanted, Counted.VISITS) == 2
    assert _number(make, wanted, Counted.OTHER) == 1
    assert _number(make, wanted, Counted.PARTNERS) == 1


def test_what_one_may_not_see_is_not_counted(make: Make) -> None:
    other_team = make.team(body=make.home_body)
    colleague = make.person(team=other_team)
    make.visit(visited_on=MAY, owner=colleague)
    make.visit(visited_on=MAY, owner=colleague, visibility=Visibility.TEAM)
    make.visit(visited_on=MAY, owner=make.person(), visibility=Visibility.MANAGERS)
    make.visit(visited_on=MAY, owner=make.person(team=make.team()))

    assert _number(make, FigureFilter(period=YEAR), Counted.VISITS) == 1


def test_a_report_of_managers_counts_everything_of_the_body_and_nothing_else(make: Make) -> None:
    other_team = make.team(body=make.home_body)
    for visibility in Visibility:
        owner = make.person(team=other_team)
        make.visit(visited_on=MAY, owner=owner, visibility=visibility, topics=["succession"])
        make.concern(owner=owner, visibility=visibility, opened_at=moment(MAY))
        make.follow_up(owner=owner, visibility=visibility)
    make.visit(visited_on=MAY, owner=make.person(team=make.team()))
    manager, wanted = make.actor(make.person(Role.MANAGER)), FigureFilter(period=YEAR)

    everyone = make.run(lambda: queries.whole_body(manager))

    assert make.run(lambda: queries.visits_held(manager, wanted)).number(Counted.VISITS) == 1
    assert make.run(lambda: queries.visits_held(everyone, wanted)).number(Counted.VISITS) == 3
    assert make.run(lambda: queries.conversations_by_topic(everyone, wanted))[0].number == 3
    assert make.run(lambda: queries.concerns(everyone, wanted)).opened == 3
    assert make.run(lambda: queries.follow_ups_by_team(everyone, wanted))[0].open == 3


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
def test_only_a_manager_counts_the_whole_body(role: Role, make: Make) -> None:
    person = make.actor(make.person(role))

    with pytest.raises(NotAllowed):
        make.run(lambda: queries.whole_body(person))


def test_visits_are_parted_by_team_place_industry_and_size(make: Make) -> None:
    bakery = make.organisation(industry="Backwaren", municipality="Ahausen", employees=9)
    mill = make.organisation(wz_2025="10.61", municipality="Bedorf", employees=10)
    works = make.organisation(industry="Metall", municipality="Bedorf", employees_to=400)
    unknown = make.organisation(municipality="Bedorf")
    for place in (bakery, mill, works, works, unknown):
        make.visit(visited_on=MAY, organisation=place)
    actor, wanted = make.actor(), FigureFilter(period=YEAR)

    def rows(dimension: Dimension) -> dict[str, tuple[int, int]]:
        found = make.run(lambda: queries.visits_by(actor, wanted, dimension))
        return {str(row.key): (row.number, row.organisations) for row in found}

    assert rows(Dimension.TEAM) == {str(make.home.id): (5, 4)}
    assert rows(Dimension.MUNICIPALITY) == {"Bedorf": (4, 3), "Ahausen": (1, 1)}
    assert rows(Dimension.INDUSTRY) == {"Backwaren": (1, 1), "Metall": (2, 1), "-": (2, 2)}
    assert rows(Dimension.SIZE) == {
        "micro": (1, 1), "small": (1, 1), "large": (2, 1), "unknown": (1, 1),
    }  # fmt: skip
    for size, (number, _firms) in rows(Dimension.SIZE).items():
        narrowed = wanted.visits(actor, size=SizeGroup(size))
        assert make.run(partial(visits.count, actor, narrowed)).visits == number
    nothing = wanted.visits(actor, industry=NO_INDUSTRY)
    assert make.run(lambda: visits.count(actor, nothing)).visits == 2


def test_a_conversation_counts_once_for_a_topic_however_many_wrote_about_it(make: Make) -> None:
    visit = make.visit(visited_on=MAY, topics=["outlook", "training"])
    make.topic_note(visit, "outlook", owner_id=make.person().id)
    make.topic_note(visit, "succession", visibility=Visibility.MANAGERS,
                    owner_id=make.person().id)  # fmt: skip
    make.visit(visited_on=date(2025, 5, 6), topics=["outlook"])
    make.visit(visited_on=date(2025, 5, 6), topics=["training"], mode=Mode.PHONE)
    make.visit(visited_on=date(2025, 5, 6), topics=["training"])
    actor, wanted = make.actor(), FigureFilter(period=YEAR)

    rows = make.run(lambda: queries.conversations_by_topic(actor, wanted))

    found = {row.key: (row.number, row.before) for row in rows}
    assert found == {make.topic("outlook").id: (1, 1), make.topic("training").id: (1, 2)}


def test_concerns_are_open_late_answered_and_closed(make: Make) -> None:
    yesterday = today() - timedelta(days=1)
    make.concern(flag=Flag.URGENT, first_response_due_on=yesterday)
    make.concern(flag=Flag.URGENT)
    make.concern(flag=Flag.WATCH)
    for days, outcome in ((1, Outcome.SOLVED), (3, Outcome.SOLVED), (6, Outcome.WITHDRAWN)):
        # From Monday, 4 May 2026; a weekend is no working day
        closed_at = moment(date(2026, 5, 4) + timedelta(days=days))
        make.concern(stage=Stage.CLOSED, opened_at=moment(date(2026, 5, 4)),
                     first_responded_at=moment(date(2026, 5, 5)), closed_at=closed_at,
                     outcome=outcome, jobs_secured=days, jobs_created=None if days == 1 else 2,
                     investment=3_000_000_000)  # fmt: skip
    actor, wanted = make.actor(), FigureFilter(period=YEAR)

    figures = make.run(lambda: queries.concerns(actor, wanted))

    assert figures.open == {Flag.URGENT: 2, Flag.WATCH: 1}
    assert figures.late == {Flag.URGENT: 1, Flag.WATCH: 0}
    assert figures.outcomes == {Outcome.SOLVED: 2, Outcome.WITHDRAWN: 1}
    assert (figures.answered, figures.days_to_response) == (3, 1)
    assert (figures.closed, figures.days_to_resolution) == (3, 3)
    assert figures.benefits == {
        Benefit.JOBS_SECURED: 10, Benefit.JOBS_CREATED: 4, Benefit.INVESTMENT: 9_000_000_000,
    }  # fmt: skip
    year = Days(since=YEAR.since, until=YEAR.until)
    solved = wanted.concerns(stage=Stage.CLOSED, closed=year, outcome=Outcome.SOLVED)
    assert make.run(lambda: concerns.count(actor, solved)).number == 2
    answered = wanted.concerns(with_closed=True, responded=year)
    assert make.run(lambda: concerns.count(actor, answered)).number == 3


def test_a_moment_belongs_to_its_day_in_germany(make: Make) -> None:
    late = moment(date(2026, 12, 31)).replace(hour=23, minute=30)  # 00:30 of 1 January in Berlin
    make.concern(stage=Stage.CLOSED, opened_at=moment(MAY), closed_at=late)
    actor = make.actor()

    figures = make.run(lambda: queries.concerns(actor, FigureFilter(period=YEAR)))

    assert figures.closed == 0


def test_follow_ups_are_open_overdue_promised_and_done(make: Make) -> None:
    for age in (-1, 0, 1, 8, 31):
        make.follow_up(due_on=today() - timedelta(days=age), promised=age != 1)
    make.follow_up(done=True)
    make.follow_up(done=True, done_at=now() - timedelta(days=32))
    actor, wanted = make.actor(), FigureFilter(period=YEAR)

    (row,) = make.run(lambda: queries.follow_ups_by_team(actor, wanted))

    assert (row.open, row.overdue, row.over_a_week, row.over_a_month) == (5, 3, 2, 1)
    assert (row.promised, row.promised_overdue, row.done) == (4, 2, 1)
    promised = wanted.follow_ups(due=Due.OVERDUE, promised=True, team_id=row.team_id)
    assert make.run(lambda: follow_ups.count(actor, promised)).number == 2


def test_target_companies_out_of_sight_are_counted(make: Make) -> None:
    never = make.organisation(is_target=True)
    long_ago = make.organisation(is_target=True, cadence_months=12)
    lately = make.organisation(is_target=True, cadence_months=12)
    at_the_table = make.organisation(is_target=True, cadence_months=12)
    make.organisation(is_target=False)
    make.visit(organisation=never, mode=Mode.PHONE)
    make.visit(organisation=long_ago, visited_on=today() - timedelta(days=800))
    make.visit(organisation=lately, further=[at_the_table])
    actor, wanted = make.actor(), FigureFilter(period=YEAR)

    figures = make.run(lambda: queries.target_companies(actor, wanted, months=24))

    assert (figures.number, figures.not_visited) == (4, 2)
    assert (figures.never_visited, figures.no_cadence) == (1, 1)
    for more, number in (
        ({"not_visited_months": 24}, 2), ({"never_visited": True}, 1), ({"no_cadence": True}, 1),
    ):  # fmt: skip
        listed = wanted.targets(**more)
        assert make.run(partial(organisations.count, actor, listed)).number == number


def test_a_target_company_has_an_owner_while_somebody_works_in_its_team(make: Make) -> None:
    make.organisation(is_target=True)
    deserted = make.team("Team Süd", body=make.home_body)
    make.person(Role.READER, team=deserted)
    make.person(team=deserted, deactivated_at=now())
    make.person(Role.MANAGER, leads=[deserted])
    forgotten = make.organisation(is_target=True, team_id=deserted.id)
    make.organisation(is_target=False, team_id=deserted.id)
    actor, wanted = make.actor(), FigureFilter(period=YEAR)

    figures = make.run(lambda: queries.target_companies(actor, wanted, months=24))

    assert (figures.number, figures.no_owner) == (2, 1)
    listed = wanted.targets(no_owner=True)
    order = organisations.orders(actor)["name"]
    shown = make.run(lambda: organisations.page(actor, listed, order, None))
    assert [row.id for row in shown.items] == [forgotten.id]


def test_ones_own_figures_are_what_one_took_part_in(make: Make) -> None:
    make.visit(visited_on=MAY)
    make.visit(visited_on=MAY, owner=make.person())
    make.concern(owner=make.person(), flag=Flag.WATCH)
    make.follow_up(owner=make.person())
    actor, wanted = make.actor(), FigureFilter(period=YEAR, mine=True)

    assert _number(make, wanted, Counted.VISITS) == 1
    assert make.run(lambda: queries.concerns(actor, wanted)).open == {}
    assert make.run(lambda: queries.follow_ups_by_team(actor, wanted)) == []


@pytest.mark.parametrize(
    ("span", "since", "until"),
    [
        (Span.THIS_YEAR, date(2024, 1, 1), date(2024, 2, 29)),
        (Span.LAST_YEAR, date(2023, 1, 1), date(2023, 12, 31)),
        (Span.QUARTER, date(2024, 1, 1), date(2024, 2, 29)),
        (Span.TWELVE_MONTHS, date(2023, 3, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_has_a_name(span: Span, since: date, until: date) -> None:
    period = period_of(span, date(2024, 2, 29))

    assert period == Period(since=since, until=until)
    assert period.a_year_before.until.day in {28, 31}
