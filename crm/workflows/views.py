"""The page on which a colleague's open work goes to others."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.calendar import queries as calendar
from crm.errors import Conflict, NotFound
from crm.policy import Permission, may
from crm.visits import queries as visits
from crm.web.access import current_actor, proved, requires
from crm.web.errors import put_on_form
from crm.web.forms import key_of
from crm.web.notices import Undo, notify, shortened
from crm.workflows import queries, services
from crm.workflows.forms import HandOverForm
from crm.workflows.services import HandedOver
from crm.workflows.wording import amounts

bp = Blueprint("workflows", __name__)

# What is due first of each kind; the rest goes along unseen
_SHOWN = 100


@bp.get("/hand-over")
@requires(Permission.TEAM_HAND_OVER)
def people() -> ResponseReturnValue:
    """Choose a colleague."""
    actor = current_actor()
    colleagues = accounts.people_of_teams(actor.led_team_ids)
    return render_template("workflows/people.html", people=colleagues, actor=actor)


@bp.route("/hand-over/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.TEAM_HAND_OVER)
@proved("POST")
def hand_over(person_id: UUID) -> ResponseReturnValue:
    """See what is open with a colleague, and let others take it over."""
    actor = current_actor()
    person = services.get_colleague(actor, person_id)
    form = HandOverForm.sent(request.form)
    form.offer(accounts.colleagues(actor), leaving=person_id)
    if form.validate_on_submit():
        try:
            done = services.hand_over(
                actor, person_id, form.successors, deactivate=bool(form.deactivate.data)
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            tell(person, done)
            return redirect(url_for("workflows.hand_over", person_id=person_id), code=303)
    work = queries.open_work(person_id, actor, limit=_SHOWN + 1)
    page = render_template(
        "workflows/hand_over.html",
        form=form,
        person=person,
        work=work,
        shown=_SHOWN,
        has_calendar=calendar.find_of(person_id) is not None,
        drafts=len(visits.drafts(actor)) if person_id == actor.id else 0,
        may_close=actor.is_administrator
        and person_id != actor.id
        and person.deactivated_at is None,
        actor=actor,
    )
    return page, 422 if form.errors else 200


def tell(person: Person, done: HandedOver) -> None:
    """Say on the next page what was handed over, and offer undo to whoever may see it."""
    name = shortened(person.name)
    if done.moved:
        text = _("Von %(name)s weitergegeben: %(amounts)s.", name=name, amounts=amounts(done.moved))
    elif done.stayed:
        text = _("Von %(name)s ist nichts weitergegeben.", name=name)
    else:
        text = _("Bei %(name)s ist nichts mehr offen.", name=name)
    if done.closed:
        text += " " + _("Das Konto ist geschlossen.")
    undo = None
    if done.hand_over_id is not None and may(current_actor(), Permission.TEAM_HAND_OVER, person):
        undo = Undo(
            url=url_for("workflows.take_back"), fields={"hand_over": str(done.hand_over_id)}
        )
    notify(text, undo=undo, kind="success" if done.hand_over_id else "info")
    if done.stayed:
        notify(
            _(
                "Es bleiben: %(amounts)s. Sie sind nur für ein Team oder dessen Leitung gedacht."
                " Bitte wählen Sie dafür jemanden, der dazugehört.",
                amounts=amounts(done.stayed),
            ),
            kind="warning",
        )


@bp.post("/hand-over/undo")
@requires(Permission.TEAM_HAND_OVER)
def take_back() -> ResponseReturnValue:
    """Give back what was handed over, unless it was changed since."""
    key = key_of(request.form.get("hand_over"))
    if key is None:
        raise NotFound("hand_over")
    done = services.take_back(current_actor(), key)
    if done.moved:
        text = _("Zurückgegeben: %(amounts)s.", amounts=amounts(done.moved))
    else:
        text = _("Es ist nichts zurückgegeben.")
    if done.stayed:
        text += " " + _(
            "Inzwischen geändert und deshalb geblieben: %(amounts)s.", amounts=amounts(done.stayed)
        )
    if done.reopened:
        text += " " + _("Das Konto ist wieder offen, der Kalender nicht.")
    notify(text)
    return redirect(url_for("workflows.hand_over", person_id=done.person_id), code=303)
