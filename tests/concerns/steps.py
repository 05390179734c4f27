"""What tests of the board read, and what its script sends."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from crm.concerns.models import Collaborator, Concern
from crm.db import db, transaction
from tests.make import Make
from tests.page import Page


def cards(page: Page, stage: str) -> list[str]:
    return page.texts(f"#column-{stage} .card__title a")


def head(page: Page, stage: str) -> list[str]:
    return page.texts(f"#column-{stage} .board__count")


def stored(make: Make, concern: Concern) -> Concern:
    return make.run(lambda: db.session.get_one(Concern, concern.id))


def let_help(make: Make, concern: Concern, person_id: Any) -> None:
    def add() -> None:
        with transaction() as session:
            session.add(Collaborator(concern_id=concern.id, person_id=person_id))

    make.run(add)


def sent_by_script(page: Page, concern: Concern, stage: str, version: int = 1) -> TestResponse:
    """Send what the board's script sends."""
    return page.browser.answer(
        "POST",
        page.browser.url("concerns.move", concern_id=concern.id),
        [("csrf_token", page.token), ("stage", stage), ("version", str(version)),
         ("back", "/concerns/board")],
        headers={"X-Requested-With": "fetch"},
    )  # fmt: skip
