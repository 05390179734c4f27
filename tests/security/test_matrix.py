"""Who sees and does what: the approved table, cell by cell.

To approve a change: `.venv/bin/python -m tests.security.matrix > tests/security/matrix.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from crm import policy
from crm.policy import Permission
from crm.visits import queries
from tests.gates.table import ONE_DATABASE
from tests.make import Make
from tests.page import Browser
from tests.security.doors import GUARDED, named
from tests.security.matrix import HIDDEN, KNOCKERS, Cell, Knocker, approved, by_door, knock, row
from tests.security.scene import Way
from tests.security.test_canaries import text_of

OFFICER = KNOCKERS[1]


def _differences(cells: Sequence[Cell], knocker: Knocker) -> list[str]:
    """Name the doors that answer otherwise than approved."""
    said = approved(knocker.name)
    return [
        f"{door}: {row(found)}, approved {said.get(door)}"
        for door, found in by_door(cells).items()
        if row(found) != said.get(door)
    ]


def _told_apart(cells: Sequence[Cell]) -> list[str]:
    """Name the doors where a foreign thing does not answer as a missing one."""
    found = {(str(cell.door), cell.way): cell for cell in cells}
    return [
        door
        for (door, way), cell in found.items()
        if way is Way.FOREIGN
        and cell.mark == HIDDEN
        and text_of(cell.answer) != text_of(found[door, Way.MISSING].answer)
    ]


@ONE_DATABASE
@pytest.mark.gate("A1")
@pytest.mark.parametrize("knocker", KNOCKERS, ids=lambda knocker: knocker.name)
def test_everyone_sees_and_does_what_was_approved(
    knocker: Knocker, make: Make, browser: Browser, reached: Any
) -> None:
    cells = list(knock(make, browser, knocker))

    assert _differences(cells, knocker) == []
    assert [fault for cell in cells for fault in cell.faults] == []
    assert _told_apart(cells) == []
    reached("A1", len(cells), "cells")


def test_the_table_names_every_door() -> None:
    for knocker in KNOCKERS:
        assert approved(knocker.name).keys() == set(map(str, GUARDED))


@ONE_DATABASE
@pytest.mark.defect("A1")
def test_without_the_rule_of_an_object_it_goes_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(policy.OBJECT_RULES, Permission.VISIT_EDIT, lambda *_: True)

    cells = list(knock(make, browser, OFFICER, named("visits.edit", "visits.archive")))

    assert len(_differences(cells, OFFICER)) == len(by_door(cells))


@ONE_DATABASE
@pytest.mark.defect("A1")
def test_without_the_clause_of_visibility_it_goes_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "visible_visits", lambda _actor: sa.true())

    cells = list(knock(make, browser, OFFICER, named("visits.show")))

    assert len(_differences(cells, OFFICER)) == 1


@ONE_DATABASE
@pytest.mark.defect("A1")
def test_a_refusal_that_writes_or_tells_is_a_fault(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = queries.get

    def telling(actor: Any, key: Any) -> Any:
        make.audit_line()
        return get(actor, key)

    monkeypatch.setattr(queries, "get", telling)

    cells = list(knock(make, browser, OFFICER, named("visits.show")))

    hidden = {Way.HIDDEN, Way.FOREIGN, Way.MISSING}
    assert {cell.way for cell in cells if cell.faults} == hidden


@ONE_DATABASE
@pytest.mark.defect("A1")
def test_a_foreign_thing_that_answers_otherwise_than_a_missing_one_is_a_fault(
    make: Make, browser: Browser
) -> None:
    [door] = named("visits.show")
    cells = list(knock(make, browser, OFFICER, [door]))
    [foreign] = [cell for cell in cells if cell.way is Way.FOREIGN]
    foreign.answer.set_data(foreign.answer.get_data().replace(b"</main>", b"<p>Fremd</p></main>"))

    assert _told_apart(cells) == [str(door)]
