"""Opening a concern without a visit, and editing one."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from crm.accounts import queries as accounts
from crm.clock import now
from crm.concerns import queries, services
from crm.concerns.forms import ConcernForm, EditForm, values_of
from crm.concerns.models import Concern
from crm.concerns.views.blueprint import bp, kept_back
from crm.errors import Conflict, Stale
from crm.organisations import queries as organisations
from crm.organisations.models import Organisation
from crm.policy import Permission, authorize
from crm.topics import queries as topics
from crm.visibility import may_see
from crm.visits import services as visit_services
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.forms import key_of
from crm.web.listing import key_arg
from crm.web.notices import notify, shortened
from crm.web.rendering import language

_SUGGESTED = 5


@bp.route("/concerns/new", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def new() -> ResponseReturnValue:
    """Open a concern that no visit brought: its clock starts now."""
    actor = current_actor()
    form = ConcernForm(data=_preset() if request.method == "GET" else None)
    form.offer(topics.topics(), language())
    if form.is_submitted():
        organisation = _organisation(form)
        if form.validate() and organisation is not None:
            concern = services.open_concern(
                actor,
                organisation_id=organisation.id,
                topic_id=form.topic_id,
                title=form.title.data or "",
                flag=form.wanted_flag,
                visibility=form.circle,
                opened_at=now(),
                key=form.new_key,
            )
            notify(_("„%(title)s“ ist eröffnet.", title=shortened(concern.title)))
            return redirect(url_for("concerns.show", concern_id=concern.id), code=303)
    page = render_template("concerns/new.html", form=form, back=kept_back())
    return page, 422 if form.errors else 200


def _preset() -> dict[str, str] | None:
    key = key_arg("organisation")
    known = organisations.get(current_actor(), key) if key else None
    return {"organisation": known.name, "organisation_id": str(known.id)} if known else None


@bp.route("/concerns/<uuid:concern_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONCERN_MOVE)
def edit(concern_id: UUID) -> ResponseReturnValue:
    """Edit title, organisation, topic, flag, people and circle."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    authorize(actor, Permission.CONCERN_MOVE, concern)
    form = EditForm(data=values_of(concern) if request.method == "GET" else None)
    _offer(form, concern)
    if form.is_submitted():
        organisation = _organisation(form)
        if form.validate() and organisation is not None:
            try:
                changed = visit_services.edit_concern(
                    actor, concern_id, form.draft(organisation.id), version=form.seen_version
                )
            except Stale:
                return _conflict_page(form, concern_id)
            except Conflict as conflict:
                put_on_form(conflict, form)
            else:
                return _after_edit(changed)
    return _edit_page(form, concern)


def _after_edit(concern: Concern) -> ResponseReturnValue:
    if may_see(current_actor(), concern):
        notify(_("Die Änderungen sind gesichert."))
        return redirect(url_for("concerns.show", concern_id=concern.id), code=303)
    notify(
        _(
            "Die Änderungen sind gesichert. „%(title)s“ sehen Sie nun nicht mehr.",
            title=shortened(concern.title),
        )
    )
    return redirect(url_for("concerns.index"), code=303)


def _offer(form: EditForm, concern: Concern) -> None:
    catalogue = list(topics.topics())
    if concern.topic_id not in {topic.id for topic in catalogue}:
        catalogue.append(concern.topic)
    form.offer(catalogue, language())
    colleagues = accounts.colleague_actors(current_actor())
    may_help = [c for c in colleagues if c.id != concern.owner_id and may_see(c, concern)]
    form.offer_people(concern, colleagues, may_help)
    if request.method == "GET":
        form.flag.data = concern.flag.value


def _organisation(form: ConcernForm) -> Organisation | None:
    """Return the organisation that was picked, or that what was typed names alone."""
    actor = current_actor()
    if (key := key_of(form.alternative.data)) and (chosen := organisations.find(actor, key)):
        return chosen
    typed = form.organisation.data or ""
    key = key_of(form.organisation_id.data)
    picked = organisations.find(actor, key) if key else None
    if picked is not None and (not typed or typed == picked.name):
        return picked
    if form.organisation.process_errors:
        return None
    if not typed:
        _refuse(form.organisation, _("Bitte nennen Sie die Organisation."))
        return None
    found = organisations.named(actor, typed)
    found = found or organisations.suggest(actor, typed, limit=_SUGGESTED)
    if len(found) == 1:
        return found[0]
    form.offer_organisations(found)
    if found:
        _refuse(form.organisation, _("Mehrere Organisationen passen. Bitte wählen Sie eine."))
    else:
        _refuse(
            form.organisation,
            _("Diese Organisation ist noch nicht erfasst. Bitte legen Sie sie zuerst an."),
        )
    return None


def _refuse(field: Field, sentence: str) -> None:
    # WTForms forgets `errors` when it validates, but keeps what went wrong before
    field.process_errors = [*field.process_errors, sentence]


def _conflict_page(form: EditForm, concern_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = queries.get(current_actor(), concern_id)
    theirs = EditForm(formdata=None, data=values_of(stored))
    _offer(theirs, stored)
    theirs.flag.data = stored.flag.value
    rows = differences(form, theirs, without={"organisation_id", "alternative"})
    form.version.data = str(stored.version)
    return _edit_page(form, stored, rows=rows)


def _edit_page(
    form: EditForm, concern: Concern, *, rows: list[Difference] | None = None
) -> ResponseReturnValue:
    status = 409 if rows is not None else 422 if form.errors else 200
    return render_template("concerns/edit.html", form=form, concern=concern, rows=rows), status
