"""How the pages on which the product is set up are reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

from playwright.sync_api import Page, expect

from crm.demo.accounts import SOUTH
from tests.administration.pictures import png
from tests.e2e.ways import at


def team(page: Page) -> None:
    """Open a team in which people are."""
    page.goto("/admin/teams")
    page.get_by_role("link", name=SOUTH, exact=True).click()
    expect(page.locator("#closing")).to_be_visible()


def team_refused(page: Page) -> None:
    """Save a team without a name."""
    team(page)
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Name sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def team_that_is_bound(page: Page) -> None:
    """Ask what it means that a team leaves its body, when it cannot."""
    team(page)
    page.get_by_role("link", name="Träger wechseln").click()


def _new_team(page: Page) -> None:
    page.goto("/admin/teams/new")
    page.get_by_label("Name", exact=True).fill(f"Team {uuid4().hex[:6]}")
    page.get_by_role("button", name="Team anlegen").click()
    expect(page.get_by_role("button", name="Team schließen")).to_be_visible()


def team_closed(page: Page) -> None:
    """Close a team that was just made."""
    _new_team(page)
    page.get_by_role("button", name="Team schließen").click()
    expect(page.get_by_role("button", name="Team wieder öffnen")).to_be_visible()


def team_that_moves(page: Page) -> None:
    """Ask what it means that a new team leaves its body."""
    _new_team(page)
    page.get_by_role("link", name="Träger wechseln").click()
    expect(page.get_by_label("Neuer Träger")).to_be_visible()


def body(page: Page) -> None:
    """Open a body."""
    page.goto("/admin/teams")
    page.get_by_role("link", name="Träger ändern").first.click()


def new_body_refused(page: Page) -> None:
    """Make a body without a name."""
    page.goto("/admin/bodies/new")
    page.get_by_role("button", name="Träger anlegen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def look_refused(page: Page) -> None:
    """Choose a colour that nobody can read, and a file that is no picture."""
    page.goto("/admin/look")
    page.get_by_label("Farbe", exact=True).fill("#ffee00")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.locator("#accent-error")).to_be_visible()


def looking_another_way(page: Page) -> None:
    """Have a colour and a logo."""
    page.goto("/admin/look")
    page.get_by_label("Farbe", exact=True).fill("#7a1f5c")
    page.get_by_role("button", name="Änderungen sichern").click()
    page.get_by_label("Datei").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png(width=8, height=8)}
    )
    page.get_by_role("button", name="Logo hochladen").click()
    expect(page.locator(".brand img")).to_be_visible()


def looking_as_before(page: Page) -> None:
    """Take the colour and the logo away again."""
    page.goto("/admin/look")
    page.get_by_role("button", name="Logo entfernen").click()
    page.get_by_label("Farbe", exact=True).fill("")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.locator(".brand img")).to_have_count(0)


def clocks_refused(page: Page) -> None:
    """Set clocks that make no sense."""
    page.goto("/admin/clocks")
    page.get_by_label("Dringend: Lösung").fill("1")
    page.get_by_role("button", name="Fristen sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def agreement_refused(page: Page) -> None:
    """Enter an agreement without saying which."""
    page.goto("/admin/works-agreement")
    page.get_by_role("button", name="Zahlen je Person erlauben").click()
    expect(page.get_by_role("alert")).to_be_visible()


def agreement_entered(page: Page) -> None:
    """Enter an agreement."""
    page.goto("/admin/works-agreement")
    page.get_by_label("Fundstelle").fill("Dienstvereinbarung Besuchsstatistik, Az. 11.3")
    page.get_by_label("Geschlossen am").fill("1.10.2025")
    page.get_by_role("button", name="Zahlen je Person erlauben").click()
    expect(page.get_by_role("button", name="Nicht mehr erlauben")).to_be_visible()


def agreement_withdrawn(page: Page) -> None:
    """Withdraw it."""
    page.goto("/admin/works-agreement")
    page.get_by_role("button", name="Nicht mehr erlauben").click()
    expect(page.get_by_role("button", name="Zahlen je Person erlauben")).to_be_visible()


def topic_refused(page: Page) -> None:
    """Save a topic under the name of another one."""
    page.goto("/admin/topics")
    page.get_by_role("link", name="Nachfolge").click()
    page.get_by_label("Name auf Deutsch").fill("Fachkräfte")
    page.get_by_role("button", name="Änderungen sichern").click()
    expect(page.get_by_role("alert")).to_be_visible()


def topic_moved(page: Page) -> None:
    """Let a topic stand one place further down, and up again."""
    page.goto("/admin/topics")
    row = page.get_by_role("row").filter(has_text="Innovation")
    row.get_by_role("button", name="Nach unten").click()
    row.get_by_role("button", name="Nach oben").click()
    expect(page.get_by_text("steht jetzt an Stelle")).to_be_visible()


def topic_retired(page: Page) -> None:
    """Offer a topic no more."""
    page.goto("/admin/topics")
    page.get_by_role("link", name="Märkte").click()
    page.get_by_role("button", name="Nicht mehr anbieten").click()
    expect(page.locator("#retired")).to_be_visible()


def topic_brought_back(page: Page) -> None:
    """Offer it again."""
    page.goto("/admin/topics")
    page.locator("#retired").get_by_role("button", name="Wieder anbieten").click()
    expect(page.locator("#retired")).to_have_count(0)


STATES_OF_SETTINGS: Mapping[str, Callable[[Page], None]] = {
    "administration": at("/admin"),
    "teams": at("/admin/teams"),
    "new team": at("/admin/teams/new"),
    "team": team,
    "team, refused": team_refused,
    "team, closed": team_closed,
    "team, bound": team_that_is_bound,
    "team, moving": team_that_moves,
    "body": body,
    "new body, refused": new_body_refused,
    "look, refused": look_refused,
    "look, another": looking_another_way,
    "look, as before": looking_as_before,
    "topics": at("/admin/topics"),
    "new topic": at("/admin/topics/new"),
    "topic, refused": topic_refused,
    "topic, moved": topic_moved,
    "topic, retired": topic_retired,
    "topic, brought back": topic_brought_back,
    "clocks": at("/admin/clocks"),
    "clocks, refused": clocks_refused,
    "agreement, refused": agreement_refused,
    "agreement": agreement_entered,
    "agreement, withdrawn": agreement_withdrawn,
}
