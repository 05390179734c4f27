"""Tables are kept as they are drawn, each until something changes that it tells of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm.accounts.models import Person
from crm.clock import now, today
from crm.concerns import services as concerns
from crm.concerns.models import Concern, Outcome, Stage
from crm.concerns.services import ProcedureDraft
from crm.dashboard.services import set_target
from crm.follow_ups import services as follow_ups
from crm.follow_ups.models import FollowUp
from crm.organisations.models import Organisation
from crm.policy import Role
from crm.referrals import services as referrals
from crm.referrals.models import Referral, ReferralResult
from crm.types import new_id
from crm.visits.models import Visit
from crm.visits.services import mark_offer
from tests.make import Make
from tests.page import Browser, Value
from tests.visits.steps import FORM, new_form, panel


class World:
    """A little of everything that the tables count, and who changes it."""

    def __init__(self, make: Make, browser: Browser):
        self.make = make
        self.person: Person = make.person(Role.MANAGER)
        self.browser = browser.signed_in_as(self.person)
        self.actor = make.actor(self.person)
        owned: dict[str, Any] = {"owner": self.person}
        self.organisation: Organisation = make.organisation(is_target=True)
        self.visit: Visit = make.visit(
            organisation=self.organisation,
            topics=["outlook"],
            offers={"networking": False},
            **owned,
        )
        self.concern: Concern = make.concern(**owned)
        self.other: Concern = make.concern(**owned)
        self.referral: Referral = make.referral(self.other)
        late = today() - timedelta(days=3)
        self.follow_up: FollowUp = make.follow_up(due_on=late, **owned)
        make.audit_line()

    def figures(self, browser: Browser | None = None) -> list[str]:
        """Return what the page says, for `browser` or for who has opened it all along."""
        page = (browser or self.browser).open("dashboard.index")
        return page.texts(".board-of-figures tr, .tile")


def _log_a_visit(world: World) -> None:
    form = new_form(world.browser, organisation=world.organisation.id)
    topic = panel(form, "Nachfolge")
    typed: dict[str, Value] = {f"{topic}-chosen": True, f"{topic}-note": "In zwei Jahren."}
    form.submit(form=FORM, button="Besuch abschließen", mode="on_site", fields=typed,
                visited_on=now().strftime("%d.%m.%Y"), summary="Kurz.")  # fmt: skip


def _let_an_offer_be_used(world: World) -> None:
    offer = world.make.agency_offer("networking")
    world.make.run(lambda: mark_offer(world.actor, world.visit.id, offer.id, is_used=True))


def _set_a_target(world: World) -> None:
    home, year = world.make.home.id, today().year
    world.make.run(lambda: set_target(world.actor, home, year, visits=77, version=0))


def _end_the_watch(world: World) -> None:
    page = world.browser.open("organisations.edit", organisation_id=world.organisation.id)
    page.submit(button="Änderungen sichern", is_target=False)


def _complete_a_follow_up(world: World) -> None:
    world.make.run(lambda: follow_ups.complete(world.actor, world.follow_up.id, result=""))


def _close_a_concern(world: World) -> None:
    closing: dict[str, Any] = {"stage": Stage.CLOSED, "outcome": Outcome.SOLVED, "reason": "Ja"}
    key = world.concern.id
    world.make.run(lambda: concerns.move_concern(world.actor, key, version=1, **closing))


def _hear_from_a_partner(world: World) -> None:
    said: dict[str, Any] = {"result": ReferralResult.HELPED, "note": "Gut."}
    world.make.run(lambda: referrals.close(world.actor, world.referral.id, version=1, **said))


def _begin_a_procedure(world: World) -> None:
    draft = ProcedureDraft(office="Bauamt", title="Bau", begun_on=today(), decided_on=None)
    key = world.concern.id
    world.make.run(lambda: concerns.add_procedure(world.actor, key, draft, key=new_id()))


@pytest.mark.parametrize(
    "change",
    [
        _log_a_visit,
        _let_an_offer_be_used,
        _set_a_target,
        _end_the_watch,
        _complete_a_follow_up,
        _close_a_concern,
        _hear_from_a_partner,
        _begin_a_procedure,
    ],
    ids=lambda change: change.__name__.strip("_"),
)
def test_after_a_change_every_table_says_what_is_counted_anew(
    change: Callable[[World], None], make: Make, browser: Browser
) -> None:
    world = World(make, browser)
    before = world.figures()

    change(world)

    # For whom nothing is kept yet
    colleague = browser.signed_in_as(make.person(Role.MANAGER))
    assert world.figures() == world.figures(colleague)
    assert world.figures() != before
