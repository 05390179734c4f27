"""The second factor in a real browser: set up, asked for, required, and asked for once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from crm.accounts.models import Person, SecondFactorDuty, SignIn
from crm.clock import now
from crm.db import db, transaction
from crm.policy import Role
from tests.e2e.test_states import ZOOMED, too_wide
from tests.e2e.window import DESKTOP, HEIGHT, PHONE, Scheme, axe
from tests.make import PASSWORD, Make
from tests.make_ground import App


def _forget_proofs() -> None:
    with transaction() as session:
        session.execute(sa.update(SignIn).values(proved_at=now() - timedelta(minutes=11)))


def _oblige() -> None:
    with transaction():
        db.session.add(SecondFactorDuty(role=Role.OFFICER))


def _set_up(page: Page) -> App:
    app = App(page.get_by_label("Oder tippen Sie").input_value().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(app.code())
    page.get_by_role("button", name="Einrichten").click()
    expect(page.get_by_label("Falls Sie Ihr Gerät")).to_be_visible()
    return app


def _ones_own(page: Page, person: Person) -> Iterator[str]:
    """Walk through setting it up, signing in with it and turning it off; name each state."""
    page.goto("/account")
    yield "account"
    page.get_by_role("link", name="Zweiten Faktor einrichten").click()
    expect(page.get_by_role("img", name="QR-Code")).to_be_visible()
    yield "setting up"
    page.get_by_role("button", name="Einrichten").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "setting up, errors"
    app = _set_up(page)
    codes = page.get_by_label("Falls Sie Ihr Gerät").input_value().split()
    yield "recovery codes"
    page.goto("/account/second-factor")
    yield "second factor"
    page.get_by_role("link", name="Andere App einrichten").click()
    expect(page.get_by_role("img", name="QR-Code")).to_be_visible()
    yield "another app"
    page.goto("/account/second-factor/off")
    page.get_by_role("button", name="Entfernen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "turning off, errors"
    page.locator("#person-menu summary").click()
    page.get_by_role("button", name="Abmelden").click()
    page.get_by_label("E-Mail").fill(person.email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    yield "code"
    page.get_by_label("Code", exact=True).fill("000 00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "code, refused"
    page.get_by_label("Code", exact=True).fill(app.code(1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Tag")
    page.goto("/account/second-factor/off")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Entfernen").click()
    expect(page.get_by_role("link", name="Zweiten Faktor einrichten")).to_be_visible()
    yield "no second factor"


def _of_administrators(page: Page, make: Make) -> Iterator[str]:
    """Walk through what administrators do, asked once more who they are; name each state."""
    other = make.person(name="Otto Orth")
    make.second_factor(other)
    page.goto("/admin/second-factor")
    yield "duty"
    page.get_by_label("Leitung").check()
    make.run(_forget_proofs)
    page.get_by_role("button", name="Auswahl sichern").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sind Sie es noch?")
    yield "proof of a form"
    page.get_by_label("Passwort").fill("falsch")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "proof, refused"
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()
    yield "input is still there"
    page.get_by_role("button", name="Eingaben absenden").click()
    expect(page.get_by_label("Leitung")).to_be_checked()
    yield "duty, saved"
    page.goto(f"/admin/people/{other.id}")
    page.get_by_text("Gerät verloren").click()
    yield "device lost"
    page.get_by_role("button", name="Zweiten Faktor entfernen").click()
    expect(page.get_by_text("Der zweite Faktor ist entfernt.")).to_be_visible()
    make.run(_forget_proofs)
    page.goto("/admin/people/new")
    yield "proof"


def _of_a_duty(page: Page, make: Make) -> Iterator[str]:
    """Walk through owing a second factor; name each state."""
    page.goto("/organisations/new")
    page.get_by_label("Name", exact=True).fill("Vorher GmbH")
    make.run(_oblige)
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_label("Ihre Eingaben")).to_have_value("Vorher GmbH")
    yield "owed, input given back"
    page.goto("/visits")
    expect(page.get_by_role("img", name="QR-Code")).to_be_visible()
    yield "owed"
    _set_up(page)
    yield "owed no more"
    page.get_by_role("link", name="Weiter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Besuche")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_on_the_way(
    scheme: Scheme, width: int, make: Make, window: Callable[..., Page]
) -> None:
    found = []
    person, admin = make.person(), make.person(Role.NONE, is_administrator=True)
    ones_own, of_administrators, of_a_duty = (
        window(whose, scheme=scheme, width=width) for whose in (person, admin, make.person())
    )
    for page, names in (
        (ones_own, _ones_own(ones_own, person)),
        (of_a_duty, _of_a_duty(of_a_duty, make)),
        # At last: it lets the proofs of all sessions grow old
        (of_administrators, _of_administrators(of_administrators, make)),
    ):
        for name in names:
            found += [f"{name}: {line}" for line in axe(page)]
            for narrow in (ZOOMED, width) if width == PHONE else (width,):
                page.set_viewport_size({"width": narrow, "height": HEIGHT})
                if more := too_wide(page):
                    found.append(f"{name}: {more} px wider than {narrow}")

    assert found == []


def test_a_window_without_scripts_does_it_too(make: Make, window: Callable[..., Page]) -> None:
    person = make.person()

    states = list(_ones_own(window(person, javascript=False), person))

    assert states[-1] == "no second factor"
