"""What the pages of visits ask the database: little, and nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from crm.concerns.models import Flag
from crm.visits.models import VisitStatus
from tests.make import Make
from tests.page import Browser

# The form shows a company and its last talks besides; edited, also who and what was there
MOST = {
    "visits.show": 12,
    "visits.report": 12,
    "visits.index": 12,
    "visits.new": 14,
    "visits.context": 15,
    "visits.edit": 21,
}


_TABLES = re.compile(r"SELECT .+? \nFROM")


def _in_order(values: Any) -> list[Any]:
    return [values[name] for name in sorted(values)] if isinstance(values, dict) else list(values)


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Collect every SELECT with its values."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            plain = [bytes(v) if isinstance(v, memoryview) else v for v in _in_order(values)]
            statements.append(f"{_TABLES.sub('SELECT … FROM', statement)}\n{plain!r}")

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("endpoint", MOST)
def test_a_page_asks_little_and_nothing_twice(
    endpoint: str, make: Make, browser: Browser, asked: list[str]
) -> None:
    officer, colleague = make.person(), make.person()
    lead, further = make.organisation(), make.organisation()
    contacts = [make.contact(lead), make.contact(further)]
    for owner in (officer, colleague, colleague, colleague, colleague):
        visit = make.visit(
            owner=owner, organisation=lead, further=[further], contacts=contacts,
            topics=["outlook", "succession"],
        )  # fmt: skip
        concern = make.concern(owner=owner, organisation=lead)
        make.topic_note(visit, "innovation", flag=Flag.URGENT, concern_id=concern.id)
        for _ in range(3):
            make.follow_up(owner=owner, visit_id=visit.id, organisation_id=lead.id, promised=True)
    query: dict[str, Any] = {"visit_id": visit.id}
    if endpoint in {"visits.new", "visits.context"}:
        query = {"organisation": lead.id, "further": further.id}
    if endpoint == "visits.index":
        query = {"organisation": lead.id, "flag": "urgent"}
    me = browser.signed_in_as(officer)
    url = me.url(endpoint, **query)
    me.answer("GET", url)
    asked.clear()

    assert me.answer("GET", url).status_code == 200

    twice = [statement for statement, times in Counter(asked).items() if times > 1]
    assert not twice, "\n\n".join(twice)
    assert len(asked) <= MOST[endpoint], "\n\n".join(asked)


def test_a_draft_asks_little_and_nothing_twice(
    make: Make, browser: Browser, asked: list[str]
) -> None:
    officer, lead = make.person(), make.organisation()
    typed = [["organisation", lead.name], ["organisation_id", str(lead.id)], ["summary", "Text"]]
    draft = make.visit(VisitStatus.DRAFT, owner=officer, organisation=lead, draft_form=typed)
    me = browser.signed_in_as(officer)
    asked.clear()

    assert me.answer("GET", me.url("visits.edit", visit_id=draft.id)).status_code == 200

    assert not [statement for statement, times in Counter(asked).items() if times > 1]
    assert len(asked) <= MOST["visits.new"] + 2
