"""Whoever a concern, a partner's answer or a whole stack of follow-ups reaches, is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.accounts.models import Person
from crm.clock import today
from crm.concerns import services as concerns
from crm.concerns.models import Collaborator, Concern, Stage
from crm.concerns.services import ConcernDraft
from crm.db import transaction
from crm.follow_ups import services as follow_ups
from crm.organisations.models import OrganisationKind
from crm.referrals import services as referrals
from crm.referrals.models import ReferralResult
from crm.referrals.services import ReferralDraft
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser


def _told(browser: Browser, person: Person) -> list[str]:
    """Return the first words told of each, up to the time."""
    page = browser.signed_in_as(person).open("notifications.index")
    return [text.split(" · ")[0] for text in page.texts(".entry__main")]


def _give(make: Make, concern: Concern, to: Person, *, beside: Person | None = None) -> None:
    actor = make.actor()

    def change() -> None:
        with transaction():
            before = concerns.take(actor, concern.id)
            draft = replace(
                ConcernDraft.of(before),
                owner_id=to.id,
                collaborator_ids=frozenset({beside.id} if beside else ()),
            )
            concerns.edit_concern(
                actor, before.id, draft, version=before.version, least=Visibility.BODY
            )

    make.run(change)


def test_who_is_given_a_concern_is_told_until_it_goes_on(make: Make, browser: Browser) -> None:
    first, second, beside = (make.person(team=make.home) for _ in range(3))
    concern = make.concern(title="Halle gesucht", owner=make.officer)

    _give(make, concern, first, beside=beside)

    said = ["Halle gesucht Olga Oft hat Ihnen ein Anliegen gegeben"]
    assert _told(browser, first) == _told(browser, beside) == said
    assert _told(browser, make.officer) == []

    _give(make, concern, second, beside=beside)

    assert _told(browser, first) == []
    assert _told(browser, second) == _told(browser, beside) == said


@pytest.mark.parametrize("result", list(ReferralResult))
def test_the_owner_learns_what_the_partner_answered(
    result: ReferralResult, make: Make, browser: Browser
) -> None:
    helping = make.person(team=make.home)
    concern = make.concern(
        title="Halle gesucht",
        owner=make.officer,
        collaborators=[Collaborator(person_id=helping.id)],
    )
    referral = make.referral(concern)
    actor = make.actor(helping)

    make.run(
        lambda: referrals.close(
            actor, referral.id, version=1, result=result, note="Wie es ausging."
        )
    )

    is_answer = result is not ReferralResult.NO_ANSWER
    assert _told(browser, make.officer) == (
        ["Halle gesucht Ein Partner hat geantwortet"] if is_answer else []
    )
    make.run(lambda: referrals.reopen(actor, referral.id))
    assert _told(browser, make.officer) == []


def test_who_helps_with_a_concern_refers_it_too(make: Make) -> None:
    helping = make.person(team=make.home)
    concern = make.concern(
        owner=make.officer,
        collaborators=[Collaborator(person_id=helping.id)],
        stage=Stage.WITH_PARTNER,
    )
    partner = make.organisation(kind=OrganisationKind.PARTNER)
    draft = ReferralDraft(
        contact_id=make.contact(partner).id,
        agreed_by="Frau Muster",
        agreed_on=today(),
        passed_on="Sucht eine Halle.",
        answer_due_on=today(),
    )

    found = make.run(lambda: referrals.refer(make.actor(helping), concern.id, partner.id, draft))

    assert found.referral.concern_id == concern.id


def test_many_given_at_once_are_told_one_by_one_and_untold(make: Make, browser: Browser) -> None:
    me, other = make.officer, make.person(team=make.home)
    given = [make.follow_up(title=title, owner=me) for title in ("Anrufen", "Schreiben")]
    actor = make.actor(me)

    step = make.run(
        lambda: follow_ups.reassign_many(actor, [f.id for f in given], assignee_ids=[other.id])
    )

    assert sorted(_told(browser, other)) == [
        "Anrufen Olga Oft hat Ihnen eine Wiedervorlage gegeben",
        "Schreiben Olga Oft hat Ihnen eine Wiedervorlage gegeben",
    ]
    undoing = step.key
    assert undoing is not None
    make.run(lambda: follow_ups.undo_many(actor, undoing))
    assert _told(browser, other) == []
