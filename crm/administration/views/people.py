"""Pages of people: the list, inviting, changing what they may do, closing an account."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts import listing, queries, services
from crm.accounts.documents import lasts
from crm.accounts.listing import BY_NAME, PeopleFilter
from crm.accounts.models import Person, PersonState
from crm.accounts.wording import LANGUAGES
from crm.administration.forms import ChangedRightsForm, InvitationForm, rights_of
from crm.administration.views.blueprint import bp
from crm.errors import Conflict, NotFound
from crm.policy import Permission, Role, may
from crm.web.access import current_actor, proved, requires
from crm.web.errors import explain, put_on_form, put_on_versioned
from crm.web.forms import choices_of
from crm.web.listing import choice_arg, cursor_arg, key_arg, text_arg
from crm.web.notices import notify
from crm.web.rendering import counted, number
from crm.web.words import words
from crm.workflows import queries as workflows
from crm.workflows.forms import HandOverForm
from crm.workflows.models import Kind
from crm.workflows.services import invite as send_invitation
from crm.workflows.services import invite_again as send_invitation_again
from crm.workflows.services import leave
from crm.workflows.views import tell
from crm.workflows.wording import amounts

_FILTERS = ("q", "role", "team", "state")
_SHOWN_ONCE = "password_link"


@bp.get("/admin/people")
@requires(Permission.PEOPLE_MANAGE)
def people() -> ResponseReturnValue:
    """List everybody who signs in, was invited or has left."""
    wanted = PeopleFilter(
        text=text_arg("q"),
        role=choice_arg("role", Role),
        team_id=key_arg("team"),
        state=choice_arg("state", PersonState),
    )
    count = listing.count(wanted)
    things = ngettext(
        "%(count)s Person", "%(count)s Personen", count.number, count=number(count.number)
    )
    return render_template(
        "administration/people.html",
        wanted=wanted,
        page=listing.page(wanted, cursor_arg(BY_NAME)),
        count=counted(count, things),
        roles=choices_of(words(Role)),
        teams=[(team.id, f"{team.name}, {team.body.name}") for team in queries.all_teams()],
        states=choices_of(words(PersonState)),
        is_filtered=any(map(request.args.get, _FILTERS)),
    )


@bp.route("/admin/people/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@proved("GET", "POST")
def invite() -> ResponseReturnValue:
    """Invite a person: by mail, or by a link to hand over where no mail goes."""
    form = InvitationForm()
    form.offer(queries.all_teams())
    if form.validate_on_submit():
        try:
            person, token = send_invitation(
                current_actor(), form.invitation, key=form.new_key, by_mail=_sends_mails()
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            return _invited(person.id, token)
    page = render_template("administration/invite.html", form=form, sends_mails=_sends_mails())
    return page, 422 if form.errors else 200


@bp.post("/admin/people/<uuid:person_id>/invite")
@requires(Permission.PEOPLE_MANAGE)
@proved("POST")
def invite_again(person_id: UUID) -> ResponseReturnValue:
    """Invite a person once more; the former link ends."""
    token = send_invitation_again(current_actor(), person_id, by_mail=_sends_mails())
    return _invited(person_id, token)


def _invited(person_id: UUID, token: str) -> ResponseReturnValue:
    if token:
        session[_SHOWN_ONCE] = [str(person_id), token]
    else:
        notify(_("Die Einladung ist unterwegs."))
    return redirect(url_for("administration.person", person_id=person_id), code=303)


@bp.route("/admin/people/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@proved("POST")
def person(person_id: UUID) -> ResponseReturnValue:
    """Show a person, and change what they may do."""
    actor = current_actor()
    found = _get(person_id)
    form = ChangedRightsForm(data=None if request.method == "POST" else rights_of(found))
    form.offer(queries.all_teams(), of=found)
    if form.validate_on_submit():
        try:
            changed = services.change_rights(
                actor, person_id, form.rights, version=form.seen_version
            )
        except Conflict as conflict:
            found = _get(person_id)
            put_on_versioned(conflict, form, version=found.version)
        else:
            _tell_of_rights(found, changed=changed)
            return redirect(url_for("administration.person", person_id=person_id), code=303)
    page = render_template(
        "administration/person.html",
        person=found,
        form=form,
        language=LANGUAGES[found.language],
        teams_led=[team.name for team in queries.teams_led(person_id)],
        link=queries.find_link(person_id),
        second_factor=queries.find_second_factor(person_id),
        address=_address_to_show(person_id),
        lasts=lasts(PersonState.INVITED),
        is_oneself=person_id == actor.id,
        has_open_work=found.state is PersonState.CLOSED
        and bool(workflows.open_work(person_id, limit=1)),
    )
    return page, 422 if form.errors else 200


def _tell_of_rights(person: Person, *, changed: bool) -> None:
    if not changed:
        notify(_("Es hat sich nichts geändert."), kind="info")
    elif person.id == current_actor().id:
        notify(_("Ihre Rechte sind geändert. Bitte melden Sie sich neu an."))
    elif person.state is PersonState.INVITED:
        notify(_("Die Rechte sind geändert."))
    else:
        notify(_("Die Rechte sind geändert. Die Person ist überall abgemeldet."))


@bp.route("/admin/people/<uuid:person_id>/close", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@proved("GET", "POST")
def close(person_id: UUID) -> ResponseReturnValue:
    """Close an account; somebody takes over what is open, whatever it is."""
    actor = current_actor()
    found = _get(person_id)
    form = HandOverForm.sent(request.form)
    # Here it is not asked whether
    del form.deactivate
    form.offer(queries.colleagues(found.actor), leaving=person_id)
    if form.validate_on_submit():
        try:
            done = leave(person_id, form.successors, deactivate=True, actor=actor)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            tell(found, done)
            return redirect(url_for("administration.person", person_id=person_id), code=303)
    work = workflows.open_work(person_id)
    counts = {kind: len(work.of(kind)) for kind in Kind}
    page = render_template(
        "administration/close.html",
        person=found,
        form=form,
        counts=counts,
        amounts=amounts(counts),
        may_see_work=may(actor, Permission.TEAM_HAND_OVER, found),
    )
    return page, 422 if form.errors else 200


@bp.post("/admin/people/<uuid:person_id>/reopen")
@requires(Permission.PEOPLE_MANAGE)
@proved("POST")
def reopen(person_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    services.reopen(current_actor(), person_id)
    notify(_("Das Konto ist wieder offen."))
    return redirect(url_for("administration.person", person_id=person_id), code=303)


@bp.post("/admin/people/<uuid:person_id>/second-factor/remove")
@requires(Permission.PEOPLE_MANAGE)
@proved("POST")
def remove_second_factor(person_id: UUID) -> ResponseReturnValue:
    """Take the second factor of somebody who has lost it away."""
    try:
        was_there = services.take_away(current_actor(), person_id)
    except Conflict as conflict:
        notify(explain(conflict), kind="danger")
    else:
        if was_there:
            notify(_("Der zweite Faktor ist entfernt. Die Person ist überall abgemeldet."))
        else:
            notify(_("Es hat sich nichts geändert."), kind="info")
    return redirect(url_for("administration.person", person_id=person_id), code=303)


def _get(person_id: UUID) -> Person:
    found = queries.find_present_or_past(person_id)
    if found is None:
        raise NotFound(person_id)
    return found


def _sends_mails() -> bool:
    sends: bool = current_app.config["CRM"].sends_mails
    return sends


def _address_to_show(person_id: UUID) -> str:
    """Return the address of a link that was just made, this once; otherwise an empty text."""
    key, token = session.pop(_SHOWN_ONCE, ("", ""))
    if key != str(person_id):
        return ""
    path = url_for("accounts.choose_password", token=token)
    return (current_app.config["CRM"].public_url or request.host_url.rstrip("/")) + path
