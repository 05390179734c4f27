"""The list of referrals, and the file of the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from crm.accounts import queries as accounts
from crm.exports import Cell
from crm.organisations import queries as organisations
from crm.policy import Actor, Permission
from crm.referrals import queries
from crm.referrals.queries import ReferralFilter, State
from crm.referrals.views.blueprint import bp
from crm.referrals.wording import count_text
from crm.topics import queries as topics
from crm.web.access import current_actor, requires
from crm.web.listing import (
    choice_arg,
    cursor_arg,
    day_arg,
    download_csv,
    key_arg,
    scope_arg,
    text_arg,
)
from crm.web.narrowing import Narrowing, place_narrowings
from crm.web.rendering import language
from crm.web.words import word, words


@bp.get("/referrals")
@requires(Permission.CONCERN_READ)
def index() -> ResponseReturnValue:
    """List referrals: mine, my teams' or all, by when an answer is due."""
    actor = current_actor()
    wanted = _wanted(actor)
    page = queries.page(actor, wanted, cursor_arg(queries.order_of(wanted)))
    return render_template(
        "referrals/index.html",
        wanted=wanted,
        page=page,
        count=count_text(queries.count(actor, wanted)),
        partners=queries.partners(actor),
        per_partner=queries.open_per_partner(actor, wanted),
        topics=[(topic.id, topic.name(language())) for topic in topics.topics(with_retired=True)],
        states=words(State),
        narrowings=_narrowings(actor, wanted),
        openable={
            partner.id
            for partner in (referral.partner for referral in page.items)
            if organisations.may_see_organisation(actor, partner)
        },
        actor=actor,
    )


@bp.get("/referrals.csv")
@requires(Permission.LIST_EXPORT)
def export() -> ResponseReturnValue:
    """Hand out the same rows as a file."""
    actor = current_actor()
    header = [
        _("Kurzzeichen"),
        _("Partner"),
        _("Person beim Partner"),
        _("Organisation"),
        pgettext("one", "Anliegen"),
        _("Thema"),
        _("Zuständig"),
        _("Vermittelt am"),
        _("Zugestimmt hat"),
        _("Zugestimmt am"),
        _("Weitergegeben"),
        _("Rückmeldung bis"),
        _("Abgeschlossen am"),
        pgettext("concern", "Ergebnis"),
        _("Ergebnis in einem Satz"),
    ]
    return download_csv(_("vermittlungen"), header, _cells(actor, _wanted(actor)))


def _wanted(actor: Actor) -> ReferralFilter:
    return ReferralFilter(
        scope=scope_arg(actor),
        state=choice_arg("state", State) or State.OPEN,
        partner_id=key_arg("partner"),
        topic_id=key_arg("topic"),
        since=day_arg("since"),
        until=day_arg("until"),
        team_id=key_arg("team"),
        municipality=text_arg("municipality"),
        industry=text_arg("industry"),
    )


def _narrowings(actor: Actor, wanted: ReferralFilter) -> list[Narrowing]:
    return place_narrowings(
        teams=accounts.teams(actor) if wanted.team_id else (),
        team_id=wanted.team_id,
        municipality=wanted.municipality,
        industry=wanted.industry,
    )


def _cells(actor: Actor, wanted: ReferralFilter) -> Iterator[tuple[Cell, ...]]:
    for referral in queries.rows(actor, wanted):
        concern = referral.concern
        yield (
            referral.reference,
            referral.partner.name,
            referral.contact.name,
            concern.organisation.name,
            concern.title,
            concern.topic.name(language()),
            concern.owner.name,
            referral.created_at,
            referral.agreed_by,
            referral.agreed_on,
            referral.passed_on,
            referral.answer_due_on,
            referral.closed_at,
            word(referral.result) if referral.result else "",
            referral.result_note if referral.result else "",
        )
