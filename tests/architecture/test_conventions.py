"""The conventions of docs/style.md that a program can hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty, configure_mappers

from config import ROOT
from crm.db import Base
from crm.models import __all__ as models
from crm.policy import Permission
from crm.web.errors import SENTENCES
from tests.architecture import rules

MODULES = [ROOT / "config.py", ROOT / "wsgi.py", *sorted((ROOT / "crm").rglob("*.py"))]
RULES = (
    rules.ends_transactions,
    rules.reads_environment,
    rules.asks_for_the_time,
    rules.imports_in_functions,
    rules.uses_the_session,
    rules.has_no_docstring,
    rules.promises_wrongly,
)

assert models  # every table is declared by this import


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module(rule: Callable[[str, ast.Module], Iterator[str]]) -> None:
    breaches = [
        breach
        for path in MODULES
        for breach in rule(_name(path), ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert breaches == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.ends_transactions, "db.session.commit()"),
        (rules.ends_transactions, "session.rollback()"),
        (rules.reads_environment, "import os\nos.environ['HOME']"),
        (rules.reads_environment, "from os import getenv\ngetenv('HOME')"),
        (rules.asks_for_the_time, "datetime.now(UTC)"),
        (rules.asks_for_the_time, "datetime.datetime.now()"),
        (rules.asks_for_the_time, "date.today()"),
        (rules.asks_for_the_time, "time.time()"),
        (rules.imports_in_functions, "def view():\n    import json"),
        (rules.uses_the_session, "from crm.db import transaction"),
        (rules.uses_the_session, "from crm import db\ndb.db.session.add(1)"),
        (rules.has_no_docstring, "x = 1"),
    ],
)
def test_a_rule_sees_its_breach(
    rule: Callable[[str, ast.Module], Iterator[str]], text: str
) -> None:
    assert list(rule("crm/visits/views.py", ast.parse(text)))


@pytest.mark.parametrize(
    "text", ["def find_visit() -> Visit: ...", "def get(actor) -> Visit | None: ..."]
)
def test_the_rule_about_finding_sees_its_breach(text: str) -> None:
    assert list(rules.promises_wrongly("crm/visits/queries.py", ast.parse(text)))


@pytest.mark.parametrize("folder", ["crm", "tests", "tools", "benchmarks"])
def test_no_module_is_too_long(folder: str) -> None:
    paths = (ROOT / folder).rglob("*.py")

    assert [
        breach
        for path in paths
        for breach in rules.is_too_long(_name(path), path.read_text(encoding="utf-8"))
    ] == []


def test_a_long_module_is_seen() -> None:
    assert list(rules.is_too_long("crm/x.py", "x = 1\n" * rules.LONGEST_MODULE))


def test_every_folder_of_the_product_is_a_package() -> None:
    folders = {path.parent for path in MODULES} - {ROOT}

    assert [_name(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def _relationships() -> list[RelationshipProperty[object]]:
    configure_mappers()
    found = [r for mapper in Base.registry.mappers for r in mapper.relationships]
    return sorted(found, key=str)


@pytest.mark.parametrize("relationship", _relationships(), ids=str)
def test_relationships_never_load_by_themselves(
    relationship: RelationshipProperty[object],
) -> None:
    assert relationship.lazy in {"raise_on_sql", "write_only"}
    assert relationship.backref is None


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=str)
def test_the_parts_of_a_table_are_named_and_texts_have_no_length(table: sa.Table) -> None:
    nameless = [c for c in table.constraints if not c.name]
    nameless_indexes = [index for index in table.indexes if not index.name]
    cut = [
        column.name
        for column in table.columns
        if isinstance(column.type, sa.String)
        and not isinstance(column.type, sa.Enum)
        and column.type.length is not None
    ]

    assert nameless == []
    assert nameless_indexes == []
    assert cut == []


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=str)
def test_foreign_keys_say_what_happens_when_their_target_goes(table: sa.Table) -> None:
    assert {key.ondelete for key in table.foreign_keys} <= {"RESTRICT", "CASCADE", "SET NULL"}


def test_permissions_are_thing_and_action_in_alphabetical_order() -> None:
    values = [permission.value for permission in Permission]

    assert values == sorted(values)
    assert all(re.fullmatch(r"[a-z_]+:[a-z_]+", value) for value in values)
    assert [permission.name for permission in Permission] == [
        value.replace(":", "_").upper() for value in values
    ]


def test_every_conflict_has_words_and_no_words_are_left_over() -> None:
    raised = set().union(
        *(
            rules.conflict_codes(ast.parse(path.read_text(encoding="utf-8")))
            for path in MODULES
            # The demo is loaded by a command, which finds its own words
            if path.parent != ROOT / "crm" / "demo"
        )
    )

    assert sorted(raised - SENTENCES.keys()) == []
    # `stale` is raised as a class of its own
    assert sorted(SENTENCES.keys() - raised - {"stale"}) == []


def test_a_conflict_is_seen() -> None:
    assert rules.conflict_codes(ast.parse("raise Conflict('new_one', field='x')")) == {"new_one"}
