"""The clock of concerns, and what opening, joining and answering do to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from crm.audit import history
from crm.clock import today
from crm.concerns import queries, services
from crm.concerns.deadlines import NEVER, due_on_or_never, next_due_on
from crm.concerns.models import Concern, Flag, Stage
from crm.db import db
from crm.errors import Conflict
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.visibility import Visibility
from tests.make import Make

# A Thursday before the long weekend of 1 May 2026; 0:30 in Germany
THURSDAY_NIGHT = datetime(2026, 4, 29, 22, 30, tzinfo=UTC)


def opened(
    make: Make,
    flag: Flag,
    *,
    actor: Actor | None = None,
    organisation: Organisation | None = None,
    visibility: Visibility = Visibility.BODY,
    opened_at: datetime = THURSDAY_NIGHT,
) -> Concern:
    actor = actor or make.actor()
    organisation, topic = organisation or make.organisation(), make.topic()
    return make.run(
        lambda: services.open_concern(
            actor,
            team_id=make.home.id,
            organisation_id=organisation.id,
            topic_id=topic.id,
            title="Nachfolge gesucht",
            flag=flag,
            visibility=visibility,
            opened_at=opened_at,
        )
    )


def stored(make: Make, concern: Concern) -> Concern:
    return make.run(lambda: db.session.get_one(Concern, concern.id))


@pytest.mark.parametrize(
    ("flag", "response", "resolution"),
    [
        # 30 April counts from Germany's date; 1 May, Ascension Day and Whit Monday do not count
        (Flag.URGENT, date(2026, 5, 5), date(2026, 6, 2)),
        (Flag.WATCH, date(2026, 5, 18), date(2026, 7, 28)),
        (Flag.INFO, None, None),
    ],
)
def test_the_clock_starts_on_the_german_day_of_the_conversation(
    flag: Flag, response: date | None, resolution: date | None, make: Make
) -> None:
    concern = opened(make, flag)

    assert concern.first_response_due_on == response
    assert concern.resolution_due_on == resolution
    assert [event.action for event in make.run(lambda: history(concern.id))] == ["opened"]


def test_a_joining_note_brings_the_stricter_circle_and_the_more_pressing_flag(make: Make) -> None:
    actor, organisation = make.actor(), make.organisation()
    concern = opened(make, Flag.WATCH, organisation=organisation)
    later = THURSDAY_NIGHT + timedelta(days=60)

    make.run(
        lambda: services.join_concern(
            actor,
            concern.id,
            team_id=concern.team_id,
            organisation_id=organisation.id,
            flag=Flag.URGENT,
            visibility=Visibility.TEAM,
            held_at=later,
        )
    )

    joined = stored(make, concern)
    assert (joined.flag, joined.visibility) == (Flag.URGENT, Visibility.TEAM)
    assert joined.first_response_due_on == concern.first_response_due_on
    assert joined.resolution_due_on == date(2026, 7, 27)
    assert joined.first_responded_at == later


def test_a_quieter_note_changes_neither_flag_nor_circle(make: Make) -> None:
    actor, organisation = make.actor(), make.organisation()
    concern = opened(make, Flag.URGENT, organisation=organisation, visibility=Visibility.TEAM)

    make.run(
        lambda: services.join_concern(
            actor,
            concern.id,
            team_id=concern.team_id,
            organisation_id=organisation.id,
            flag=Flag.INFO,
            visibility=Visibility.BODY,
        )
    )

    joined = stored(make, concern)
    assert (joined.flag, joined.visibility) == (Flag.URGENT, Visibility.TEAM)
    assert joined.resolution_due_on == concern.resolution_due_on


def test_only_an_open_visible_one_of_the_organisation_can_be_joined(make: Make) -> None:
    actor, organisation = make.actor(), make.organisation()
    unfit = [
        make.concern(organisation=organisation, stage=Stage.CLOSED),
        make.concern(organisation=make.organisation()),
        make.concern(
            organisation=organisation, owner=make.person(), visibility=Visibility.MANAGERS
        ),
    ]

    for concern in unfit:
        join = partial(
            services.join_concern,
            actor,
            concern.id,
            team_id=concern.team_id,
            organisation_id=organisation.id,
            flag=Flag.INFO,
            visibility=Visibility.BODY,
        )
        with pytest.raises(Conflict) as refused:
            make.run(join)
        assert refused.value.code == "concern_unknown"


def test_a_concern_is_answered_once_and_only_after_it_was_opened(make: Make) -> None:
    actor = make.actor()
    concern = opened(make, Flag.URGENT)
    hours = [THURSDAY_NIGHT + timedelta(hours=h) for h in (-1, 0, 5, 9)]

    for moment in hours:
        make.run(partial(services.note_answer, actor, concern.id, at=moment))

    assert stored(make, concern).first_responded_at == hours[2]
    assert stored(make, concern).version == concern.version


def test_the_open_ones_of_an_organisation_come_by_urgency(make: Make) -> None:
    actor, organisation = make.actor(), make.organisation()
    day = today()
    for title, flag, days in [
        ("Info", Flag.INFO, None),
        ("Beobachten", Flag.WATCH, 1),
        ("Dringend später", Flag.URGENT, 9),
        ("Dringend bald", Flag.URGENT, 2),
    ]:
        due = day + timedelta(days=days) if days else None
        make.concern(
            title,
            organisation=organisation,
            flag=flag,
            first_response_due_on=due,
            resolution_due_on=due,
        )
    make.concern("Zu", organisation=organisation, stage=Stage.CLOSED)
    make.concern(
        "Verborgen", organisation=organisation, owner=make.person(), visibility=Visibility.MANAGERS
    )

    found = make.run(lambda: queries.open_of(actor, organisation.id))

    assert [concern.title for concern in found] == [
        "Dringend bald",
        "Dringend später",
        "Beobachten",
        "Info",
    ]


def test_what_is_due_is_the_same_in_python_and_in_sql(make: Make) -> None:
    day, answered = today(), datetime.now(UTC)
    for response in (None, day):
        for resolution in (None, day + timedelta(days=5)):
            for responded in (None, answered):
                for stage in (Stage.NEW, Stage.CLOSED):
                    make.concern(
                        stage=stage,
                        first_response_due_on=response,
                        resolution_due_on=resolution,
                        first_responded_at=responded,
                    )

    def both() -> list[tuple[date, date]]:
        rows = db.session.execute(sa.select(Concern, next_due_on)).all()
        return [(due_on_or_never(concern), due_on) for concern, due_on in rows]

    pairs = make.run(both)

    assert len(pairs) == 16
    assert [one for one, _ in pairs] == [other for _, other in pairs]
    assert {NEVER, day, day + timedelta(days=5)} == {one for one, _ in pairs}
