"""The audit log shows what somebody with the database, but without the key, has done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm.audit.chain import link_of
from crm.audit.keeper import Anchor, End
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


def anchor_of(installation: Installation) -> Anchor:
    return Anchor(installation.settings.instance / "audit-anchor")


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


def rows_at(connection: sa.Connection, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a line and its link, by column."""
    seals = sa.select(AuditSeal).where(AuditSeal.number == number)
    entries = sa.select(AuditEntry).where(AuditEntry.id == entry_at(connection, number))
    found = [connection.execute(rows).mappings().one() for rows in (entries, seals)]
    return dict(found[0]), dict(found[1])


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


def line_removed(connection: sa.Connection) -> None:
    """Remove a line and leave its link, as one who owns the database can."""
    entry = connection.scalar(sa.select(AuditSeal.entry_id).where(AuditSeal.number == 2))
    unchecked = ["SET session_replication_role = replica"]
    if connection.dialect.name == "sqlite":
        unchecked = ["COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN"]
    for step in unchecked:
        connection.exec_driver_sql(step)
    connection.execute(sa.delete(AuditEntry).where(AuditEntry.id == entry))


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
    line = forged(connection)
    known = End(*connection.execute(sa.select(AuditHead.number, AuditHead.link)).one())
    end = link_of(b"guessed", known, line, SALT * 2)
    seal = {"entry_id": line.id, "payload_hash": SALT * 2}
    connection.execute(sa.insert(AuditSeal).values(seal | end._asdict()))
    connection.execute(sa.update(AuditHead).values(end._asdict()))


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
    "a line cut out": (cut_out, "Vor Zeile 3 fehlen Siegel"),
    "a line without its link": (line_removed, "Zeile 2 wurde gelöscht"),
    "the last line cut off": (cut_off_clumsily, "Die letzten Zeilen fehlen"),
    "the last line cut off with care": (cut_off, "zuletzt bekannt war"),
    "a line slipped in": (slipped_in, "Eine Zeile ohne Siegel wurde hinzugefügt"),
    "a line appended": (appended, "nicht von Augenhöhe versiegelt"),
    "two lines swapped": (swapped, "Zeile 2 wurde geändert, vertauscht"),
    "all links removed": (unsealed, "Eine Zeile ohne Siegel wurde hinzugefügt"),
}


@pytest.mark.gate("L1")
def test_what_nobody_touched_is_whole(busy: Installation) -> None:
    assert verify(busy) == (0, f"{UNCHANGED} (6 Zeilen geprüft).\n")


# Each is a defect that the check has to see
@pytest.mark.gate("L1")
@pytest.mark.defect("L1")
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
def test_a_restored_backup_goes_on_and_says_so(busy: Installation, tmp_path: Path) -> None:
    older = tmp_path / "older.tar.gz"
    busy.done("backup", older)
    busy.done("team", "add", "Team Süd", "--body", "Musterkreis")

    busy.done("restore", older, "--replace")

    assert verify(busy) == (0, f"{UNCHANGED} (7 Zeilen geprüft).\n")
    with busy.connection() as connection:
        told = connection.execute(
            sa.select(AuditEntry.changes).where(AuditEntry.action == "restored")
        ).scalar_one()
    assert told["known"] == 7


@pytest.mark.usefixtures("postgres_programs")
def test_an_older_state_put_back_is_found_however_much_is_written_later(
    busy: Installation, tmp_path: Path
) -> None:
    older = tmp_path / "older.tar.gz"
    busy.done("backup", older)
    busy.done("team", "add", "Team Süd", "--body", "Musterkreis")
    known = anchor_of(busy).file.read_bytes()
    busy.done("restore", older, "--replace")
    # Put back beside the command, so that nothing has told the anchor
    with busy.connection() as connection:
        cut_off(connection)
    anchor_of(busy).file.write_bytes(known)

    assert "auf einen älteren Stand" in verify(busy)[1]
    for name in ("Team Ost", "Team West", "Team Mitte"):
        busy.done("team", "add", name, "--body", "Musterkreis")

    code, said = verify(busy)
    assert (code, "Zeile 7 ist nicht die, die zuletzt bekannt war" in said) == (1, True), said


