"""What a referral needs, whoever asks: the page's form is not the only guard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from crm.clock import today
from crm.concerns.models import Concern, Stage
from crm.contacts.models import Contact
from crm.errors import Conflict, NotAllowed, NotFound
from crm.organisations.models import Organisation, OrganisationKind
from crm.referrals import services
from crm.referrals.services import ReferralDraft
from tests.make import Make
from tests.referrals.steps import stored


def _case(make: Make) -> tuple[Concern, Organisation, ReferralDraft]:
    """Make a concern that stands with a partner already, so that nothing else asks who may."""
    concern = make.concern(stage=Stage.WITH_PARTNER)
    partner = make.organisation(kind=OrganisationKind.PARTNER)
    contact: Contact = make.contact(partner)
    draft = ReferralDraft(
        contact_id=contact.id,
        agreed_by="Frau Muster",
        agreed_on=today(),
        passed_on="Sucht eine Halle.",
        answer_due_on=today(),
    )
    return concern, partner, draft


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreed_by": " "}, "agreement_missing"),
        ({"agreed_on": None}, "agreement_day_missing"),
        ({"agreed_on": today() + timedelta(days=2)}, "agreement_day_missing"),
        ({"passed_on": "\n"}, "passed_on_missing"),
        ({"contact_id": None}, "referral_contact_missing"),
        ({"answer_due_on": today() - timedelta(days=2)}, "answer_day_past"),
    ],
)
def test_what_a_referral_needs(changed: dict[str, Any], code: str, make: Make) -> None:
    concern, partner, draft = _case(make)
    actor, wrong = make.actor(), replace(draft, **changed)

    with pytest.raises(Conflict, match=code):
        make.run(partial(services.refer, actor, concern.id, partner.id, wrong))

    assert stored(make) == []


def test_only_who_may_move_the_concern_refers_it(make: Make) -> None:
    concern, partner, draft = _case(make)
    neighbour = make.actor(make.person(team=make.team(body=make.home_body)))
    stranger = make.actor(make.person(team=make.team()))

    with pytest.raises(NotAllowed):
        make.run(partial(services.refer, neighbour, concern.id, partner.id, draft))
    with pytest.raises(NotFound):
        make.run(partial(services.refer, stranger, concern.id, partner.id, draft))

    assert stored(make) == []
    make.run(partial(services.refer, make.actor(), concern.id, partner.id, draft))
    assert len(stored(make)) == 1
