"""Official procedures that are accompanied with a concern: entered, decided, counted."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus

import pytest

from crm.clock import today
from crm.concerns.models import Concern, Stage
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser, Page, Value

_PERMIT: dict[str, Value] = {"title": "Baugenehmigung", "office": "Bauamt Probedorf"}
_AHEAD = "Bitte geben Sie heute oder einen früheren Tag an."


def _days_ago(days: int) -> str:
    return (today() - timedelta(days=days)).strftime("%d.%m.%Y")


def _shown(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.texts("#procedures li")]


def _new(browser: Browser, concern: Concern) -> Page:
    return browser.open("concerns.new_procedure", concern_id=concern.id)


def test_a_procedure_is_entered_and_decided_later(make: Make, browser: Browser) -> None:
    concern = make.concern(owner=make.officer)
    page = browser.signed_in_as(make.officer).open("concerns.show", concern_id=concern.id)

    entered = page.follow("Verfahren eintragen").submit(fields=_PERMIT, begun_on=_days_ago(42))
    decided = entered.follow("Baugenehmigung").submit(
        button="Änderungen sichern", decided_on=_days_ago(2)
    )

    begun = f"Baugenehmigung Bauamt Probedorf · begonnen am {_days_ago(42)}"
    assert "Zu diesem Anliegen ist kein Verfahren bei einem Amt eingetragen." in page.text
    assert _shown(entered) == [f"{begun} läuft seit 42 Tagen"]
    assert _shown(decided) == [f"{begun} entschieden am {_days_ago(2)} nach 40 Tagen"]
    history = " ".join(decided.text.split())
    assert "hat ein Verfahren eingetragen" in history
    assert f"hat ein Verfahren geändert: entschieden am {_days_ago(2)}" in history


def test_one_day_is_one_day_and_today_is_none(make: Make, browser: Browser) -> None:
    concern = make.concern(owner=make.officer, stage=Stage.CLOSED)
    day = today()
    make.procedure(concern, begun_on=day - timedelta(days=1), title="A")
    make.procedure(concern, begun_on=day, title="B")
    make.procedure(concern, begun_on=day, decided_on=day, title="C")

    page = browser.signed_in_as(make.officer).open("concerns.show", concern_id=concern.id)

    assert page.texts("#procedures .kern-badge") == [
        "läuft seit 1 Tag", "läuft seit heute", f"entschieden am {_days_ago(0)}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"title": " "}, "title", "Bitte nennen Sie das Verfahren."),
        ({"office": ""}, "office", "Bitte nennen Sie das Amt oder die Behörde."),
        ({"begun_on": ""}, "begun_on", "Bitte geben Sie an, wann das Verfahren begonnen hat."),
        ({"begun_on": "32.1."}, "begun_on",
         "Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein."),
        ({"begun_on": "morgen"}, "begun_on", _AHEAD),
        ({"decided_on": "morgen"}, "decided_on", _AHEAD),
        ({"decided_on": "1.1.2020"}, "decided_on",
         "Die Entscheidung kann nicht vor dem Beginn liegen."),
    ],
)  # fmt: skip
def test_what_is_missing_or_cannot_be_is_named_and_comes_back(
    typed: dict[str, str], field: str, sentence: str, make: Make, browser: Browser
) -> None:
    concern = make.concern(owner=make.officer)
    page = _new(browser.signed_in_as(make.officer), concern)

    asked = page.submit(fields={**_PERMIT, "begun_on": "1.2.2026", **typed})

    assert asked.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert asked.texts(f"#{field}-error") == [sentence]
    assert asked.attributes("#title", "value") == [_PERMIT["title"] if field != "title" else ""]


def test_who_saves_second_sees_both_versions(make: Make, browser: Browser) -> None:
    procedure = make.procedure(make.concern(owner=make.officer))
    me = browser.signed_in_as(make.officer)
    url = me.url("concerns.edit_procedure", concern_id=procedure.concern_id,
                 procedure_id=procedure.id)  # fmt: skip
    mine, theirs = me.open_url(url), me.open_url(url)
    theirs.submit(button="Änderungen sichern", office="Bauamt Musterstadt")

    asked = mine.submit(button="Änderungen sichern", office="Kreisbauamt")
    saved = asked.submit(button="Änderungen sichern")

    assert asked.status == HTTPStatus.CONFLICT
    assert "Bauamt Musterstadt" in asked.texts("table")[0]
    assert _shown(saved)[0].startswith("Baugenehmigung Kreisbauamt ·")


def test_a_second_click_enters_no_second_one(make: Make, browser: Browser) -> None:
    concern = make.concern(owner=make.officer)
    page = _new(browser.signed_in_as(make.officer), concern)

    page.submit(fields=_PERMIT, begun_on="1.2.2026")
    again = page.submit(fields=_PERMIT, begun_on="1.2.2026")

    assert len(_shown(again)) == 1


def test_one_entered_by_mistake_is_removed_and_comes_back(make: Make, browser: Browser) -> None:
    procedure = make.procedure(
        make.concern(owner=make.officer), begun_on=date(2026, 2, 1), decided_on=date(2026, 3, 1)
    )
    me = browser.signed_in_as(make.officer)
    page = me.open("concerns.edit_procedure", concern_id=procedure.concern_id,
                   procedure_id=procedure.id)  # fmt: skip

    removed = page.submit(button="Verfahren entfernen")
    again = page.submit(button="Verfahren entfernen")
    back = removed.submit(button="Rückgängig")

    assert _shown(removed) == _shown(again) == []
    assert "„Baugenehmigung“ ist entfernt." in removed.text
    begun = "Baugenehmigung Bauamt Probedorf · begonnen am 01.02.2026"
    assert _shown(back) == [f"{begun} entschieden am 01.03.2026 nach 28 Tagen"]


def test_it_is_seen_and_changed_by_whom_the_concern_is(make: Make, browser: Browser) -> None:
    secret = make.procedure(
        make.concern(owner=make.officer, visibility=Visibility.MANAGERS), "Finanzamt Probedorf"
    )
    shared = make.procedure(make.concern(owner=make.officer))
    colleague = make.person(team=make.team(body=make.home_body))
    reader = make.person(Role.READER)

    def statuses(browser: Browser, concern_id: object, procedure_id: object) -> list[int]:
        keys = {"concern_id": concern_id, "procedure_id": procedure_id}
        return [
            browser.open("concerns.show", concern_id=concern_id).status,
            browser.open("concerns.new_procedure", concern_id=concern_id).status,
            browser.open("concerns.edit_procedure", **keys).status,
            browser.post(browser.url("concerns.remove_procedure", **keys), []).status,
        ]

    for person in (colleague, reader):
        theirs = browser.signed_in_as(person)
        hidden = [HTTPStatus.NOT_FOUND] * 4 if person is colleague else [404, 403, 403, 403]
        assert statuses(theirs, secret.concern_id, secret.id) == hidden
        assert statuses(theirs, shared.concern_id, shared.id) == [200, 403, 403, 403]
        page = theirs.open("concerns.show", concern_id=shared.concern_id)
        assert not page.soup.select("#procedures a")
    mine = browser.signed_in_as(make.officer)
    # Of another concern
    assert mine.open(
        "concerns.edit_procedure", concern_id=shared.concern_id, procedure_id=secret.id
    ).status == HTTPStatus.NOT_FOUND  # fmt: skip
    own = make.concern(owner=colleague)
    offered = _new(browser.signed_in_as(colleague), own).attributes("#offices option", "value")
    assert offered == ["Bauamt Probedorf"]


def test_list_and_file_are_narrowed_by_procedures(make: Make, browser: Browser) -> None:
    concern = make.concern("Halle", owner=make.officer)
    decided_on = today() - timedelta(days=3)
    make.procedure(concern)
    make.procedure(concern, "Forstamt", begun_on=decided_on, decided_on=decided_on)
    make.procedure(make.concern("Wald", owner=make.officer), "Forstamt")
    make.concern("Nichts", owner=make.officer)
    me = browser.signed_in_as(make.officer)

    def counted(**wanted: str) -> str:
        return me.open("concerns.index", scope="all", **wanted).texts(".result-line strong")[0]

    assert counted() == "3 Anliegen"
    assert counted(procedure="any") == "3 Verfahren zu 2 Anliegen"
    assert counted(procedure="running") == "2 Verfahren zu 2 Anliegen"
    assert counted(procedure="decided", office="Forstamt") == "1 Verfahren zu 1 Anliegen"
    assert counted(office="Bauamt Probedorf", procedure="decided") == "0 Verfahren zu 0 Anliegen"
    assert counted(decided_until=str(decided_on)) == "1 Verfahren zu 1 Anliegen"
    page = me.open("concerns.index", scope="all", procedure="decided", office="Forstamt")
    assert page.texts(".narrowed li") == ["Aufheben: Amt: Forstamt ×"]
    file = me.download("concerns.export", scope="all", procedure="decided").get_data(as_text=True)
    lines = file.splitlines()
    assert len(lines) == 2
    assert f"Baugenehmigung (Bauamt Probedorf), {_days_ago(30)} – läuft; Bau" in lines[1]
    assert f"(Forstamt), {_days_ago(3)} – {_days_ago(3)}" in lines[1]
