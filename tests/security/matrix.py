"""Who may do what, seen from outside: every door, for every role, with things of every kind.

`python -m tests.security.matrix > tests/security/matrix.txt` writes the table to approve.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm.policy import Role
from tests.databases import SqliteDatabases, application, make_template
from tests.make import Make
from tests.page import Browser
from tests.security.doors import GUARDED, SAFE, Door
from tests.security.scene import CANARY, Scene, Way

ANSWERED, REFUSED, HIDDEN = "+", "-", "."
# What is written whatever is answered: when a session was last used
_NOTED = "UPDATE sign_in SET last_seen_at"
_OF_DRAFTS = {"visits.discard"}
_HEAD = f"""\
Who may do what. Each line is a door, each column of letters a role:

  {ANSWERED} answered   {REFUSED} refused (403)   {HIDDEN} as if it did not exist (404)

with a thing that is one's {Way.OWN} own, of one's {Way.TEAM} team, of another team of the body and
for all of it ({Way.OTHER_TEAM}) or for that team alone ({Way.HIDDEN}), of a {Way.FOREIGN} foreign
body, {Way.ARCHIVED} archived or over, {Way.MISSING} missing. Without a thing there is one answer.
"""


class Knocker(NamedTuple):
    """Somebody who knocks at all doors."""

    name: str
    role: Role
    is_administrator: bool = False


KNOCKERS = (
    Knocker("reader", Role.READER),
    Knocker("officer", Role.OFFICER),
    Knocker("manager", Role.MANAGER),
    Knocker("administrator", Role.NONE, is_administrator=True),
)


class Cell(NamedTuple):
    """One knock: what was answered, and what was written meanwhile."""

    door: Door
    way: Way
    answer: TestResponse
    written: Sequence[str]

    @property
    def mark(self) -> str:
        """Return the answer as one letter."""
        marks = {HTTPStatus.FORBIDDEN: REFUSED, HTTPStatus.NOT_FOUND: HIDDEN}
        return marks.get(HTTPStatus(self.answer.status_code), ANSWERED)

    @property
    def faults(self) -> list[str]:
        """Name what a refusal gives away or changes; errors of the server are always faults."""
        if self.answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return [f"{self} answers {self.answer.status_code}"]
        if self.mark == ANSWERED:
            return []
        says = CANARY in self.answer.get_data(as_text=True)
        return [*([f"{self} says what it hides"] if says else []),
                *(f"{self} writes {statement}" for statement in self.written)]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.door} ({self.way.name.lower()})"


def knock(
    make: Make, browser: Browser, knocker: Knocker, doors: Sequence[Door] = GUARDED
) -> Iterator[Cell]:
    """Let somebody knock at every door with things of every kind, new ones at each door."""
    scene = Scene(make, knocker.role, is_administrator=knocker.is_administrator)
    reader = browser.signed_in_as(scene.person)
    for door in doors:
        is_safe = door.method in SAFE
        # Some doors end the session of who goes through
        person = reader if is_safe else browser.signed_in_as(scene.person)
        data = None if is_safe else [("csrf_token", person.open("accounts.show").token)]
        kinds = [kind for kind in door.rule.arguments if kind.endswith("_id")]
        for way in Way if kinds else [Way.OWN]:
            gaps: dict[str, Any] = {**scene.keys(way, kinds, drafts=door.endpoint in _OF_DRAFTS)}
            if "name" in door.rule.arguments:
                gaps["name"] = "topics"
            with writing() as written:
                answer = person.answer(door.method, person.url(door.endpoint, **gaps), data)
            cell = Cell(door, way, answer, list(written))
            if cell.mark == ANSWERED and not is_safe:
                # What was done is said on the next page: not on that of the next thing
                person.open("accounts.show")
            yield cell


@contextmanager
def writing() -> Iterator[list[str]]:
    """Collect what is written and committed, but for when a session was last used."""
    written: list[str] = []
    pending: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and not statement.startswith(
            _NOTED
        ):
            pending.append(" ".join(statement.split()[:3]))

    def keep(_connection: Any) -> None:
        written.extend(pending)
        pending.clear()

    events = (
        ("before_cursor_execute", note),
        ("commit", keep),
        ("rollback", lambda _connection: pending.clear()),
    )
    for name, listener in events:
        sa.event.listen(sa.Engine, name, listener)
    try:
        yield written
    finally:
        for name, listener in events:
            sa.event.remove(sa.Engine, name, listener)


def row(cells: Sequence[Cell]) -> str:
    """Return the marks of one door for one knocker."""
    return "".join(cell.mark for cell in cells)


def by_door(cells: Sequence[Cell]) -> Mapping[str, list[Cell]]:
    """Sort what was answered by its door."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(str(cell.door), []).append(cell)
    return found


def table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """Return the approved text.

    rows  of each knocker by name, the marks of each door
    """
    widths = {name: max(len(name), len(Way)) for name in rows}
    head = "  ".join(f"{name:<{widths[name]}}" for name in rows)
    ways = "  ".join(f"{''.join(Way):<{widths[name]}}" for name in rows)
    lines = [
        "  ".join(f"{rows[name][door]:<{widths[name]}}" for name in rows) + f"  {door}"
        for door in map(str, GUARDED)
    ]
    return "\n".join([_HEAD, head, ways, *lines]) + "\n"


def approved(name: str) -> Mapping[str, str]:
    """Return what `matrix.txt` says of one knocker: the marks of each door."""
    text = Path(__file__).with_name("matrix.txt").read_text(encoding="utf-8")
    lines = text.split("\n\n")[-1].splitlines()
    begins = lines[0].index(name)
    rule = begins + max(len(name), len(Way))
    doors = lines[0].rstrip().rindex(KNOCKERS[-1].name) + max(len(KNOCKERS[-1].name), len(Way)) + 2
    return {line[doors:]: line[begins:rule].strip() for line in lines[2:]}


def _main() -> None:
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        databases = SqliteDatabases(Path(folder))
        template = make_template(databases)
        for knocker in KNOCKERS:
            with application(databases.copy(template)) as app:
                cells = list(knock(Make(app), Browser(app), knocker))
            rows[knocker.name] = {door: row(found) for door, found in by_door(cells).items()}
    print(table(rows), end="")  # noqa: T201 - the table to approve


if __name__ == "__main__":
    _main()
