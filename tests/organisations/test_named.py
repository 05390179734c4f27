from __future__ import annotations

from crm.organisations.queries import named
from tests.make import Make


def test_an_exact_name_finds_only_what_one_may_see(make: Make) -> None:
    own = make.organisation("Bau GmbH")
    shared = make.organisation("bau  GmbH", team=make.team(), shared=True)
    make.organisation("Bau GmbH", team=make.team())
    make.organisation("Bau AG")
    actor = make.actor()

    assert {o.id for o in make.run(lambda: named(actor, "BAU GmbH"))} == {own.id, shared.id}
