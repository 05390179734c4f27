"""Every list is measured."""

from __future__ import annotations

from urllib.parse import urlsplit

from benchmarks.pages import Known, cases
from crm.types import new_id
from tests.performance.test_queries import LISTS

# One's own account, what few people run rarely, and what a script asks for
_ASIDE = ("/account", "/admin", "/visits/context")


def test_every_list_of_the_product_is_measured() -> None:
    keys = [new_id() for _ in range(3)]
    known = Known(
        visits=keys,
        organisations=[(key, "Name") for key in keys],
        concerns=keys,
        referrals=keys,
        topics=keys,
        follow_up=keys[0],
        team=keys[0],
        officer=keys[0],
    )
    rules = {rule for rule in LISTS if not rule.endswith((".csv", "/new"))}
    lists = {rule for rule in rules if not rule.startswith(_ASIDE)}

    measured = {urlsplit(path).path for case in cases(known) for path in case.paths}

    assert lists - measured == set()
    assert {"/referrals", "/partners", "/notifications", "/reports", "/hand-over"} <= lists
