"""An officer logs a partner talk: with the mouse, and again by keyboard alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pypdf
import pytest
from playwright.sync_api import Locator, Page, expect

from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Role
from crm.visits.models import VisitStatus
from tests.e2e.talk import (
    CHALLENGES,
    DAY,
    FOR_COMPANY,
    MATTERS,
    NEXT_STEP,
    PARTNER,
    PROMISED,
    SUMMARY,
)
from tests.make import Make


@pytest.fixture
def partner(make: Make) -> Organisation:
    partner = make.organisation(PARTNER, kind=OrganisationKind.PARTNER)
    make.contact(partner, family_name="Beispiel")
    return partner


def panel(page: Page, topic: str) -> Locator:
    """Return the group of a chosen topic."""
    return page.get_by_role("group", name=topic, exact=True)


def pdf_text(page: Page, link: str) -> str:
    """Follow a link to a report; return the text of the PDF."""
    url = page.get_by_role("link", name=link, exact=True).get_attribute("href")
    answer = page.context.request.get(page.url.partition("/visits")[0] + (url or ""))
    assert answer.headers["content-type"] == "application/pdf"
    return "\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(answer.body())).pages)


def start(page: Page) -> None:
    """Open the form of a new visit and wait for the cursor, as a person does before typing."""
    page.goto("/visits/new")
    expect(page.get_by_role("combobox", name="Organisation", exact=True)).to_be_focused()


def write_down(page: Page) -> None:
    """Fill in the whole talk, all but the date."""
    page.get_by_role("combobox", name="Organisation", exact=True).press_sequentially("standortg")
    page.get_by_role("option", name=PARTNER).click()
    page.get_by_role("checkbox", name="Beispiel").check()
    for topic in CHALLENGES:
        page.get_by_role("checkbox", name=topic, exact=True).check()
    for topic, (note, flag) in MATTERS.items():
        page.get_by_role("checkbox", name=topic, exact=True).check()
        panel(page, topic).get_by_label("Notiz").fill(note)
        panel(page, topic).get_by_label(flag).check()
    urgent = panel(page, "Behörden & Verfahren")
    expect(urgent.get_by_label("Anliegen eröffnen")).to_be_checked()
    urgent.get_by_role("button", name="Wiedervorlage hinzufügen").click()
    urgent.get_by_label("Was").fill(NEXT_STEP)
    urgent.get_by_label("Bis wann").fill("27.11.2026")
    offers = panel(page, "Förderung & Finanzierung")
    offers.get_by_label("Für das Unternehmen").check()
    offers.get_by_role("button", name="Wiedervorlage hinzufügen").click()
    offers.get_by_label("Was").fill(PROMISED)
    offers.get_by_role("button", name="1 Woche").click()
    offers.get_by_label("Zugesagt").check()
    page.get_by_label("Zusammenfassung").fill(SUMMARY)
    page.get_by_label("Text für das Unternehmen").fill(FOR_COMPANY)


def expect_everything_typed(page: Page) -> None:
    """Expect the form to hold the whole talk."""
    for topic, (note, flag) in MATTERS.items():
        expect(panel(page, topic).get_by_label("Notiz")).to_have_value(note)
        expect(panel(page, topic).get_by_label(flag)).to_be_checked()
    for topic in CHALLENGES:
        expect(page.get_by_role("checkbox", name=topic, exact=True)).to_be_checked()
    was = {"Behörden & Verfahren": NEXT_STEP, "Förderung & Finanzierung": PROMISED}
    for topic, title in was.items():
        expect(panel(page, topic).get_by_label("Was")).to_have_value(title)
    expect(page.get_by_label("Zusammenfassung")).to_have_value(SUMMARY)
    expect(page.get_by_label("Text für das Unternehmen")).to_have_value(FOR_COMPANY)


def expect_everything_said(page: Page) -> None:
    """Expect the visit's page to tell the whole talk."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{PARTNER}, {DAY}")
    for topic, (note, _flag) in MATTERS.items():
        expect(page.get_by_role("article", name=topic)).to_contain_text(note)
    for topic in CHALLENGES:
        expect(page.get_by_role("article", name=topic)).to_be_visible()
    for title in (NEXT_STEP, PROMISED):
        expect(page.get_by_role("link", name=title)).to_be_visible()


