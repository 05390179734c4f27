"""Pages of teams and the bodies they belong to."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries, services
from crm.accounts.models import Team
from crm.accounts.wording import LANDS
from crm.administration.forms_of_teams import BodyForm, MoveForm, NewBodyForm, NewTeamForm, TeamForm
from crm.administration.views.blueprint import bp
from crm.errors import Conflict, NotFound
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form, put_on_versioned
from crm.web.listing import text_arg
from crm.web.notices import notify, notify_of_saving, shortened
from crm.workflows import queries as work
from crm.workflows import services as workflows
from crm.workflows.wording import amounts


@bp.get("/admin/teams")
@requires(Permission.PEOPLE_MANAGE)
def teams() -> ResponseReturnValue:
    """List the teams of each body."""
    return render_template(
        "administration/teams.html",
        bodies=queries.bodies(),
        teams=queries.all_teams(),
        people=queries.people_in_teams(),
        lands=LANDS,
    )


@bp.route("/admin/teams/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def new_team() -> ResponseReturnValue:
    """Make a team."""
    form = NewTeamForm(data=None if request.method == "POST" else {"body": text_arg("body")})
    form.offer(queries.bodies())
    if form.validate_on_submit():
        try:
            team_id = services.add_team(
                form.body_id, form.name.data or "", actor=current_actor(), key=form.new_key
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(name)s“ ist angelegt.", name=shortened(form.name.data or "")))
            return redirect(url_for("administration.team", team_id=team_id), code=303)
    page = render_template("administration/new_team.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/admin/teams/<uuid:team_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def team(team_id: UUID) -> ResponseReturnValue:
    """Show a team, and rename it."""
    found = _get(team_id)
    form = TeamForm(data={"name": found.name, "version": str(found.version)})
    if form.validate_on_submit():
        try:
            changed = services.rename_team(
                current_actor(), team_id, form.name.data or "", version=form.seen_version
            )
        except Conflict as conflict:
            found = _get(team_id)
            put_on_versioned(conflict, form, version=found.version)
        else:
            notify_of_saving(changed=changed)
            return redirect(url_for("administration.team", team_id=team_id), code=303)
    is_in_it = work.open_in(team_id)
    page = render_template(
        "administration/team.html",
        team=found,
        form=form,
        people=is_in_it.people,
        open_work=amounts(is_in_it.work),
    )
    return page, 422 if form.errors else 200


@bp.route("/admin/teams/<uuid:team_id>/move", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def move_team(team_id: UUID) -> ResponseReturnValue:
    """Say what it means that a team belongs to another body, and let it."""
    found = _get(team_id)
    form = MoveForm(data={"version": str(found.version)})
    form.offer([body for body in queries.bodies() if body.id != found.body_id])
    if form.validate_on_submit():
        try:
            workflows.move_team(current_actor(), team_id, form.body_id, version=form.seen_version)
        except Conflict as conflict:
            found = _get(team_id)
            put_on_versioned(conflict, form, version=found.version)
        else:
            notify(_("Das Team gehört jetzt zu einem anderen Träger."))
            return redirect(url_for("administration.team", team_id=team_id), code=303)
    page = render_template(
        "administration/move_team.html", team=found, form=form, moving=work.moving(found)
    )
    return page, 422 if form.errors else 200


@bp.post("/admin/teams/<uuid:team_id>/close")
@requires(Permission.PEOPLE_MANAGE)
def close_team(team_id: UUID) -> ResponseReturnValue:
    """Close a team in which nobody is and nothing is open."""
    workflows.close_team(current_actor(), team_id)
    notify(_("Das Team ist geschlossen."))
    return redirect(url_for("administration.team", team_id=team_id), code=303)


@bp.post("/admin/teams/<uuid:team_id>/reopen")
@requires(Permission.PEOPLE_MANAGE)
def reopen_team(team_id: UUID) -> ResponseReturnValue:
    """Open a closed team again."""
    services.reopen_team(current_actor(), team_id)
    notify(_("Das Team ist wieder offen."))
    return redirect(url_for("administration.team", team_id=team_id), code=303)


@bp.route("/admin/bodies/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def new_body() -> ResponseReturnValue:
    """Make a body."""
    form = NewBodyForm()
    if form.validate_on_submit():
        try:
            services.add_body(
                form.name.data or "", land=form.land.data, actor=current_actor(), key=form.new_key
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(name)s“ ist angelegt.", name=shortened(form.name.data or "")))
            return redirect(url_for("administration.teams"), code=303)
    page = render_template("administration/new_body.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/admin/bodies/<uuid:body_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def body(body_id: UUID) -> ResponseReturnValue:
    """Rename a body, or let it lie in another Land."""
    found = services.get_body(body_id)
    form = BodyForm(data={"name": found.name, "land": found.land, "version": str(found.version)})
    if form.validate_on_submit():
        try:
            changed = services.change_body(
                current_actor(),
                body_id,
                form.name.data or "",
                land=form.land.data,
                version=form.seen_version,
            )
        except Conflict as conflict:
            found = services.get_body(body_id)
            put_on_versioned(conflict, form, version=found.version)
        else:
            notify_of_saving(changed=changed)
            return redirect(url_for("administration.teams"), code=303)
    page = render_template("administration/body.html", body=found, form=form, lands=LANDS)
    return page, 422 if form.errors else 200


def _get(team_id: UUID) -> Team:
    found = queries.find_team(team_id)
    if found is None:
        raise NotFound(team_id)
    return found
