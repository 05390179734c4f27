"""The page of the audit log: what administrators see of it, and what nobody sees."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.administration.wording import DEEDS
from crm.policy import Role
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.visits.steps import about, new_form, send

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
    for deed in ("heruntergeladen", "abgemeldet", "angemeldet", "unbekannt Anmeldung abgelehnt"):
        assert any(deed in line for line in said), (deed, said)
    assert any("/visits.csv" in line for line in said)


@pytest.mark.parametrize("role", Role)
def test_nobody_but_administrators_opens_it(role: Role, make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person(role))

    for endpoint in ("administration.audit_log", "administration.export"):
        assert me.download(endpoint).status_code == 403


def test_without_a_filter_every_line_is_counted(make: Make, browser: Browser) -> None:
    for _ in range(3):
        make.audit_line()

    page = administrator(make, browser).open("administration.audit_log")

    assert page.texts(".result-line") == ["3 Einträge"]
    assert len(page.texts("tbody tr")) == 3


def test_an_edit_names_its_fields_as_the_forms_do(make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person(name="Erna Muster"))
    contact, visit = make.contact(), make.visit(owner=make.officer)
    make.topic_note(visit, "innovation")
    page = me.open("contacts.edit", contact_id=contact.id)
    page.submit(phone="03991 123456", function="KANARIE")
    page = me.open("visits.edit", visit_id=visit.id)
    values = about(page, "Innovation", note="KANARIE") | {"summary": "KANARIE"}
    send(page, values, intent="save")
    admin = administrator(make, browser)

    said = admin.open("administration.audit_log", action="edited").texts("tbody td:nth-child(5)")
    file = admin.download("administration.export", action="edited").text

    assert sorted(said) == ["Funktion, Telefon", "Gesprächspunkte, Zusammenfassung"]
    assert "KANARIE" not in file
    assert "Funktion, Telefon" in file


def test_a_thing_leads_to_all_that_happened_to_it(make: Make, browser: Browser) -> None:
    me = browser.signed_in_as(make.person())
    for name in ("Anna", "Berta"):
        page = me.open("contacts.edit", contact_id=make.contact().id)
        page.submit(function=name)
    admin = administrator(make, browser)

    page = admin.open("administration.audit_log")
    of_one = page.follow("Ansprechpartner/-in")

    assert (len(page.texts("tbody tr")), len(of_one.texts("tbody tr"))) == (2, 1)
    assert of_one.texts(".narrowed li") == ["Aufheben: Ansprechpartner/-in ×"]


# Where an argument of a call becomes the deed of an audit line, and which one
DEED_OF = {"record": 1, "tell": 1, "record_both": 1, "_change": 2, "_step": 1}


def deeds_in(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if "audit" not in source and "record_both" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if len(node.args) <= DEED_OF.get(name, len(node.args)):
            continue
        argument = node.args[DEED_OF[name]]
        choices = (
            [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        )
        deeds = [str(one.value) for one in choices if isinstance(one, ast.Constant)]
        yield from deeds
        if name == "record_both":
            yield from (f"referral_{deed}" for deed in deeds)


def test_every_deed_has_a_word() -> None:
    said = {deed for path in (ROOT / "crm").rglob("*.py") for deed in deeds_in(path)}

    assert len(said) > 50
    assert said - set(DEEDS) == set()
    assert set(DEEDS) - said == set()
    assert len({str(word) for word in DEEDS.values()}) == len(DEEDS)
