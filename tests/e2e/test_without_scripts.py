"""The visit form without JavaScript: every step has a button of its own."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from crm.organisations.models import OrganisationKind
from crm.policy import Role
from tests.e2e.talk import DAY, MATTERS, NEXT_STEP, PARTNER, SUMMARY
from tests.make import Make


def test_a_partner_talk_is_logged_edited_and_handed_out(
    make: Make, window: Callable[..., Page]
) -> None:
    partner = make.organisation(PARTNER, kind=OrganisationKind.PARTNER)
    make.contact(partner, family_name="Beispiel")
    page = window(make.person(Role.OFFICER), javascript=False)
    page.goto("/visits/new")

    page.get_by_label("Organisation", exact=True).fill(PARTNER)
    page.get_by_role("button", name="Angaben zur Organisation laden").click()
    page.locator("label", has_text="Beispiel").locator("input[name=contacts]").check()
    page.get_by_label("Datum", exact=True).fill(DAY)
    for topic, (note, flag) in MATTERS.items():
        page.get_by_role("checkbox", name=topic, exact=True).check()
        group = page.get_by_role("group", name=topic, exact=True)
        group.get_by_label("Notiz").fill(note)
        group.get_by_label(flag).check()
    group = page.get_by_role("group", name="Behörden & Verfahren", exact=True)
    group.get_by_label("Anliegen eröffnen").check()
    group.get_by_role("button", name="Wiedervorlage hinzufügen").click()
    expect(group.get_by_label("Notiz")).to_have_value(MATTERS["Behörden & Verfahren"][0])
    group.get_by_label("Was").fill(NEXT_STEP)
    group.get_by_label("Bis wann").fill("nie")
    page.get_by_label("Zusammenfassung").fill(SUMMARY)
    page.get_by_role("button", name="Besuch abschließen").click()

    expect(page.get_by_role("alert")).to_contain_text("Bitte geben Sie ein Datum")
    expect(group.get_by_label("Was")).to_have_value(NEXT_STEP)
    group.get_by_label("Bis wann").fill("+1w")
    page.get_by_role("button", name="Besuch abschließen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{PARTNER}, {DAY}")
    expect(page.get_by_role("link", name=NEXT_STEP)).to_be_visible()

    page.get_by_role("link", name="Bearbeiten", exact=True).click()
    page.get_by_label("Zusammenfassung").fill("Kürzer gefasst.")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.get_by_text("Kürzer gefasst.")).to_be_visible()
    for name in ("Bericht (PDF)", "Bericht für das Unternehmen (PDF)"):
        url = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        answer = page.context.request.get(page.url.partition("/visits")[0] + (url or ""))
        assert answer.body().startswith(b"%PDF")


def test_a_new_organisation_is_made_together_with_the_visit(
    make: Make, window: Callable[..., Page]
) -> None:
    page = window(make.person(Role.OFFICER), javascript=False)
    page.goto("/visits/new")
    page.get_by_label("Organisation", exact=True).fill("Ganz Neue Muster GmbH")
    page.get_by_label("Zusammenfassung").fill("Erstes Gespräch.")
    page.get_by_role("button", name="Besuch abschließen").click()
    expect(page.get_by_role("alert")).to_contain_text("noch nicht erfasst")

    page.get_by_label("Als neue Organisation anlegen").check()
    page.get_by_label("Gemeinde", exact=True).fill("Musterstadt")
    page.get_by_role("button", name="Besuch abschließen").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ganz Neue Muster GmbH")


def test_enter_in_a_field_keeps_the_input(make: Make, window: Callable[..., Page]) -> None:
    page = window(make.person(Role.OFFICER), javascript=False)
    page.goto("/visits/new")
    page.get_by_label("Zusammenfassung").fill("Noch nicht fertig.")

    page.get_by_label("Datum", exact=True).press("Enter")

    expect(page.get_by_text("Der Entwurf ist gesichert.")).to_be_visible()
    expect(page.get_by_label("Zusammenfassung")).to_have_value("Noch nicht fertig.")
