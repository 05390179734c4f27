"""Take the pictures of the README: the demo in a real Chromium, a visit half written."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import Settings  # noqa: E402 - the project's own modules stand beside this folder
from crm import create_app  # noqa: E402
from crm.db import make_engine  # noqa: E402
from crm.demo.accounts import ACCOUNTS  # noqa: E402
from crm.demo.services import load_demo  # noqa: E402
from crm.migrating import migrate  # noqa: E402
from crm.policy import Role  # noqa: E402
from tests.databases import SECRET_KEY  # noqa: E402
from tests.e2e.live import running  # noqa: E402
from tests.e2e.window import ARGUMENTS, find_chromium  # noqa: E402

IMAGES = ROOT / "docs" / "images"
PASSWORD = "nur für dieses eine Bild gemacht"  # noqa: S105 - of an instance that is thrown away


def _make_instance(folder: Path) -> None:
    settings = Settings(instance=folder, secret_key=SECRET_KEY, demo=True)
    engine = make_engine(settings.url, write=True)
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    with create_app(settings).app_context():
        load_demo(settings, password=PASSWORD)


def _write_half_a_visit(page: Page) -> None:
    page.goto("/visits/new")
    page.get_by_role("combobox", name="Organisation", exact=True).press_sequentially("beispielw")
    page.get_by_role("option", name="Beispielwerk GmbH").click()
    page.locator("[data-part=contacts] .chip").first.click()
    notes = {
        "Nachfolge": ("Dringend", "Inhaberin will in 18 Monaten übergeben, ein Meister will."),
        "Fachkräfte": ("Beobachten", "Zwei Zerspaner gesucht, ein Ausbildungsplatz unbesetzt."),
    }
    for topic, (flag, note) in notes.items():
        page.get_by_role("checkbox", name=topic, exact=True).check()
        panel = page.get_by_role("group", name=topic, exact=True)
        panel.get_by_label(flag).check()
        panel.get_by_label("Notiz").fill(note)
    urgent = page.get_by_role("group", name="Nachfolge", exact=True)
    urgent.get_by_role("button", name="Wiedervorlage hinzufügen").click()
    urgent.get_by_label("Was").fill("Kontakt zur Nachfolgeberatung herstellen")
    urgent.get_by_role("button", name="1 Woche").click()
    page.get_by_label("Zusammenfassung").fill("Offenes Gespräch, Betrieb gut ausgelastet.")
    expect(page.locator("#draft-state")).to_contain_text("gesichert um")
    page.evaluate("document.activeElement.blur()")


def main() -> None:
    """Make `docs/images/visit-form.png`; needs a Chromium."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium on this machine.")
    officer = next(account.email for account in ACCOUNTS if account.role is Role.OFFICER)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _make_instance(Path(folder))
        with running(Path(folder)) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
            page = browser.new_page(
                base_url=url, viewport={"width": 1280, "height": 900}, locale="de-DE"
            )
            page.goto("/sign-in")
            page.get_by_label("E-Mail").fill(officer)
            page.get_by_label("Passwort").fill(PASSWORD)
            page.get_by_role("button", name="Anmelden").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Mein Tag")
            _write_half_a_visit(page)
            page.screenshot(path=IMAGES / "visit-form.png", full_page=True)
            browser.close()


if __name__ == "__main__":
    main()
