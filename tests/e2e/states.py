"""How every page and state of the demo is reached, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

from tests.e2e.administering import STATES_OF_SETTINGS
from tests.e2e.people import STATES_OF_PEOPLE
from tests.e2e.ways import at, first_of, of_first


def visit_form_in_use(page: Page) -> None:
    page.goto("/visits/new")
    page.get_by_role("combobox", name="Organisation", exact=True).press_sequentially("muster")
    expect(page.get_by_role("option").first).to_be_visible()


def visit_form_filled(page: Page) -> None:
    visit_form_in_use(page)
    page.get_by_role("option").first.click()
    expect(page.locator("[data-part=around] h2").nth(1)).to_be_visible()
    for topic, flag in (("Nachfolge", "Dringend"), ("Fachkräfte", "Beobachten")):
        page.get_by_role("checkbox", name=topic, exact=True).check()
        group = page.get_by_role("group", name=topic, exact=True)
        group.get_by_label(flag).check()
        group.get_by_label("Vertraulich mitgeteilt").check()
        group.get_by_label("Für das Unternehmen").check()
        group.get_by_role("button", name="Wiedervorlage hinzufügen").click()
    for summary in page.locator("details.more > summary").all():
        summary.click()


def visit_form_with_errors(page: Page) -> None:
    page.goto("/visits/new")
    page.get_by_role("combobox", name="Organisation", exact=True).fill("Gibt es gar nicht")
    page.keyboard.press("Escape")
    page.get_by_label("Datum", exact=True).fill("99.99.")
    page.get_by_role("button", name="Besuch abschließen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def visit_changes(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Besuch: ").first.click()
    expect(page.locator("aside details.more").first).to_be_visible()
    for summary in page.locator("aside details.more > summary").all():
        summary.click()
    page.get_by_role("button", name="Besuch archivieren").click()
    expect(page.locator("#archive-reason-error")).to_be_visible()


def planned_visit_form(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Hat stattgefunden").first.click()
    expect(page.get_by_role("button", name="Planung sichern")).to_be_visible()


def concern_closing(page: Page) -> None:
    first_of("/concerns?scope=mine")(page)
    page.get_by_label("Stand", exact=True).select_option("closed")
    page.get_by_role("button", name="Stand ändern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def concern_closing_with_open_referrals(page: Page) -> None:
    page.goto("/referrals?scope=mine")
    page.locator("main table tbody a").first.click()
    page.locator("main a[href^='/concerns/']").first.click()
    page.get_by_label("Stand", exact=True).select_option("closed")
    expect(page.locator("#open-referrals")).to_be_visible()


def person_menu(page: Page) -> None:
    page.goto("/visits")
    page.get_by_text("Konto von").locator("xpath=ancestor::summary").click()
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def phone_menu(page: Page) -> None:
    page.goto("/visits")
    if page.get_by_text("Menü", exact=True).is_visible():
        page.get_by_text("Menü", exact=True).click()
        expect(page.get_by_role("link", name="Mein Tag", exact=True)).to_be_visible()


def duplicates_shown(page: Page) -> None:
    page.goto("/organisations/new")
    page.get_by_label("Name", exact=True).press_sequentially("Beispielwerk")
    expect(page.locator("[data-part=duplicates]")).to_be_visible()


def organisation_form_with_errors(page: Page) -> None:
    page.goto("/organisations/new")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("alert")).to_be_visible()


def menu_open(page: Page) -> None:
    page.goto("/follow-ups")
    page.locator("main table details.menu > summary").first.click()
    expect(page.locator("main table details[open]")).to_be_visible()


def referral_form(page: Page) -> None:
    page.goto("/referrals?scope=mine")
    page.locator("main table tbody td[data-label=Anliegen] a").first.click()
    page.get_by_role("link", name="Vermitteln", exact=True).click()
    page.get_by_role("link", name="Auswählen").first.click()
    expect(page.get_by_role("radio").first).to_be_visible()


def referral_form_with_errors(page: Page) -> None:
    referral_form(page)
    page.get_by_role("radio", name="Jemand anderes").check()
    page.get_by_role("button", name="Vermitteln").click()
    expect(page.get_by_role("alert")).to_be_visible()


def choosing_a_partner(page: Page) -> None:
    page.goto("/referrals?scope=mine")
    page.locator("main table tbody td[data-label=Anliegen] a").first.click()
    page.get_by_role("link", name="Vermitteln", exact=True).click()
    expect(page.get_by_role("link", name="Auswählen").first).to_be_visible()


def referral_mail(page: Page) -> None:
    page.goto("/referrals?scope=mine")
    page.locator("main table tbody th a").first.click()
    page.get_by_role("link", name="Per E-Mail senden").click()
    expect(page.get_by_role("button", name="An den Partner senden")).to_be_visible()


def partner(page: Page) -> None:
    page.goto("/partners?by=partner")
    page.get_by_role("link", name="Zur Organisation").first.click()
    expect(page.locator("#offers")).to_be_visible()


def offers_of_a_partner(page: Page) -> None:
    page.goto("/organisations?kind=partner&q=ihk")
    page.locator("main table tbody a").first.click()
    page.locator("#offers").get_by_role("link", name="Ändern").click()
    expect(page.get_by_role("button", name="Angebote sichern")).to_be_visible()


def calendar_address(page: Page) -> None:
    page.goto("/account")
    page.locator("#calendar form button").first.click()
    expect(page.get_by_label("Adresse Ihres Kalenders")).to_be_visible()


def hand_over(page: Page) -> None:
    page.goto("/hand-over")
    page.locator("#people a").last.click()
    page.get_by_text("Je Art jemand anderes").click()


def hand_over_with_errors(page: Page) -> None:
    hand_over(page)
    page.get_by_role("button", name="Alles weitergeben").click()
    expect(page.get_by_role("alert")).to_be_visible()


def report_chapter(page: Page) -> None:
    first_of("/reports")(page)
    page.get_by_role("link", name="Text ändern").first.click()
    expect(page.get_by_label("Text", exact=True)).to_be_visible()


def dashboard_as_tables(page: Page) -> None:
    page.goto("/dashboard?by=municipality&compare=0")
    for summary in page.locator(".chart summary, .filters__more summary").all():
        if summary.is_visible():
            summary.click()


def saved_views_open(page: Page) -> None:
    page.goto("/dashboard?span=last_year")
    page.locator(".saved-views > summary").click()


def saved_view_refused(page: Page) -> None:
    saved_views_open(page)
    page.evaluate("document.querySelector('#saved-view-name').removeAttribute('required')")
    page.get_by_role("button", name="Ansicht sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def board_menu_open(page: Page) -> None:
    page.goto("/concerns/board?scope=all")
    page.locator(".card summary").first.click()
    expect(page.locator(".card details[open]")).to_be_visible()


def board_closing(page: Page) -> None:
    board_menu_open(page)
    page.locator(".card details[open]").get_by_role("button", name="Abschließen …").click()
    expect(page.get_by_label("Investition in Euro")).to_be_visible()


def concern_edited(page: Page) -> None:
    first_of("/concerns?scope=mine")(page)
    page.get_by_role("link", name="Bearbeiten").click()
    expect(page.get_by_label("Zuständig")).to_be_visible()


def concern_form_with_errors(page: Page) -> None:
    page.goto("/concerns/new")
    page.get_by_role("button", name="Anliegen eröffnen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def procedure_with_errors(page: Page) -> None:
    first_of("/concerns?scope=team&stage=all&procedure=any")(page)
    page.locator("#procedures li a").first.click()
    page.get_by_label("Begonnen am").fill("gestern war")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def visit_form_with_offers(page: Page) -> None:
    page.goto("/visits/new")
    page.locator("summary", has_text="Unsere Angebote").click()
    expect(page.locator(".offer__used").first).to_be_hidden()
    page.locator(".offer .chip").first.click()
    page.locator(".offer__used").first.click()


def follow_ups_ticked(page: Page) -> None:
    """Tick two rows and open what can be done with them."""
    page.goto("/follow-ups?scope=all")
    for number in range(2):
        page.locator(".bulk__box").nth(number).check()
    expect(page.locator("[data-bulk-count]")).to_have_text("2 ausgewählt")
    page.locator("#bulk details.menu > summary").first.click()
    expect(page.locator("#bulk details[open]")).to_be_visible()


def follow_ups_none_ticked(page: Page) -> None:
    page.goto("/follow-ups?scope=all")
    page.get_by_role("button", name="Auswahl erledigen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def new_series(page: Page) -> None:
    """Ask for a rule that never ends."""
    page.goto("/follow-ups/new")
    page.get_by_label("Was", exact=True).fill("Fördermittel prüfen")
    page.get_by_label("Bis wann").fill("+1w")
    page.get_by_label("Wiederholen").select_option("own")
    page.get_by_label("Eigene Regel").fill("FREQ=MONTHLY")
    page.get_by_role("button", name="Wiedervorlage sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def series(page: Page) -> None:
    """Open one that comes again, with the fields of its rule."""
    page.goto("/follow-ups?scope=all")
    page.locator("tr:has(.recurs) th a").first.click()
    page.locator("#series summary").click()
    expect(page.get_by_role("button", name="Serie beenden")).to_be_visible()


def due_visit_later(page: Page) -> None:
    page.goto("/")
    page.locator("#due-visits summary").first.click()
    expect(page.locator("#due-visits details[open]")).to_be_visible()


def next_visit(page: Page) -> None:
    due_visit_later(page)
    page.get_by_role("link", name="Anderes Datum …").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nächsten Besuch festlegen")


STATES: Mapping[str, Callable[[Page], None]] = {
    "my day": at("/"),
    "visits": at("/visits"),
    "visits, none": at("/visits?q=gibtesnicht"),
    "visits, all filters": at("/visits?sort=organisation&archived=1"),
    "visit": first_of("/visits?status=completed&flag=urgent&offered=mentioned"),
    "planned visit": first_of("/visits?status=planned"),
    "cancelled visit": first_of("/visits?status=cancelled"),
    "visit form": at("/visits/new"),
    "visit form, suggestions": visit_form_in_use,
    "visit form, filled": visit_form_filled,
    "visit form, errors": visit_form_with_errors,
    "visit form, offers": visit_form_with_offers,
    "visit, changes": visit_changes,
    "planned visit, form": planned_visit_form,
    "concerns": at("/concerns?scope=all"),
    "concern": first_of("/concerns?scope=all&procedure=any"),
    "concern, closing": concern_closing,
    "concern, closing with open referrals": concern_closing_with_open_referrals,
    "board": at("/concerns/board?scope=all"),
    "board, none": at("/concerns/board?q=gibtesnicht"),
    "board, menu": board_menu_open,
    "board, closing": board_closing,
    "closed concern": first_of("/concerns?scope=all&stage=closed"),
    "concern form": at("/concerns/new"),
    "concern form, errors": concern_form_with_errors,
    "concern, edited": concern_edited,
    "procedure form, errors": procedure_with_errors,
    "follow-ups": at("/follow-ups?scope=all"),
    "follow-ups, none": at("/follow-ups?q=gibtesnicht"),
    "follow-ups, resting": at("/follow-ups?scope=all&snoozed=1"),
    "follow-ups, ticked": follow_ups_ticked,
    "follow-ups, none ticked": follow_ups_none_ticked,
    "follow-up": first_of("/follow-ups"),
    "new follow-up": at("/follow-ups/new"),
    "new series, errors": new_series,
    "series": series,
    "due visit, later": due_visit_later,
    "next visit": next_visit,
    "organisations": at("/organisations"),
    "organisations, none": at("/organisations?q=gibtesnicht"),
    "organisation": first_of("/organisations"),
    "organisation form": at("/organisations/new"),
    "organisation form, errors": organisation_form_with_errors,
    "organisation form, duplicates": duplicates_shown,
    "organisation, edited": of_first("/organisations?q=beispielwerk", "Bearbeiten"),
    "organisation, archived": of_first("/organisations?q=beispielwerk", "Archivieren"),
    "contacts": at("/contacts"),
    "contact": first_of("/contacts"),
    "contact form": at("/contacts/new"),
    "contact, edited": of_first("/contacts", "Bearbeiten"),
    "contact, archived": of_first("/contacts", "Archivieren"),
    "account": at("/account"),
    "person's menu": person_menu,
    "menu of the phone": phone_menu,
    "referrals": at("/referrals?scope=all"),
    "referrals, none": at("/referrals?since=1.1.2199"),
    "referral": first_of("/referrals?scope=mine"),
    "closed referral": first_of("/referrals?scope=mine&state=closed"),
    "choosing a partner": choosing_a_partner,
    "referral form": referral_form,
    "referral form, errors": referral_form_with_errors,
    "referral mail": referral_mail,
    "partners": at("/partners"),
    "partners, none": at("/partners?q=gibtesnicht"),
    "partner": partner,
    "partner's offers": offers_of_a_partner,
    "account, address of the calendar": calendar_address,
    "notifications": at("/notifications"),
    "dashboard": at("/dashboard"),
    "dashboard, as tables": dashboard_as_tables,
    "dashboard, nothing": at("/dashboard?municipality=gibtesnicht&industry=x&mine=1"),
    "dashboard, views": saved_views_open,
    "dashboard, view refused": saved_view_refused,
    "targets": at("/dashboard/targets"),
    "saved views": at("/saved-views"),
    "narrowed list": at("/concerns?scope=all&stage=closed&outcome=solved&closed_since=2000-01-01"),
    "menu": menu_open,
    "reports": at("/reports"),
    "reports, none": at("/reports?archived=1"),
    "report": first_of("/reports"),
    "report, chapter": report_chapter,
    "not found": at("/visits/00000000-0000-7000-8000-000000000000"),
}


def audit_log_of_one_thing(page: Page) -> None:
    page.goto("/admin/audit-log?thing=visit")
    page.locator("main table tbody a").first.click()
    expect(page.locator("main .narrowed")).to_be_visible()


STATES_OF_MANAGERS: Mapping[str, Callable[[Page], None]] = {
    "people": at("/hand-over"),
    "hand over": hand_over,
    "hand over, errors": hand_over_with_errors,
}

STATES_OF_ADMINISTRATORS: Mapping[str, Callable[[Page], None]] = {
    "mail": at("/admin/mail"),
    "audit log": at("/admin/audit-log"),
    "audit log, filtered": at("/admin/audit-log?thing=visit&since=1.1.2020"),
    "audit log, of one thing": audit_log_of_one_thing,
    "audit log, nothing found": at("/admin/audit-log?until=1.1.2020"),
    "audit log, unread day": at("/admin/audit-log?since=99.99."),
    **STATES_OF_PEOPLE,
    **STATES_OF_SETTINGS,
}
