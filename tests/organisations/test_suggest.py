from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.clock import now
from crm.policy import Role
from tests.make import Make
from tests.page import Browser


def test_suggestions_say_name_place_and_kind(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(name="Häusler <b>GmbH</b>", municipality="Musterstadt")
    make.organisation("Häusler fremd", team=make.team())

    answer = officer.download("organisations.suggest", q="haeus")

    assert [(item["name"], item["detail"]) for item in answer.json or []] == [
        ("Häusler <b>GmbH</b>", "Musterstadt · Unternehmen")
    ]
    assert answer.headers["Cache-Control"] == "no-store"
    found = (answer.json or [])[0]
    assert found["url"] == f"/organisations/{found['id']}"


def test_duplicates_are_answered_while_typing(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    officer.open("organisations.new").submit(
        name="Häusler GmbH", municipality="M", phones="0391 123456"
    )

    by_phone = officer.download(
        "organisations.suggest", q="Anders", duplicates="1", phone="+49391123456"
    )
    by_name = officer.download("organisations.suggest", q="Haeusler", duplicates="1")

    assert [item["reason"] for item in by_phone.json or []] == ["gleiche Telefonnummer"]
    assert [item["reason"] for item in by_name.json or []] == ["gleicher Name"]


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.MANAGER])
def test_who_reads_organisations_gets_suggestions(role: Role, make: Make, browser: Browser) -> None:
    answer = browser.signed_in_as(make.person(role)).download("organisations.suggest", q="x")

    assert answer.json == []


def test_an_administrator_alone_gets_none(make: Make, browser: Browser) -> None:
    alone = make.person(Role.NONE, is_administrator=True)

    answer = browser.signed_in_as(alone).download("organisations.suggest", q="x")

    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_an_archived_organisation_may_be_a_duplicate_and_says_so(
    make: Make, browser: Browser
) -> None:
    make.organisation("Muster", archived_at=now(), archived_reason="zu")
    officer = browser.signed_in_as(make.officer)

    answer = officer.download("organisations.suggest", q="Muster", duplicates="1")

    assert [item["detail"] for item in answer.json or []] == [
        "Musterstadt · Unternehmen · archiviert"
    ]
