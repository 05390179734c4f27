"""Who sees which follow-up: the WHERE clause and the predicate say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm import paging
from crm.clock import today
from crm.db import db
from crm.follow_ups import queries
from crm.follow_ups.models import FollowUp
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser


@pytest.mark.parametrize("role", Role)
def test_the_clause_and_the_predicate_agree(role: Role, make: Make) -> None:
    body = make.body()
    ours, led, other = (make.team(body=body) for _ in range(3))
    me = make.person(role, team=ours, leads=[led])
    owners = [make.person(team=team) for team in (ours, led, other, make.team())]
    if role is not Role.NONE:
        owners.append(me)
    for owner in owners:
        for visibility in Visibility:
            make.follow_up(owner=owner, visibility=visibility)
            make.follow_up(owner=owner, visibility=visibility, assignees=[me])
    actor = make.actor(me)

    def both() -> tuple[set[str], set[str]]:
        everything = sa.select(FollowUp).options(selectinload(FollowUp.assignees))
        seen = db.session.scalars(everything.where(queries.visible_follow_ups(actor)))
        allowed = db.session.scalars(everything)
        return (
            {follow_up.title for follow_up in seen},
            {f.title for f in allowed if queries.may_see_follow_up(actor, f)},
        )

    by_clause, by_predicate = make.run(both)

    assert by_clause == by_predicate
    assert bool(by_clause) is (role is not Role.NONE)


def test_what_is_due_is_only_what_one_has_to_do(make: Make) -> None:
    me, day = make.person(), today()
    make.follow_up("Später", owner=me, due_on=day + timedelta(days=9))
    make.follow_up("Morgen", owner=me, due_on=day + timedelta(days=1))
    make.follow_up("Heute", owner=me, due_on=day)
    make.follow_up("Gestern", owner=me, due_on=day - timedelta(days=1))
    make.follow_up("Weitergegeben", owner=me, assignees=[make.person()])
    actor = make.actor(me)

    found = make.run(lambda: queries.due(actor, since=day, until=day + timedelta(days=1), limit=10))

    assert [follow_up.title for follow_up in found] == ["Heute", "Morgen"]


def test_a_count_stops_where_counting_gets_slow(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 2)
    me = make.person()
    for _ in range(3):
        make.follow_up(owner=me)

    page = browser.signed_in_as(me).open("follow_ups.index")

    assert page.texts(".result-line strong") == ["mehr als 2 Wiedervorlagen"]


def test_the_next_one_hangs_only_on_what_one_may_open(make: Make, browser: Browser) -> None:
    owner, me = make.person(), make.person()
    concern = make.concern(owner=owner, visibility=Visibility.MANAGERS)
    follow_up = make.follow_up(
        owner=owner,
        assignees=[me],
        visibility=Visibility.MANAGERS,
        concern_id=concern.id,
        organisation_id=concern.organisation_id,
    )
    page = browser.signed_in_as(me).open("follow_ups.new", after=follow_up.id)

    page.submit(title="Nachfassen", due_on="+1w", form="main form")

    actor = make.actor(me)
    added = make.run(lambda: queries.open_of(actor, concern.organisation_id))
    [mine] = [f for f in added if f.title == "Nachfassen"]
    assert (mine.concern_id, mine.visibility) == (None, Visibility.MANAGERS)
