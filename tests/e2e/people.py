"""How the pages of people and of their links are reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.ways import at, first_of


def invited(page: Page) -> None:
    """Invite somebody; no mail goes in the demo, so their link is shown."""
    page.goto("/admin/people/new")
    page.get_by_label("Name", exact=True).fill("Nele Neubeginn")
    page.get_by_label("E-Mail").fill(f"{uuid4().hex}@musterkreis.example")
    page.get_by_label("Team", exact=True).select_option(index=1)
    page.get_by_role("button", name="Einladen", exact=True).click()
    expect(page.locator("#link-address")).to_be_visible()


def choosing_a_password(page: Page) -> None:
    """Open the link of an invitation, and choose what is too short."""
    invited(page)
    page.goto(page.locator("#link-address").input_value())
    page.get_by_label("Neues Passwort").fill("kurz")
    page.get_by_role("button", name="Passwort sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def invitation_with_errors(page: Page) -> None:
    """Send an empty invitation."""
    page.goto("/admin/people/new")
    page.get_by_role("button", name="Einladen", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()


def person_of_the_list(page: Page) -> None:
    """Open somebody who leads teams."""
    first_of("/admin/people?role=manager&state=active")(page)


def rights_refused(page: Page) -> None:
    """Take somebody's role away, and give them nothing else."""
    person_of_the_list(page)
    page.get_by_label("Rolle").select_option("none")
    page.get_by_role("button", name="Rechte sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def closing_with_open_work(page: Page) -> None:
    """Close an account without saying who takes over."""
    first_of("/admin/people?q=Wegweiser")(page)
    page.get_by_role("link", name="Konto schließen").click()
    page.get_by_text("Je Art jemand anderes").click()
    page.get_by_role("button", name="Konto schließen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def link_that_is_over(page: Page) -> None:
    """Open a link that never was, another one each time: a repeated one is slowed."""
    page.goto(f"/choose-password?token={uuid4().hex}")


STATES_OF_PEOPLE: Mapping[str, Callable[[Page], None]] = {
    "people": at("/admin/people"),
    "people, nobody": at("/admin/people?q=gibtesnicht"),
    "invitation": at("/admin/people/new"),
    "invitation, errors": invitation_with_errors,
    "invited": invited,
    "choosing a password": choosing_a_password,
    "person": person_of_the_list,
    "person, refused": rights_refused,
    "closing an account": closing_with_open_work,
    "link that is over": link_that_is_over,
}
