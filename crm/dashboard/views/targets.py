"""The targets of a year: everybody reads them, managers set those of the teams they lead."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts.models import Team
from crm.clock import today
from crm.dashboard import links, queries, services
from crm.dashboard.forms import TargetForm
from crm.dashboard.models import FIRST_YEAR, LAST_YEAR, Target
from crm.dashboard.periods import year
from crm.dashboard.queries import FigureFilter
from crm.dashboard.queries.targets import find_target, get_team
from crm.dashboard.views.blueprint import bp
from crm.errors import Stale
from crm.policy import Actor, Permission, authorize
from crm.visits.listing import Counted
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.listing import text_arg
from crm.web.notices import notify


def _year() -> int:
    text = text_arg("year")
    wanted = int(text[:4]) if text.isascii() and text.isdigit() else today().year
    return wanted if FIRST_YEAR <= wanted <= LAST_YEAR else today().year


@bp.get("/dashboard/targets")
@requires(Permission.DASHBOARD_READ)
def targets() -> ResponseReturnValue:
    """Show the targets of a year beside what was done."""
    actor, wanted_year = current_actor(), _year()
    wanted = FigureFilter(period=year(wanted_year))
    held = queries.visits_held(actor, wanted)
    rows = [
        (
            target,
            held.number(Counted.VISITS, team_id=target.team_id),
            links.visits(wanted.visits(actor, counted=Counted.VISITS, team_id=target.team_id)),
            target.team_id in actor.led_team_ids,
        )
        for target in queries.team_targets(actor, wanted_year)
    ]
    return render_template(
        "dashboard/targets.html",
        year=wanted_year,
        rows=rows,
        total=sum(target.visits or 0 for target, *_rest in rows),
        held=held.number(Counted.VISITS),
        held_url=links.visits(wanted.visits(actor, counted=Counted.VISITS)),
    )


@bp.route("/dashboard/targets/<uuid:team_id>", methods=["GET", "POST"])
@requires(Permission.TARGET_EDIT)
def target(team_id: UUID) -> ResponseReturnValue:
    """Set the target of a team for a year; whoever saves second sees both."""
    actor, wanted_year = current_actor(), _year()
    team = get_team(actor, team_id)
    stored = find_target(team_id, wanted_year)
    authorize(actor, Permission.TARGET_EDIT, stored or _nothing_yet(actor, team, wanted_year))
    form = TargetForm(data=_values(stored) if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            services.set_target(
                actor,
                team_id,
                wanted_year,
                visits=form.wanted_visits,
                version=form.seen_version,
            )
        except Stale:
            return _conflict_page(form, team, wanted_year)
        notify(_("Das Ziel für %(year)s ist gesichert.", year=wanted_year))
        return redirect(url_for("dashboard.targets", year=wanted_year), code=303)
    return _page(form, team, wanted_year)


def _nothing_yet(actor: Actor, team: Team, wanted_year: int) -> Target:
    return Target(body_id=actor.body_id, team_id=team.id, year=wanted_year)


def _values(stored: Target | None) -> dict[str, str]:
    visits = stored.visits if stored else None
    return {
        "visits": "" if visits is None else str(visits),
        "version": str(stored.version if stored else 0),
    }


def _conflict_page(form: TargetForm, team: Team, wanted_year: int) -> ResponseReturnValue:
    values = _values(find_target(team.id, wanted_year))
    rows = differences(form, TargetForm(formdata=None, data=values))
    form.version.data = values["version"]
    return _page(form, team, wanted_year, rows)


def _page(
    form: TargetForm, team: Team, wanted_year: int, rows: list[Difference] | None = None
) -> ResponseReturnValue:
    status = 409 if rows is not None else 422 if form.errors else 200
    return render_template(
        "dashboard/target.html", form=form, team=team, year=wanted_year, rows=rows
    ), status