@pytest.mark.usefixtures("postgres_programs")
def test_a_line_that_a_restore_took_away_does_not_fit_any_more(
    busy: Installation, tmp_path: Path
) -> None:
    older = tmp_path / "older.tar.gz"
    busy.done("backup", older)
    busy.done("team", "add", "Team Süd", "--body", "Musterkreis")
    with busy.connection() as connection:
        line, seal = rows_at(connection, 7)
    busy.done("restore", older, "--replace")
    busy.done("team", "add", "Team Ost", "--body", "Musterkreis")

    with busy.connection() as connection:
        removed(connection, 7)
        connection.execute(sa.insert(AuditEntry).values(line))
        connection.execute(sa.insert(AuditSeal).values(seal))

    code, said = verify(busy)
    assert (code, "Zeile 8 wurde geändert, vertauscht" in said) == (1, True), said


def test_who_is_killed_before_the_anchor_is_moved_leaves_no_fault(busy: Installation) -> None:
    before = anchor_of(busy).file.read_bytes()
    busy.done("team", "add", "Team Süd", "--body", "Musterkreis")
    anchor_of(busy).file.write_bytes(before)

    assert verify(busy)[0] == 0
    busy.done("team", "add", "Team Ost", "--body", "Musterkreis")

    known = anchor_of(busy).read()
    assert known is not None
    assert known.number == 8


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"one two three"])
def test_a_missing_or_damaged_anchor_is_said_and_made_anew(
    content: bytes | None, busy: Installation
) -> None:
    anchor_of(busy).forget()
    if content is not None:
        anchor_of(busy).file.write_bytes(content)

    code, said = verify(busy)
    assert (code, "audit-anchor" in said) == (0, True)

    busy.done("team", "add", "Team Süd", "--body", "Musterkreis")
    assert verify(busy) == (0, f"{UNCHANGED} (7 Zeilen geprüft).\n")


def test_the_anchor_goes_forward_only(tmp_path: Path) -> None:
    anchor = Anchor(tmp_path / "audit-anchor")
    later, earlier = End(12, b"l" * 32), End(9, b"e" * 32)

    for end in (later, earlier):
        anchor.move(end)

    assert anchor.read() == later
    assert anchor.file.stat().st_mode & 0o777 == 0o600


def test_lines_from_before_the_chain_are_sealed_once(busy: Installation) -> None:
    anchor_of(busy).forget()
    with busy.connection() as connection:
        unsealed(connection)

    busy.done("upgrade")

    assert verify(busy)[0] == 0
    with busy.connection() as connection:
        slipped_in(connection)
    busy.done("upgrade")
    assert verify(busy)[0] == 1


def test_a_chain_that_was_taken_away_does_not_begin_anew(busy: Installation) -> None:
    with busy.connection() as connection:
        changed(action="read")(connection)
        unsealed(connection)

    busy.done("upgrade")

    code, said = verify(busy)
    assert (code, said.count("Eine Zeile ohne Siegel")) == (1, 6)


def test_another_secret_key_leaves_the_chain_whole(busy: Installation) -> None:
    old = busy.settings.secret_key_file.read_text(encoding="ascii").strip()
    new = "of another year, and as long as it has to be"
    key = busy.settings.instance / "audit-key"

    busy.done("audit", "verify", CRM_SECRET_KEY=new)
    assert key.stat().st_mode & 0o777 == 0o600

    # On a machine that came later
    key.unlink()
    assert busy.crm("audit", "verify", CRM_SECRET_KEY=new).exit_code == 1
    busy.done("audit", "verify", CRM_SECRET_KEY=new, CRM_AUDIT_KEY=old)


@pytest.mark.usefixtures("postgres_programs")
def test_a_backup_sealed_with_another_key_than_the_one_set_is_refused(
    busy: Installation, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar.gz"
    busy.done("backup", backup)
    before = busy.content()

    said = busy.refused("restore", backup, "--replace", CRM_AUDIT_KEY="another key " * 3)

    assert "CRM_AUDIT_KEY" in said
    assert busy.content() == before


@pytest.mark.parametrize("content", ["nothing", "abcd"])
def test_a_damaged_audit_key_is_refused_by_name(content: str, busy: Installation) -> None:
    (busy.settings.instance / "audit-key").write_text(content, encoding="ascii")

    assert "audit-key is damaged" in busy.refused("audit", "verify")
