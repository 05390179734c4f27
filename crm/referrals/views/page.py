"""The page of one referral, its sheet for the partner, and what is done with it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm import audit
from crm.concerns.models import Stage
from crm.errors import Conflict, Stale
from crm.mail import queries as mails
from crm.mail.models import Reason
from crm.organisations import queries as organisations
from crm.policy import Permission, authorize
from crm.referrals import documents, queries, services
from crm.referrals.forms import ResultForm
from crm.referrals.models import Referral
from crm.referrals.views.blueprint import bp
from crm.referrals.wording import happened
from crm.web.access import current_actor, current_person, requires
from crm.web.agency import agency_name
from crm.web.errors import put_on_form
from crm.web.forms import VersionedForm
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import language
from crm.web.words import word


@bp.get("/referrals/<uuid:referral_id>")
@requires(Permission.CONCERN_READ)
def show(referral_id: UUID) -> ResponseReturnValue:
    """Show one referral with its history."""
    referral = queries.get(current_actor(), referral_id)
    form = ResultForm(None)
    form.offer(referral)
    return _page(referral, form)


@bp.get("/referrals/<uuid:referral_id>.pdf")
@requires(Permission.CONCERN_READ)
def sheet(referral_id: UUID) -> ResponseReturnValue:
    """Hand out the sheet for the partner: what the company has agreed to, and nothing else."""
    referral = queries.get(current_actor(), referral_id)
    pdf = documents.referral_sheet(referral, agency_name=_agency_of(referral), language=language())
    response = Response(pdf, content_type="application/pdf")
    filename = f"{_('Vermittlung')}-{referral.reference}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _agency_of(referral: Referral) -> str:
    return agency_name(referral.concern.team.body.name)


@bp.route("/referrals/<uuid:referral_id>/send", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def send(referral_id: UUID) -> ResponseReturnValue:
    """Show the mail to the partner, and send it: that cannot be undone."""
    actor = current_actor()
    referral = queries.get(actor, referral_id)
    authorize(actor, Permission.CONCERN_MOVE, referral.concern)
    if not referral.is_open:
        raise Conflict("referral_closed")
    person = current_person()
    assert person is not None
    letter = documents.letter_to_partner(
        referral, agency_name=_agency_of(referral), sender=person.name
    )
    form = VersionedForm()
    status = 200
    if form.validate_on_submit():
        try:
            services.send(
                actor, referral_id, version=form.seen_version, letter=letter, reply_to=person.email
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
            status = 409 if isinstance(conflict, Stale) else 422
        else:
            name = shortened(referral.contact.name)
            notify(_("Das Blatt geht per E-Mail an %(name)s.", name=name))
            return _back(referral_id)
    # Sent again, it is meant for the version that the page now shows
    form.version.data = str(referral.version)
    page = render_template(
        "referrals/send.html",
        referral=referral,
        form=form,
        letter=letter,
        reply_to=person.email,
        sends_mails=current_app.config["CRM"].sends_mails,
    )
    return page, status


@bp.post("/referrals/<uuid:referral_id>/close")
@requires(Permission.CONCERN_MOVE)
def close(referral_id: UUID) -> ResponseReturnValue:
    """Close it with what came of it."""
    actor = current_actor()
    referral = queries.get(actor, referral_id)
    authorize(actor, Permission.CONCERN_MOVE, referral.concern)
    form = ResultForm()
    form.offer(referral)
    status = 422
    if form.validate_on_submit():
        try:
            services.close(
                actor,
                referral_id,
                version=form.seen_version,
                result=form.wanted,
                note=form.result_note.data or "",
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
            referral = queries.get(actor, referral_id)
            if isinstance(conflict, Stale):
                status = 409
                # Sent again, it is meant for the version that the page now shows
                form.version.data = str(referral.version)
        else:
            _tell_of_result(queries.get(actor, referral_id))
            return _back(referral_id)
    return _page(referral, form, status=status)


def _tell_of_result(referral: Referral) -> None:
    assert referral.result is not None
    text = _(
        "Die Vermittlung an %(partner)s ist abgeschlossen: %(result)s.",
        partner=shortened(referral.partner.name),
        result=word(referral.result),
    )
    undo = Undo(url=url_for("referrals.reopen", referral_id=referral.id))
    notify(text, undo=undo, links=[(_("Unternehmen informieren"), _to_tell(referral))])


def _to_tell(referral: Referral) -> str:
    """Return the address of a new follow-up that tells the company of the result."""
    return url_for(
        "follow_ups.new",
        concern=referral.concern_id,
        title=_("Unternehmen über das Ergebnis informieren"),
        promised="1",
        back=url_for("referrals.show", referral_id=referral.id),
    )


@bp.post("/referrals/<uuid:referral_id>/reopen")
@requires(Permission.CONCERN_MOVE)
def reopen(referral_id: UUID) -> ResponseReturnValue:
    """Await the partner's answer again."""
    services.reopen(current_actor(), referral_id)
    notify(_("Die Vermittlung ist wieder offen."))
    return _back(referral_id)


@bp.post("/referrals/<uuid:referral_id>/take-back")
@requires(Permission.CONCERN_MOVE)
def take_back(referral_id: UUID) -> ResponseReturnValue:
    """Take back a referral made by mistake; as an undo the concern moves back too."""
    actor = current_actor()
    referral = queries.get(actor, referral_id)
    stage = _stage_sent()
    stands = services.take_back(
        actor, referral_id, stage=stage, version=VersionedForm(request.form).seen_version
    )
    text = _("Die Vermittlung an %(partner)s ist zurückgenommen.", partner=referral.partner.name)
    if stage is not None and not stands:
        text += " " + _("Das Anliegen wurde inzwischen geändert und bleibt, wo es ist.")
    notify(text, undo=Undo(url=url_for("referrals.put_back", referral_id=referral_id)))
    return redirect(url_for("concerns.show", concern_id=referral.concern_id), code=303)


def _stage_sent() -> Stage | None:
    try:
        return Stage(request.form.get("stage", ""))
    except ValueError:
        return None


@bp.post("/referrals/<uuid:referral_id>/put-back")
@requires(Permission.CONCERN_MOVE)
def put_back(referral_id: UUID) -> ResponseReturnValue:
    """Undo taking it back."""
    services.put_back(current_actor(), referral_id)
    notify(_("Die Vermittlung ist wiederhergestellt."))
    return _back(referral_id)


def _back(referral_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("referrals.show", referral_id=referral_id), code=303)


def _page(referral: Referral, form: ResultForm, *, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "referrals/show.html",
        referral=referral,
        form=form,
        has_open=queries.has_open(actor, referral.concern_id),
        tell_url=_to_tell(referral),
        mail=mails.find(Reason.REFERRAL, referral.mail_key) if referral.mail_key else None,
        partner_opens=organisations.may_see_organisation(actor, referral.partner),
        organisation_opens=organisations.may_see_organisation(actor, referral.concern.organisation),
        history=[(e.at, e.actor_name, happened(e)) for e in audit.history(referral.id)],
        actor=actor,
    )
    return page, status
