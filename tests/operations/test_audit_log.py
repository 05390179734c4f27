"""The audit log shows what somebody with the database, but without the key, has done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.audit.chain import Keeper
from crm.audit.models import AuditEntry, AuditHead, AuditSeal
from crm.types import new_id
from tests.operations.conftest import Installation

UNCHANGED = "Das Änderungsprotokoll ist unverändert"
SALT = b"sixteen letters."


@pytest.fixture
def busy(installation: Installation) -> Installation:
    """Give an installation in which several things have happened."""
    for name in ("bert", "cora", "dora"):
        installation.done(
            *(
                "user",
                "add",
                "--email",
                f"{name}@kreis.example",
                "--name",
                f"{name.title()} Muster",
            ),
            *("--role", "officer", "--team", "Team Nord"),
        )
    return installation


def verify(installation: Installation) -> tuple[int, str]:
    result = installation.crm("audit", "verify")
    return result.exit_code, result.output


def entry_at(connection: sa.Connection, number: int) -> sa.ScalarSelect[UUID]:
    seals = sa.select(AuditSeal.entry_id).where(AuditSeal.number == number)
    assert connection.scalar(seals) is not None
    return seals.scalar_subquery()


def changed(number: int = 2, **values: object) -> Callable[[sa.Connection], None]:
    """Change columns of one line."""

    def tamper(connection: sa.Connection) -> None:
        line = AuditEntry.id == entry_at(connection, number)
        done = connection.execute(sa.update(AuditEntry).where(line).values(**values))
        assert done.rowcount == 1

    return tamper


def removed(connection: sa.Connection, *numbers: int) -> None:
    """Remove lines with their links."""
    for number in numbers:
        entry = connection.scalar(sa.select(AuditSeal.entry_id).where(AuditSeal.number == number))
        connection.execute(sa.delete(AuditSeal).where(AuditSeal.number == number))
        connection.execute(sa.delete(AuditEntry).where(AuditEntry.id == entry))


def cut_out(connection: sa.Connection) -> None:
    removed(connection, 2)


def cut_off(connection: sa.Connection) -> None:
    """Remove the last line, and make the one before it the end, as good as one can."""
    last = connection.scalar(sa.select(AuditHead.number))
    assert last is not None
    removed(connection, last)
    link = sa.select(AuditSeal.link).where(AuditSeal.number == last - 1).scalar_subquery()
    connection.execute(sa.update(AuditHead).values(number=last - 1, link=link))


def cut_off_clumsily(connection: sa.Connection) -> None:
    last = connection.scalar(sa.select(AuditHead.number))
    assert last is not None
    removed(connection, last)


def forged(connection: sa.Connection) -> AuditEntry:
    line = AuditEntry(
        id=new_id(), at=datetime(2026, 5, 4, 9, tzinfo=UTC), actor_id=None, action="added",
        subject_type="person", subject_id=new_id(), changes={}, page="", salt=SALT,
    )  # fmt: skip
    columns = (column.name for column in sa.inspect(AuditEntry).columns)
    connection.execute(
        sa.insert(AuditEntry).values({name: getattr(line, name) for name in columns})
    )
    return line


def slipped_in(connection: sa.Connection) -> None:
    forged(connection)


def appended(connection: sa.Connection) -> None:
    """Append a line with a link that is made with a guessed key."""
    line, keeper = forged(connection), Keeper(key=b"guessed", anchor=Path("nowhere"))
    number, before = connection.execute(sa.select(AuditHead.number, AuditHead.link)).one()
    link = keeper.link(before, number + 1, line, SALT * 2)
    connection.execute(
        sa.insert(AuditSeal).values(
            number=number + 1, entry_id=line.id, payload_hash=SALT * 2, link=link
        )
    )
    connection.execute(sa.update(AuditHead).values(number=number + 1, link=link))


def swapped(connection: sa.Connection) -> None:
    """Let two lines change places."""
    first, second = (
        connection.execute(sa.select(AuditSeal).where(AuditSeal.number == number)).mappings().one()
        for number in (2, 3)
    )
    for number in (2, 3):
        connection.execute(sa.delete(AuditSeal).where(AuditSeal.number == number))
    for number, seal in ((2, second), (3, first)):
        connection.execute(sa.insert(AuditSeal).values({**seal, "number": number}))


def unsealed(connection: sa.Connection) -> None:
    """Begin anew: without any link, as before the first."""
    connection.execute(sa.delete(AuditSeal))
    connection.execute(sa.update(AuditHead).values(number=0, link=bytes(32)))


TAMPERINGS = {
    "another action": (changed(action="read"), "Zeile 2 wurde geändert"),
    "another person": (changed(actor_id=None, subject_id=new_id()), "Zeile 2 wurde geändert"),
    "another time": (changed(at=datetime(2020, 1, 1, tzinfo=UTC)), "Zeile 2 wurde geändert"),
    "another thing": (changed(subject_type="visit"), "Zeile 2 wurde geändert"),
    "other changes": (changed(changes={"role": "manager"}), "Zeile 2: Was sich geändert hat"),
    "another page": (changed(page="/visits"), "Zeile 2: Was sich geändert hat"),
    "another salt": (changed(salt=SALT), "Zeile 2: Was sich geändert hat"),
    "a line cut out": (cut_out, "Vor Zeile 2 fehlen Siegel"),
    "the last line cut off": (cut_off_clumsily, "Die letzten Zeilen fehlen"),
    "the last line cut off with care": (cut_off, "zuletzt bekannt war"),
    "a line slipped in": (slipped_in, "Eine Zeile ohne Siegel wurde hinzugefügt"),
    "a line appended": (appended, "nicht von Augenhöhe versiegelt"),
    "two lines swapped": (swapped, "Zeile 2 wurde geändert, vertauscht"),
    "all links removed": (unsealed, "Eine Zeile ohne Siegel wurde hinzugefügt"),
}


def test_what_nobody_touched_is_whole(busy: Installation) -> None:
    assert verify(busy) == (0, f"{UNCHANGED} (6 Zeilen geprüft).\n")


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(name: str, busy: Installation) -> None:
    tamper, sentence = TAMPERINGS[name]
    with busy.connection() as connection:
        tamper(connection)

    code, said = verify(busy)

    assert (code, sentence in said) == (1, True), said
    assert UNCHANGED not in said


def test_one_changed_line_is_one_finding(busy: Installation) -> None:
    with busy.connection() as connection:
        changed(action="read")(connection)

    _, said = verify(busy)

    assert len(said.splitlines()) == 2


@pytest.mark.usefixtures("postgres_programs")
def test_an_older_state_of_the_database_is_told(busy: Installation, tmp_path: Path) -> None:
    older = tmp_path / "older.tar.gz"
    busy.done("backup", older)
    busy.done("team", "add", "Team Süd", "--body", "Musterkreis")
    anchor = busy.settings.audit_anchor_file
    known = anchor.read_text(encoding="ascii")

    busy.done("restore", older, "--replace")
    assert verify(busy)[0] == 0
    assert busy.rows("SELECT count(*) FROM audit_entry WHERE action = 'restored'") == [(1,)]

    # The same without the command: nobody has told the anchor
    anchor.write_text(known.replace(known.split()[0], "99"), encoding="ascii")
    code, said = verify(busy)
    assert code == 1
    assert "auf einen älteren Stand" in said


def test_a_missing_anchor_is_said(busy: Installation) -> None:
    busy.settings.audit_anchor_file.unlink()

    code, said = verify(busy)

    assert code == 0
    assert "audit-anchor" in said


def test_lines_from_before_the_chain_are_sealed_once(busy: Installation) -> None:
    with busy.connection() as connection:
        unsealed(connection)

    busy.done("upgrade")

    assert verify(busy)[0] == 0
    with busy.connection() as connection:
        slipped_in(connection)
    busy.done("upgrade")
    assert verify(busy)[0] == 1


def test_another_secret_key_keeps_the_chain_with_the_old_audit_key(busy: Installation) -> None:
    old = busy.settings.secret_key_file.read_text(encoding="ascii").strip()
    new = "of another year, and as long as it has to be"

    assert busy.crm("audit", "verify", CRM_SECRET_KEY=new).exit_code == 1
    busy.done("audit", "verify", CRM_SECRET_KEY=new, CRM_AUDIT_KEY=old)
