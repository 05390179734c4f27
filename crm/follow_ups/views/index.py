"""The list of follow-ups, and the file of the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts import queries as accounts
from crm.clock import today
from crm.exports import Cell
from crm.follow_ups import queries
from crm.follow_ups.desk import later_days, openable, quick_days
from crm.follow_ups.forms import MoveForm, ReassignForm, people_choices
from crm.follow_ups.queries import Due, FollowUpFilter
from crm.follow_ups.views.blueprint import bp
from crm.follow_ups.wording import recurs
from crm.organisations import queries as organisations
from crm.paging import Count
from crm.policy import Actor, Permission
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
from crm.web.narrowing import Narrowing, days_narrowing, narrowing, place_narrowings
from crm.web.rendering import counted, language, number
from crm.web.words import word

# What rests is left out, unless it is asked for
_SNOOZED = {"1": True, "all": None}


@bp.get("/follow-ups")
@requires(Permission.FOLLOW_UP_READ)
def index() -> ResponseReturnValue:
    """List follow-ups: mine, my teams' or all, by due date."""
    return list_page()


def list_page(refused: MoveForm | ReassignForm | None = None, sentence: str = "") -> str:
    """Show the list; with what was wrong when several were to be changed at once."""
    actor = current_actor()
    wanted = _wanted(actor)
    page = queries.page(actor, wanted, cursor_arg(queries.order_of(wanted)))
    colleagues = accounts.colleagues(actor)
    is_counted = accounts.may_count(actor, wanted.person_id, colleagues)
    organisation_id = wanted.organisation_id
    return render_template(
        "follow_ups/index.html",
        wanted=wanted,
        page=page,
        count=_counted(queries.count(actor, wanted)) if is_counted else "",
        organisation=organisations.find(actor, organisation_id) if organisation_id else None,
        people=people_choices(colleagues, me=actor.id),
        openable=openable(actor, page.items),
        teams=[(team.id, team.name) for team in accounts.teams(actor)],
        quick_days=quick_days(actor.land),
        later_days=later_days(actor.land),
        narrowings=_narrowings(wanted),
        actor=actor,
        refused=refused,
        sentence=sentence,
        ticked=frozenset(request.form.getlist("follow_up")),
    )


@bp.get("/follow-ups.csv")
@requires(Permission.LIST_EXPORT)
def export() -> ResponseReturnValue:
    """Hand out the same rows as a file."""
    actor = current_actor()
    header = [
        _("Was"),
        _("Organisation"),
        _("Ansprechpartner/-in"),
        _("Wer"),
        _("Bis wann"),
        _("Ruht bis"),
        _("Kommt wieder"),
        _("Zugesagt"),
        _("Sichtbar für"),
        _("Erledigt am"),
        _("Erledigt von"),
        _("Ergebnis"),
        _("Angelegt am"),
    ]
    return download_csv(_("wiedervorlagen"), header, _cells(actor, _wanted(actor)))


def _wanted(actor: Actor) -> FollowUpFilter:
    return FollowUpFilter(
        scope=scope_arg(actor),
        due=choice_arg("due", Due) or Due.OPEN,
        q=text_arg("q"),
        organisation_id=key_arg("organisation"),
        person_id=key_arg("person"),
        team_id=key_arg("team"),
        promised={"1": True, "0": False}.get(text_arg("promised")),
        snoozed=_SNOOZED.get(text_arg("snoozed"), False),
        due_since=day_arg("due_since"),
        due_until=day_arg("due_until"),
        done_since=day_arg("done_since"),
        done_until=day_arg("done_until"),
        last_first=text_arg("sort") == "last",
        municipality=text_arg("municipality"),
        industry=text_arg("industry"),
        topic_id=key_arg("topic"),
    )


def _narrowings(wanted: FollowUpFilter) -> list[Narrowing]:
    found = place_narrowings(municipality=wanted.municipality, industry=wanted.industry)
    if wanted.topic_id:
        names = {t.id: t.name(language()) for t in topics.topics(with_retired=True)}
        name = names.get(wanted.topic_id, _("unbekannt"))
        found.append(narrowing(_("Thema: %(name)s", name=name), "topic"))
    if wanted.snoozed is None:
        found.append(narrowing(_("mit ruhenden"), "snoozed"))
    found += days_narrowing(_("fällig"), "due", wanted.due_since, wanted.due_until)
    return found + days_narrowing(_("erledigt"), "done", wanted.done_since, wanted.done_until)


def _counted(count: Count) -> str:
    things = ngettext(
        "%(count)s Wiedervorlage",
        "%(count)s Wiedervorlagen",
        count.number,
        count=number(count.number),
    )
    return counted(count, things)


def _cells(actor: Actor, wanted: FollowUpFilter) -> Iterator[tuple[Cell, ...]]:
    day = today()
    for follow_up in queries.rows(actor, wanted):
        yield (
            follow_up.title,
            follow_up.organisation.name if follow_up.organisation else "",
            follow_up.contact.name if follow_up.contact else "",
            ", ".join(sorted(assignee.person.name for assignee in follow_up.assignees)),
            follow_up.due_on,
            follow_up.snoozed_until if follow_up.rests_on(day) else None,
            recurs(follow_up),
            _("ja") if follow_up.promised else _("nein"),
            word(follow_up.visibility),
            follow_up.done_at,
            follow_up.done_by.name if follow_up.done_by else "",
            follow_up.result,
            follow_up.created_at,
        )