def test_an_officer_logs_a_partner_talk_and_finds_it_again(
    make: Make, window: Callable[..., Page], partner: Organisation
) -> None:
    page = window(make.person(Role.OFFICER))
    start(page)
    write_down(page)
    page.get_by_label("Datum", exact=True).fill("99.99.")
    page.get_by_role("button", name="Besuch abschließen").click()

    # A date that is none: said beside the field and in the summary, and nothing is lost
    expect(page.get_by_role("alert")).to_contain_text("Bitte geben Sie ein Datum")
    expect(page.get_by_label("Datum", exact=True)).to_have_value("99.99.")
    expect_everything_typed(page)

    page.get_by_label("Datum", exact=True).fill(DAY)
    page.get_by_role("button", name="Besuch abschließen").click()
    expect_everything_said(page)

    page.get_by_role("link", name="Bearbeiten", exact=True).click()
    page.get_by_label("Zusammenfassung").fill("Kürzer gefasst.")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.get_by_text("Kürzer gefasst.")).to_be_visible()
    expect_everything_said(page)

    page.goto("/visits?q=standortges")
    expect(page.get_by_role("link", name=PARTNER)).to_have_count(1)
    expect(page.get_by_text("1 Eintrag")).to_be_visible()
    page.goto("/concerns")
    expect(page.get_by_text("1 Anliegen")).to_be_visible()
    page.goto("/follow-ups")
    expect(page.get_by_text("2 Wiedervorlagen")).to_be_visible()


def test_the_company_gets_only_what_is_ticked_for_it(
    make: Make, window: Callable[..., Page], partner: Organisation
) -> None:
    page = window(make.person(Role.OFFICER))
    page.goto("/visits/new")
    write_down(page)
    page.get_by_label("Datum", exact=True).fill(DAY)
    page.get_by_role("button", name="Besuch abschließen").click()
    expect_everything_said(page)

    for_file = pdf_text(page, "Bericht (PDF)")
    for_company = pdf_text(page, "Bericht für das Unternehmen (PDF)")

    assert "Verfahren gemeinsam vereinfachen" in for_file
    assert "Offenes Gespräch" in for_file
    assert "Verfahren gemeinsam vereinfachen" not in for_company
    assert "Offenes Gespräch" not in for_company
    assert NEXT_STEP not in for_company
    assert "Die Angebote der Agentur kennen viele nicht" in for_company
    assert "Vielen Dank für das Gespräch" in for_company
    assert PROMISED in for_company


@pytest.mark.gate("B2")
def test_the_same_talk_by_keyboard_alone(
    make: Make, window: Callable[..., Page], partner: Organisation
) -> None:
    page = window(make.person(Role.OFFICER))
    start(page)
    keys = page.keyboard

    keys.type("standortg")
    expect(page.get_by_role("option", name=PARTNER)).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_role("checkbox", name="Beispiel")).to_be_visible()
    tab_to(page, page.get_by_label("Datum", exact=True))
    keys.press("Control+A")
    keys.type(DAY)
    tab_to(page, page.get_by_role("checkbox", name="Beispiel"))
    keys.press("Space")
    for topic in ("Nachfolge", "Behörden & Verfahren"):
        tab_to(page, page.get_by_role("checkbox", name=topic, exact=True))
        keys.press("Space")
    urgent = panel(page, "Behörden & Verfahren")
    tab_to(page, urgent.get_by_label("Info"))
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(urgent.get_by_label("Dringend")).to_be_checked()
    tab_to(page, urgent.get_by_label("Notiz"))
    keys.type(MATTERS["Behörden & Verfahren"][0])
    tab_to(page, urgent.get_by_role("button", name="Wiedervorlage hinzufügen"))
    keys.press("Enter")
    expect(urgent.get_by_label("Was")).to_be_focused()
    keys.type(NEXT_STEP)
    tab_to(page, urgent.get_by_label("Bis wann"))
    keys.type("+2w")
    keys.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(f"{PARTNER}, {DAY}")
    expect(page.get_by_role("article", name="Behörden & Verfahren")).to_contain_text("Dringend")
    expect(page.get_by_role("article", name="Nachfolge")).to_be_visible()
    expect(page.get_by_role("link", name=NEXT_STEP)).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Bericht (PDF)", exact=True))
    tab_to(page, page.get_by_role("link", name="Bericht für das Unternehmen (PDF)", exact=True))


def tab_to(page: Page, wanted: Locator, *, at_most: int = 120) -> None:
    """Press Tab until `wanted` has the focus."""
    for _ in range(at_most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"not reached by {at_most} tabs: {wanted}")


def test_a_visit_takes_at_most_fifteen_clicks_or_chords(
    make: Make, window: Callable[..., Page]
) -> None:
    """Existing organisation, one contact, two topics (one urgent), two follow-ups."""
    company = make.organisation("Häusler Musterbau GmbH")
    make.contact(company, family_name="Muster")
    page = window(make.person(Role.OFFICER))
    start(page)
    steps = 0

    def click(place: Locator) -> None:
        nonlocal steps
        steps += 1
        place.click()

    page.keyboard.type("haeus")
    click(page.get_by_role("option", name="Häusler Musterbau GmbH"))
    click(page.locator("label", has_text="Muster").filter(has=page.locator("[name=contacts]")))
    for topic in ("Nachfolge", "Fachkräfte"):
        click(page.locator(".topic > label", has_text=topic))
        click(panel(page, topic).get_by_label("Notiz"))
        page.keyboard.type("Was gesagt wurde.")
        if topic == "Nachfolge":
            click(panel(page, topic).locator("label", has_text="Dringend"))
        click(panel(page, topic).get_by_role("button", name="Wiedervorlage hinzufügen"))
        page.keyboard.type("Nachfassen")
        click(panel(page, topic).get_by_role("button", name="1 Woche"))
    steps += 1
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Häusler Musterbau GmbH")
    assert steps <= 15


