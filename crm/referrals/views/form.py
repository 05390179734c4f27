"""A new referral: the partner is chosen first, then what the company has agreed to; and editing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.concerns import queries as concerns
from crm.concerns.models import Concern
from crm.contacts import queries as contacts
from crm.errors import Conflict, Stale
from crm.follow_ups.desk import quick_days
from crm.organisations.models import Organisation
from crm.partners import queries as partners
from crm.partners.models import Offer
from crm.policy import Permission, authorize
from crm.referrals import queries, services
from crm.referrals.forms import ReferralForm
from crm.referrals.models import Referral
from crm.referrals.views.blueprint import bp
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.listing import text_arg
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import day
from crm.web.words import word


@bp.get("/concerns/<uuid:concern_id>/referrals/new")
@requires(Permission.CONCERN_MOVE)
def choose(concern_id: UUID) -> ResponseReturnValue:
    """Offer the partners: first those that help with the concern's topic, then all by name."""
    concern = _referable(concern_id)
    actor, text = current_actor(), text_arg("q")
    fitting = partners.for_topic(actor, concern.topic_id)
    known = {offer.partner_id for offer in fitting}
    found = partners.partners(actor, text, limit=partners.LISTED_AT_MOST + 1)
    return render_template(
        "referrals/choose.html",
        concern=concern,
        text=text,
        fitting=fitting,
        others=[p for p in found[: partners.LISTED_AT_MOST] if p.id not in known or text],
        has_more=len(found) > partners.LISTED_AT_MOST,
    )


@bp.route("/concerns/<uuid:concern_id>/referrals/new/<uuid:partner_id>", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def new(concern_id: UUID, partner_id: UUID) -> ResponseReturnValue:
    """Refer the concern to the partner that was chosen."""
    actor = current_actor()
    concern = _referable(concern_id)
    partner = partners.get(actor, partner_id)
    form = ReferralForm()
    _offer(form, partner, concern)
    if form.validate_on_submit():
        draft, moved = form.draft(working_days_of=actor.land)
        try:
            made = services.refer(actor, concern_id, partner_id, draft, key=form.new_key)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            _tell_of_referral(made, partner, moved)
            return redirect(url_for("referrals.show", referral_id=made.referral.id), code=303)
    return _page("referrals/new.html", form, partner=partner, concern=concern)


def _referable(concern_id: UUID) -> Concern:
    """Return a concern that the actor may refer; raise `NotFound`, `NotAllowed` or `Conflict`."""
    concern = concerns.get(current_actor(), concern_id)
    authorize(current_actor(), Permission.CONCERN_MOVE, concern)
    if not concern.is_open:
        raise Conflict("concern_closed")
    return concern


def _tell_of_referral(made: services.Referred, partner: Organisation, moved: date | None) -> None:
    text = _(
        "Vermittelt an %(partner)s. Das Anliegen steht auf „%(stage)s“.",
        partner=shortened(partner.name),
        stage=word(made.concern.stage),
    )
    fields = {"stage": made.stage_before.value, "version": str(made.concern.version)}
    url = url_for("referrals.take_back", referral_id=made.referral.id)
    notify(_with_reason(text, moved), undo=Undo(url=url, fields=fields))


def _with_reason(text: str, moved: date | None) -> str:
    """Add why another day than the one that was typed holds."""
    if moved is None:
        return text
    reason = _("Der %(day)s ist kein Arbeitstag; es gilt der nächste.", day=day(moved))
    return f"{text} {reason}"


@bp.route("/referrals/<uuid:referral_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def edit(referral_id: UUID) -> ResponseReturnValue:
    """Change what was agreed, whom we ask and until when; the partner stays."""
    actor = current_actor()
    referral = _editable(referral_id)
    form = ReferralForm()
    _offer(form, referral.partner, referral.concern, referral)
    if form.validate_on_submit():
        draft, moved = form.draft(working_days_of=actor.land)
        try:
            services.edit(actor, referral_id, draft, version=form.seen_version)
        except Stale:
            return _conflict_page(form, referral_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_with_reason(_("Die Änderungen sind gesichert."), moved))
            return redirect(url_for("referrals.show", referral_id=referral_id), code=303)
    return _page(
        "referrals/edit.html",
        form,
        partner=referral.partner,
        concern=referral.concern,
        referral=referral,
    )


def _editable(referral_id: UUID) -> Referral:
    referral = queries.get(current_actor(), referral_id)
    authorize(current_actor(), Permission.CONCERN_MOVE, referral.concern)
    if not referral.is_open:
        raise Conflict("referral_closed")
    return referral


def _conflict_page(form: ReferralForm, referral_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = _editable(referral_id)
    theirs = ReferralForm(formdata=None)
    _offer(theirs, stored.partner, stored.concern, stored, saved=True)
    _offer(form, stored.partner, stored.concern, stored)
    rows = differences(form, theirs)
    form.version.data = str(stored.version)
    return _page(
        "referrals/edit.html",
        form,
        partner=stored.partner,
        concern=stored.concern,
        referral=stored,
        rows=rows,
    )


def _offer(
    form: ReferralForm,
    partner: Organisation,
    concern: Concern,
    referral: Referral | None = None,
    *,
    saved: bool = False,
) -> None:
    """Set who can be chosen; `saved` fills in what is stored, whatever was sent."""
    actor = current_actor()
    form.offer(
        contacts.of_organisations(actor, [partner.id], with_places=False),
        contacts.of_organisations(actor, [concern.organisation_id], with_places=False),
        referral=referral,
        land=actor.land,
        saved=saved,
    )


def _page(
    template: str,
    form: ReferralForm,
    *,
    partner: Organisation,
    concern: Concern,
    referral: Referral | None = None,
    rows: list[Difference] | None = None,
) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        template,
        form=form,
        partner=partner,
        concern=concern,
        referral=referral,
        offer=_offer_on(partners.of_partner(actor, partner.id), concern),
        quick_days=quick_days(actor.land),
        rows=rows,
    )
    return page, 409 if rows is not None else 422 if form.errors or form.form_errors else 200


def _offer_on(offers: Sequence[Offer], concern: Concern) -> Offer | None:
    return next((offer for offer in offers if offer.topic_id == concern.topic_id), None)
