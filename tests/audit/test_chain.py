"""The audit lines are sealed with what they tell of: whoever else writes, and whatever fails."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm import audit
from crm.audit import proof
from crm.audit.keeper import keeper_here
from crm.audit.models import AuditEntry
from crm.audit.proof import Verified
from crm.db import db, transaction
from crm.policy import Role
from tests.at_once import answers, held
from tests.make import Make
from tests.page import Browser
from tests.visits.steps import new_form, send

MANY = 6


def verified(app: Flask) -> Verified:
    with app.app_context():
        return proof.verify()


def lines(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0


def test_what_is_saved_at_once_is_one_chain(app: Flask, make: Make, browser: Browser) -> None:
    colleagues = [browser.signed_in_as(make.person()) for _ in range(MANY)]
    pages = [me.open("organisations.new") for me in colleagues]
    typed = []
    for number, page in enumerate(pages):
        form = page.soup.select_one("main form[method=post]")
        assert form is not None
        said = {"name": f"Firma {number}", "municipality": "Probedorf"}
        typed.append(page.filled_in(form, said))

    found = answers(colleagues, pages[0].url, typed)

    assert [answer.status_code for answer in found] == [303] * MANY
    chain = verified(app)
    assert chain.findings == []
    assert chain.lines == lines(app) >= MANY
    with app.app_context():
        known = keeper_here().anchor.read()
    assert known is not None
    assert known.number == chain.lines


# On SQLite only one is writing at a time
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_who_takes_long_keeps_nobody_waiting_at_the_log(
    app: Flask, make: Make, browser: Browser
) -> None:
    me, place, found = browser.signed_in_as(make.person()), make.organisation(), []
    typed = new_form(me, organisation=place.id)
    saving = Thread(target=lambda: found.append(send(typed, {"summary": "Gut."})))

    with app.app_context(), transaction() as session:
        audit.tell(None, "begun", "sign_in")
        session.flush()
        saving.start()
        saving.join()

    assert (found[0].status, found[0].texts(".error-summary")) == (200, [])
    assert verified(app).findings == []


def test_what_an_inner_block_took_back_is_not_sealed(app: Flask) -> None:
    def regret() -> None:
        with transaction():
            audit.tell(None, "regretted", "sign_in")
            raise RuntimeError

    with app.app_context():
        with transaction():
            audit.tell(None, "kept", "sign_in")
            with pytest.raises(RuntimeError):
                regret()

        assert [line.action for line in db.session.scalars(sa.select(AuditEntry))] == ["kept"]
    assert (verified(app).findings, verified(app).lines) == ([], 1)


def test_a_commit_that_fails_moves_no_anchor(app: Flask) -> None:
    def refuse(_connection: sa.Connection) -> None:
        raise OSError("no space left on device")

    with app.app_context():
        engine = db.engines["write"]
        sa.event.listen(engine, "commit", refuse)
        try:
            with pytest.raises(OSError, match="no space"), transaction():
                audit.tell(None, "begun", "sign_in")
        finally:
            sa.event.remove(engine, "commit", refuse)

        assert keeper_here().anchor.read() is None
    assert verified(app).lines == 0


def test_a_full_disk_for_the_anchor_keeps_nobody_from_working(
    app: Flask, make: Make, browser: Browser
) -> None:
    with app.app_context():
        keeper_here().anchor.file.mkdir()
    try:
        me = browser.signed_in_as(make.person(Role.OFFICER))
        saved = send(new_form(me, organisation=make.organisation().id), {"summary": "Gut."})
    finally:
        with app.app_context():
            keeper_here().anchor.file.rmdir()

    assert saved.url.startswith("/visits/")
    assert verified(app).findings == []


def test_without_the_log_nothing_is_handed_out(app: Flask, make: Make, browser: Browser) -> None:
    me: Any = browser.signed_in_as(make.person())

    with held(app, "audit_entry"):
        refused = me.download("visits.export")

    assert refused.status_code == 503
    assert "attachment" not in refused.headers.get("Content-Disposition", "")