def test_what_is_typed_is_kept_as_a_draft_at_every_pause(
    make: Make, window: Callable[..., Page]
) -> None:
    person = make.person(Role.OFFICER)
    page = window(person)
    page.goto("/visits/new")
    for text in ("Halb fertig", "Fast fertig"):
        with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
            page.get_by_label("Zusammenfassung").fill(text)
        assert kept.value.ok
        expect(page.locator("#draft-state")).to_contain_text("Entwurf gesichert um")

    page.reload()
    expect(page.get_by_label("Zusammenfassung")).to_have_value("Fast fertig")
    other = window(person)
    other.goto("/")
    other.get_by_role("link", name="Fast fertig").click()
    expect(other.get_by_label("Zusammenfassung")).to_have_value("Fast fertig")

    other.get_by_role("button", name="Entwurf verwerfen").click()
    expect(other.get_by_text("Kein Entwurf wartet auf seinen Abschluss.")).to_be_visible()
    other.get_by_role("button", name="Rückgängig").click()
    expect(other.get_by_label("Zusammenfassung")).to_have_value("Fast fertig")


def test_what_is_typed_over_a_plan_is_kept_at_every_pause(
    make: Make, window: Callable[..., Page]
) -> None:
    person = make.person(Role.OFFICER)
    visit = make.visit(VisitStatus.PLANNED, owner=person)
    page = window(person)
    page.goto(f"/visits/{visit.id}/edit")
    with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        page.get_by_label("Zusammenfassung").fill("Halb fertig")
    assert kept.value.ok
    expect(page.locator("#draft-state")).to_contain_text("Eingaben gesichert um")

    page.reload()

    expect(page.get_by_label("Zusammenfassung")).to_have_value("Halb fertig")
    page.get_by_role("button", name="Eingaben verwerfen").click()
    expect(page.get_by_label("Zusammenfassung")).not_to_have_value("Halb fertig")


def test_two_windows_on_one_draft_are_told_of_each_other(
    make: Make, window: Callable[..., Page]
) -> None:
    person = make.person(Role.OFFICER)
    page = window(person)
    page.goto("/visits/new")
    page.get_by_label("Zusammenfassung").fill("Eins")
    expect(page.locator("#draft-state")).to_contain_text("Entwurf gesichert um")
    other = window(person)
    other.goto(page.url)
    other.get_by_label("Zusammenfassung").fill("Zwei")
    expect(other.locator("#draft-state")).to_contain_text("Entwurf gesichert um")

    page.get_by_label("Zusammenfassung").fill("Drei")

    expect(page.locator("#draft-state")).to_contain_text("Jemand anderes hat inzwischen")
    page.get_by_role("button", name="Als Entwurf sichern").click()
    expect(page.get_by_role("cell", name="Zwei")).to_be_visible()
    expect(page.get_by_role("cell", name="Drei")).to_be_visible()


def test_a_colleague_is_told_of_by_the_day_of_the_visit(
    make: Make, window: Callable[..., Page]
) -> None:
    company = make.organisation("Häusler Musterbau GmbH")
    make.visit(
        owner=make.person(name="Karla Kollegin"), organisation=company, visited_on=date(2026, 3, 3)
    )
    page = window(make.person(Role.OFFICER))
    page.goto(f"/visits/new?organisation={company.id}")
    expect(page.get_by_text("Besuch von Karla Kollegin")).to_have_count(0)

    page.get_by_label("Datum", exact=True).fill("10.3.2026")
    page.get_by_label("Zusammenfassung").focus()

    expect(page.get_by_text("Besuch von Karla Kollegin")).to_be_visible()


def test_back_and_a_second_sending_make_no_second_visit(
    make: Make, window: Callable[..., Page]
) -> None:
    make.organisation("Beispielwerk GmbH")
    page = window(make.person(Role.OFFICER))
    page.goto("/visits/new")
    page.get_by_role("combobox", name="Organisation", exact=True).press_sequentially("beispiel")
    page.get_by_role("option", name="Beispielwerk GmbH").click()
    page.get_by_label("Zusammenfassung").fill("Einmal gesagt.")
    page.get_by_role("button", name="Besuch abschließen").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Beispielwerk GmbH")

    page.go_back()
    expect(page.get_by_label("Zusammenfassung")).to_be_visible()
    page.go_forward()
    page.reload()

    page.goto("/visits")
    expect(page.get_by_role("link", name="Beispielwerk GmbH")).to_have_count(1)
