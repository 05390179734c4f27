"""Steps that tests of visits share: fill in the visit form, send it, and count what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from crm.clock import today
from crm.db import Base, db
from crm.visits import queries
from crm.visits.models import Visit
from tests.make import Make
from tests.page import Browser, Page, Pairs, Value

# Touched by every request, and by migrations
_NOT_COUNTED = {"sign_in", "alembic_version"}

FORM = "#visit-form"
SOON = (today() + timedelta(days=7)).strftime("%d.%m.%Y")


def new_form(browser: Browser, **query: Any) -> Page:
    """Open the empty form."""
    return browser.open("visits.new", **query)


def panel(page: Page, topic: str) -> str:
    """Return the beginning of the field names of a topic's panel."""
    for chip in page.soup.select(f"{FORM} input[name$=-chosen]"):
        label = chip.find_parent("label")
        if label is not None and label.get_text(" ").strip() == topic:
            return str(chip["name"]).removesuffix("-chosen")
    raise AssertionError(f"no topic {topic!r} on {page.url}")


def about(page: Page, topic: str, **values: Value) -> dict[str, Value]:
    """Return the fields of a topic's panel, the topic being chosen."""
    prefix = panel(page, topic)
    return {f"{prefix}-chosen": True} | {f"{prefix}-{name}": v for name, v in values.items()}


def line(prefix: str, *, title: str, due: str, assignee: object = "", promised: bool = False,
         number: int = 0) -> Pairs:  # fmt: skip
    """Return the fields of one follow-up's line, as added by its button."""
    name = f"{prefix}-{number}" if prefix == "follow_ups" else f"{prefix}-follow_ups-{number}"
    pairs = [(f"{name}-title", title), (f"{name}-due", due)]
    pairs += [(f"{name}-assignee", str(assignee))] if assignee else []
    return pairs + ([(f"{name}-promised", "y")] if promised else [])


def sent(page: Page, values: Mapping[str, Value], *more: tuple[str, str]) -> Pairs:
    """Return what a browser sends for the form of `page` with `values` and more lines."""
    return [*page.filled_in(FORM, dict(values)), *more]


def action(page: Page) -> str:
    """Return where the form of `page` is sent."""
    return urljoin(page.url, page.attributes(FORM, "action")[0])


def send(
    page: Page, values: Mapping[str, Value], *more: tuple[str, str], intent: str = "complete"
) -> Page:
    """Fill the form of `page` in and press the button of `intent`; follow where it leads."""
    pairs = [*sent(page, values, *more), ("intent", intent)]
    answer = page.browser.answer("POST", action(page), pairs, follow_redirects=True)
    return Page(page.browser, answer)


def key_of(page: Page) -> UUID:
    """Return the key of the visit whose page (or form) this is."""
    hidden = page.attributes(f"{FORM} [name=visit_id]", "value")
    return UUID(hidden[0]) if hidden else UUID(page.url.split("/")[2])


def stored(make: Make, browser_of: Any, visit_id: UUID) -> Visit:
    """Return the visit as this person sees it."""
    actor = make.actor(browser_of)
    return make.run(lambda: queries.get(actor, visit_id))


def rows(app: Flask) -> dict[str, int]:
    """Count the rows of every table."""
    with app.app_context():
        return {
            table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in _NOT_COUNTED
        }


def alert(page: Page) -> list[str]:
    """Return the sentences above the form; each that links leads to something on the page."""
    for target in page.attributes(".error-summary a", "href"):
        assert page.soup.find(id=target.removeprefix("#")), f"{target} leads nowhere"
    return page.texts(".error-summary li")


def notices(page: Page) -> str:
    """Return what the page says about what was just done."""
    return " ".join(page.texts("[role=status], [role=alert], .notice, .flash"))


def refused(page: Page, pairs: Pairs, *, but: Sequence[str] = (), intent: str = "complete") -> Page:
    """Send what cannot be saved; everything but the fields named comes back as it was typed."""
    answer = page.browser.answer("POST", action(page), [*pairs, ("intent", intent)])
    asked = Page(page.browser, answer)
    assert asked.status == 422, asked.status
    back = set(sent(asked, {}))
    lost = [
        (name, value[:99])
        for name, value in pairs
        if (name, value) not in back and name not in {"csrf_token", "version", *but}
    ]
    assert not lost, lost
    for target in asked.attributes(".error-summary a", "href"):
        assert asked.soup.find(id=target.removeprefix("#") + "-error"), target
    return asked
