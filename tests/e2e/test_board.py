"""The board in use: dragging, the keyboard, further cards, and someone who was faster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.accounts.models import Person
from crm.clock import today
from crm.concerns import services
from crm.concerns.models import Stage
from tests.e2e.window import axe
from tests.make import PASSWORD, Make

Open = Callable[..., Page]


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def card(page: Page, title: str) -> Locator:
    return page.locator(".card").filter(has=page.get_by_role("link", name=title, exact=True))


def drag(page: Page, title: str, to: str) -> None:
    """Drag a card with the mouse, and let go when it lies in the other column."""
    start = card(page, title).locator(".card__place").bounding_box()
    end = column(page, to).get_by_role("list").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 10, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 20, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 20, steps=12)
    page.mouse.move(end["x"] + 64, end["y"] + 24, steps=4)
    expect(column(page, to).locator(".card--ghost")).to_be_visible()
    page.mouse.up()


def test_a_card_is_dragged_and_the_move_undone(make: Make, window: Open) -> None:
    me = make.person()
    make.concern("Nachfolge", owner=me)
    make.concern("Dringender", owner=me, stage=Stage.IN_PROGRESS, first_response_due_on=today())
    page = window(me)
    page.goto("/concerns/board")

    drag(page, "Nachfolge", "In Arbeit")

    expect(page.get_by_role("status").first).to_contain_text("steht jetzt auf „In Arbeit“")
    # The server's order holds, wherever it was let go
    expect(column(page, "In Arbeit").locator("h3")).to_have_text(["Dringender", "Nachfolge"])
    expect(column(page, "In Arbeit").locator(".board__count")).to_have_text("2")
    expect(column(page, "Neu").locator(".board__count")).to_have_text("0")
    assert axe(page) == []
    page.get_by_role("button", name="Rückgängig").click()
    expect(column(page, "Neu").locator("h3")).to_have_text(["Nachfolge"])


def test_a_card_dropped_at_the_end_asks_how_it_ended(make: Make, window: Open) -> None:
    me = make.person()
    make.concern("Nachfolge", owner=me)
    page = window(me)
    page.goto("/concerns/board")

    drag(page, "Nachfolge", "Abgeschlossen letzte 30 Tage")

    expect(page.get_by_role("heading", level=1)).to_have_text("Nachfolge")
    page.get_by_label("Ergebnis").select_option("gelöst")
    page.get_by_label("Begründung").fill("Nachfolgerin gefunden")
    page.get_by_label("Arbeitsplätze gesichert").fill("12")
    page.get_by_role("button", name="Stand ändern").click()
    closed = column(page, "Abgeschlossen letzte 30 Tage")
    expect(closed.locator(".card")).to_contain_text("gelöst · 12 Arbeitsplätze gesichert")


@pytest.mark.gate("B2")
def test_cards_move_by_keyboard_alone(make: Make, window: Open) -> None:
    me = make.person()
    make.concern("Nachfolge", owner=me)
    page = window(me)
    page.goto("/concerns/board")
    page.get_by_role("link", name="Nachfolge").focus()

    page.keyboard.press("Alt+ArrowRight")
    expect(column(page, "In Klärung").locator("h3")).to_have_text(["Nachfolge"])
    # The card keeps the focus
    expect(card(page, "Nachfolge").locator("summary")).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    expect(column(page, "In Arbeit").locator("h3")).to_have_text(["Nachfolge"])
    page.keyboard.press("Alt+ArrowLeft")
    expect(column(page, "In Klärung").locator("h3")).to_have_text(["Nachfolge"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Beim Partner").press("Enter")

    expect(column(page, "Beim Partner").locator("h3")).to_have_text(["Nachfolge"])
    expect(page).to_have_url("/concerns/board")


def test_who_was_slower_sees_the_card_where_it_is_now(make: Make, window: Open) -> None:
    me, colleague = make.person(), make.person(name="Kim Kollegin")
    concern = make.concern("Nachfolge", owner=me)
    page = window(me)
    page.goto("/concerns/board")
    _moved_by(make, colleague, concern.id)

    drag(page, "Nachfolge", "In Arbeit")

    told = "Kim Kollegin hat „Nachfolge“ inzwischen auf „Beim Partner“ verschoben."
    expect(page.get_by_role("status").first).to_contain_text(told)
    expect(column(page, "Beim Partner").locator("h3")).to_have_text(["Nachfolge"])
    expect(column(page, "Beim Partner").locator(".board__count")).to_have_text("1")
    # From there it can be moved
    card(page, "Nachfolge").locator("summary").click()
    page.get_by_role("button", name="In Arbeit").click()
    expect(column(page, "In Arbeit").locator("h3")).to_have_text(["Nachfolge"])


def _moved_by(make: Make, person: Person, concern_id: UUID) -> None:
    actor = make.actor(person)
    make.run(lambda: services.move_concern(actor, concern_id, version=1, stage=Stage.WITH_PARTNER))


def test_without_a_network_the_card_is_back_where_it_was(make: Make, window: Open) -> None:
    me = make.person()
    make.concern("Nachfolge", owner=me)
    page = window(me)
    page.goto("/concerns/board")
    page.route("**/stage", lambda route: route.abort())

    page.get_by_role("link", name="Nachfolge").focus()
    page.keyboard.press("Alt+ArrowRight")

    expect(page.get_by_role("status").first).to_contain_text("Das Verschieben hat nicht geklappt")
    expect(column(page, "Neu").locator("h3")).to_have_text(["Nachfolge"])


def test_after_the_session_has_ended_the_move_is_not_lost(make: Make, window: Open) -> None:
    me = make.person()
    make.concern("Nachfolge", owner=me)
    page = window(me)
    page.goto("/concerns/board")
    page.context.clear_cookies()

    page.get_by_role("link", name="Nachfolge").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.get_by_label("E-Mail").fill(me.email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()

    page.get_by_role("button", name="Eingaben absenden").click()
    expect(column(page, "In Klärung").locator("h3")).to_have_text(["Nachfolge"])


def test_further_cards_come_into_the_column(make: Make, window: Open) -> None:
    me = make.person()
    for number in range(20):
        make.concern(
            f"Nummer {number:02}",
            owner=me,
            first_response_due_on=today() + timedelta(days=number),
        )
    page = window(me)
    page.goto("/concerns/board")
    expect(column(page, "Neu").locator(".card")).to_have_count(15)

    page.get_by_role("link", name="Weitere zeigen").click()

    expect(column(page, "Neu").locator(".card")).to_have_count(20)
    expect(page.get_by_role("link", name="Nummer 15")).to_be_focused()
    expect(page.get_by_role("link", name="Weitere zeigen")).to_have_count(0)
    expect(page).to_have_url("/concerns/board")


def test_the_board_works_without_scripts(make: Make, window: Open) -> None:
    me = make.person()
    make.concern("Nachfolge", owner=me)
    page = window(me, javascript=False)
    page.goto("/concerns/board")

    card(page, "Nachfolge").locator("summary").click()
    page.get_by_role("button", name="In Arbeit").click()

    expect(column(page, "In Arbeit").locator("h3")).to_have_text(["Nachfolge"])
    page.get_by_role("button", name="Rückgängig").click()
    expect(column(page, "Neu").locator("h3")).to_have_text(["Nachfolge"])
