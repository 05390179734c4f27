"""Pages of the asset map: who helps with what, and what one partner helps with."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.contacts import queries as contacts
from crm.errors import Conflict, Stale
from crm.exports import Cell
from crm.organisations.models import Organisation
from crm.paging import Count
from crm.partners import queries, services
from crm.partners.forms import OfferLine, OffersForm
from crm.partners.queries import OfferFilter
from crm.policy import Actor, Permission, authorize
from crm.topics import queries as topics
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference
from crm.web.errors import put_on_form
from crm.web.forms import labels_of
from crm.web.listing import cursor_arg, download_csv, key_arg, text_arg
from crm.web.notices import notify, shortened
from crm.web.rendering import counted, language, number

bp = Blueprint("partners", __name__)


@bp.get("/partners")
@requires(Permission.ORGANISATION_READ)
def index() -> ResponseReturnValue:
    """Show which partner helps with which topic, by topic or by partner."""
    actor, wanted = current_actor(), _wanted()
    page = queries.page(actor, wanted, cursor_arg(queries.order_of(wanted)))
    together = "partner_id" if wanted.by_partner else "topic_id"
    return render_template(
        "partners/index.html",
        wanted=wanted,
        page=page,
        groups=[list(group) for _key, group in groupby(page.items, lambda o: getattr(o, together))],
        count=_counted(queries.count(actor, wanted)),
        topics=[(topic.id, topic.name(language())) for topic in topics.topics()],
        without=queries.topics_without(actor),
        has_partners=bool(queries.partners(actor, limit=1)),
    )


@bp.get("/partners.csv")
@requires(Permission.LIST_EXPORT)
def export() -> ResponseReturnValue:
    """Hand out the same rows as a file."""
    header = [
        _("Thema"),
        _("Partner"),
        _("Gemeinde"),
        _("Angebot"),
        _("Ansprechpartner/-in"),
        _("Funktion"),
        _("Telefon"),
        _("E-Mail"),
    ]
    return download_csv(_("wer-hilft-wobei"), header, _cells(current_actor(), _wanted()))


def _wanted() -> OfferFilter:
    return OfferFilter(
        q=text_arg("q"), topic_id=key_arg("topic"), by_partner=text_arg("by") == "partner"
    )


def _counted(count: Count) -> str:
    things = ngettext(
        "%(count)s Angebot", "%(count)s Angebote", count.number, count=number(count.number)
    )
    return counted(count, things)


def _cells(actor: Actor, wanted: OfferFilter) -> Iterator[tuple[Cell, ...]]:
    for offer in queries.rows(actor, wanted):
        contact = offer.contact
        yield (
            offer.topic.name(language()),
            offer.partner.name,
            offer.partner.municipality,
            offer.text,
            contact.name if contact else "",
            contact.function if contact else "",
            (contact.phone or contact.mobile) if contact else "",
            contact.email if contact else "",
        )


@bp.route("/partners/<uuid:partner_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def edit(partner_id: UUID) -> ResponseReturnValue:
    """Say with which topics a partner helps; whoever saves second sees both versions."""
    actor = current_actor()
    partner = _editable(partner_id)
    form = OffersForm()
    _offer(form, partner)
    if form.validate_on_submit():
        try:
            services.set_offers(actor, partner_id, list(form.drafts()), version=form.seen_version)
        except Stale:
            return _conflict_page(form, partner_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(
                _("Wobei „%(name)s“ hilft, ist gesichert.", name=shortened(partner.name)),
                links=[(_("Wer hilft wobei"), url_for("partners.index"))],
            )
            return redirect(url_for("organisations.show", organisation_id=partner_id), code=303)
    return _page(partner, form)


def _editable(partner_id: UUID) -> Organisation:
    partner = queries.get(current_actor(), partner_id)
    authorize(current_actor(), Permission.ORGANISATION_EDIT, partner)
    return partner


def _offer(form: OffersForm, partner: Organisation, *, saved: bool = False) -> None:
    actor = current_actor()
    form.offer(
        topics.topics(),
        contacts.of_organisations(actor, [partner.id], with_places=False),
        queries.of_partner(actor, partner.id),
        version=partner.version,
        language=language(),
        saved=saved,
    )


def _conflict_page(form: OffersForm, partner_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = _editable(partner_id)
    theirs = OffersForm(formdata=None)
    _offer(theirs, stored, saved=True)
    saved = {line.topic.id: _said(line) for line in theirs.lines}
    rows = [
        Difference(str(line.helps.label.text), _said(line), saved.get(line.topic.id, ""))
        for line in form.lines
        if _said(line) != saved.get(line.topic.id, "")
    ]
    form.version.data = str(stored.version)
    return _page(stored, form, rows=rows)


def _said(line: OfferLine) -> str:
    """Return what one line says, as people read it."""
    if not line.helps.data:
        return _("hilft nicht")
    contact = labels_of(line.contact).get(line.contact.data or "", "")
    return ", ".join(
        filter(None, (_("hilft"), line.text.data, contact if line.contact.data else ""))
    )


def _page(
    partner: Organisation, form: OffersForm, *, rows: list[Difference] | None = None
) -> ResponseReturnValue:
    page = render_template("partners/edit.html", partner=partner, form=form, rows=rows)
    return page, 409 if rows is not None else 422 if form.all_errors() else 200
