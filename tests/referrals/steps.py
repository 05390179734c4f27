"""Steps that several tests of referrals take."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm.accounts.models import Person
from crm.concerns.models import Concern
from crm.contacts.models import Contact
from crm.db import db
from crm.organisations.models import Organisation, OrganisationKind
from crm.referrals.models import Referral
from tests.make import Make
from tests.page import Browser, Page, Value

AGREED = {
    "agreed_by": "Frau Muster",
    "agreed_on": "heute",
    "passed_on": "Sucht eine Halle mit 800 Quadratmetern.",
}


class Case:
    """An officer with a concern of a company, and a partner with a person there."""

    def __init__(self, make: Make, browser: Browser):
        self.make = make
        self.officer: Person = make.person(name="Olga Officer")
        self.company: Organisation = make.organisation("Häusler GmbH")
        self.concern: Concern = make.concern(
            "Halle gesucht", owner=self.officer, organisation=self.company
        )
        self.partner: Organisation = make.organisation(
            "IHK Musterstadt", kind=OrganisationKind.PARTNER
        )
        self.contact: Contact = make.contact(self.partner, family_name="Kammer")
        self.browser = browser.signed_in_as(self.officer)

    def form(self) -> Page:
        """Open the form."""
        return self.browser.open(
            "referrals.new", concern_id=self.concern.id, partner_id=self.partner.id
        )

    def refer(self, **values: Value) -> Page:
        """Fill in the form and send it."""
        return self.form().submit(button="Vermitteln", fields={**AGREED, **values})


def stored(make: Make, **columns: Any) -> list[Referral]:
    """Return the stored referrals, the oldest first."""
    return make.run(
        lambda: list(
            db.session.scalars(
                sa.select(Referral).filter_by(**columns).order_by(Referral.created_at, Referral.id)
            )
        )
    )


def concern_now(make: Make, concern: Concern) -> Concern:
    """Return the concern as it stands now."""
    return make.run(lambda: db.session.get_one(Concern, concern.id))
