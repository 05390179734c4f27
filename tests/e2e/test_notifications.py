"""Opening what a notification is about reads it, in a browser that runs our module."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.window import axe
from tests.make import Make


def test_what_was_opened_is_read(make: Make, window: Callable[..., Page]) -> None:
    me = make.person()
    for number in range(2):
        follow_up = make.follow_up(f"Anrufen {number}", assignees=[me])
        make.notification(me, follow_up)
    page = window(me)
    page.goto("/notifications")
    expect(page.locator(".bell__count")).to_have_text("2")
    assert axe(page) == []

    page.get_by_role("link", name="Anrufen 0").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anrufen 0")
    # It was sent while the page was being left: the next page may be older than it
    page.wait_for_function(
        "async () => (await (await fetch('/account')).text()).includes('Meldungen, 1 neue')",
        polling=200,
    )
    page.goto("/notifications")

    expect(page.get_by_role("heading", level=1)).to_have_text("Meldungen")
    expect(page.locator("main .kern-badge")).to_have_count(1)
