"""Steps that tests of handing over share: hand over, and look whose things are."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.accounts.models import Person
from crm.concerns.models import Concern
from crm.db import db
from crm.follow_ups.models import FollowUp
from crm.visits.models import Visit
from tests.make import Make
from tests.page import Browser, Page


def page_of(browser: Browser, manager: Person, person: Person) -> Page:
    """Open what is open with a colleague."""
    return browser.signed_in_as(manager).open("workflows.hand_over", person_id=person.id)


def hand_over(
    browser: Browser, manager: Person, person: Person, to: Person, **more: str | bool
) -> Page:
    """Hand everything over to one person."""
    page = page_of(browser, manager, person)
    return page.submit(form="#successors form", fields={"successor": str(to.id), **more})


def undo(page: Page) -> Page:
    """Take back what the page says was done."""
    return page.submit(button="Rückgängig", form=".flash .button-form")


def assignees(make: Make, follow_up: FollowUp) -> set[UUID]:
    found = make.run(
        lambda: db.session.scalars(
            sa.select(FollowUp)
            .where(FollowUp.id == follow_up.id)
            .options(selectinload(FollowUp.assignees))
        ).one()
    )
    return set(found.assignee_ids)


def concern(make: Make, record: Concern) -> Concern:
    return make.run(
        lambda: db.session.scalars(
            sa.select(Concern)
            .where(Concern.id == record.id)
            .options(selectinload(Concern.collaborators))
        ).one()
    )


def visit(make: Make, record: Visit) -> Visit:
    return make.run(
        lambda: db.session.scalars(
            sa.select(Visit).where(Visit.id == record.id).options(selectinload(Visit.attendances))
        ).one()
    )


def person(make: Make, record: Person) -> Person:
    return make.run(lambda: db.session.get_one(Person, record.id))
