"""The page of the audit log: what administrators see of it, and what nobody sees."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest

from crm.administration.wording import DEEDS
from crm.policy import Role
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.visits.steps import new_form, send

ROOT = Path(__file__).resolve().parents[2]


def administrator(make: Make, browser: Browser) -> Browser:
    return browser.signed_in_as(make.person(Role.NONE, is_administrator=True))


def test_a_change_stands_in_the_log_without_its_content(make: Make, browser: Browser) -> None:
    author, lead = make.person(name="Erna Muster"), make.organisation("KANARIE GmbH")
    me = browser.signed_in_as(author)
    send(new_form(me, organisation=lead.id), {"summary": "KANARIE singt."})

    page = administrator(make, browser).open("administration.audit_log", person=author.id)

    assert any("Erna Muster" in line and "Besuch" in line for line in page.texts("tbody tr"))
    assert "KANARIE" not in page.text


def test_filters_narrow_page_and_file_alike(make: Make, browser: Browser) -> None:
    author = make.person(name="Erna Muster")
    me = browser.signed_in_as(author)
    send(new_form(me, organisation=make.organisation().id), {"summary": "Gut."})
    admin = administrator(make, browser)

    page = admin.open("administration.audit_log", thing="visit", action="logged")
    text = admin.download("administration.export", thing="visit", action="logged").text

    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";"))
    assert "1 Eintrag" in page.text
    assert len(rows) == 2
    assert rows[1][1:4:2] == ["Erna Muster", "erfasst"]
    assert "0 Einträge" in admin.open("administration.audit_log", until="1.1.2020").text


def test_signing_in_and_out_and_files_stand_in_the_log(make: Make, browser: Browser) -> None:
    person = make.person(name="Erna Muster")
    me = browser.signed_in_as(person)
    me.download("visits.export")
    me.post(me.url("accounts.sign_out"), [])
    for password in ("falsch geraten, ganz falsch", PASSWORD):
        browser.open("accounts.sign_in").submit(email=person.email, password=password)

    page = administrator(make, browser).open("administration.audit_log")

    said = page.texts("tbody tr")
    for deed in ("heruntergeladen", "abgemeldet", "angemeldet", "abgelehnt"):
        assert any(deed in line for line in said), (deed, said)
    assert any("/visits.csv" in line for line in said)


@pytest.mark.parametrize("role", Role)
def test_nobody_but_administrators_opens_it(role: Role, make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person(role))

    for endpoint in ("administration.audit_log", "administration.export"):
        assert me.download(endpoint).status_code == 403


def test_every_deed_has_a_word() -> None:
    said = set()
    for path in (ROOT / "crm").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in {"record", "tell"} and len(node.args) > 1:
                deed = node.args[1]
                said |= {deed.value} if isinstance(deed, ast.Constant) else set()

    assert said - set(DEEDS) == set()
