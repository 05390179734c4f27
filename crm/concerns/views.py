"""Pages of concerns: the list, and one with its notes, follow-ups and history."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from werkzeug.datastructures import MultiDict

from crm import audit
from crm.accounts import queries as accounts
from crm.concerns import queries, services
from crm.concerns.forms import StageForm
from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.concerns.queries import ConcernFilter
from crm.concerns.wording import clock, clock_kind, happened
from crm.errors import Conflict, Stale
from crm.exports import Cell
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.desk import openable
from crm.organisations import queries as organisations
from crm.paging import Count
from crm.policy import Actor, Permission, authorize
from crm.topics import queries as topics
from crm.visits import queries as visits
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.listing import (
    choice_arg,
    cursor_arg,
    download_csv,
    key_arg,
    scope_arg,
    text_arg,
)
from crm.web.narrowing import (
    Narrowing,
    days_arg,
    days_narrowing,
    narrowing,
    place_narrowings,
)
from crm.web.notices import Undo, notify, shortened
from crm.web.rendering import counted, language, number
from crm.web.words import word, words

bp = Blueprint("concerns", __name__)
bp.add_app_template_filter(clock, "clock")
bp.add_app_template_filter(clock_kind, "clock_kind")


@bp.get("/concerns")
@requires(Permission.CONCERN_READ)
def index() -> ResponseReturnValue:
    """List concerns: mine, my teams' or all, by what is due."""
    actor = current_actor()
    wanted = _wanted(actor)
    page = queries.page(actor, wanted, cursor_arg(queries.order_of(wanted)))
    return render_template(
        "concerns/index.html",
        wanted=wanted,
        page=page,
        count=_counted(queries.count(actor, wanted)),
        organisation=organisations.find(actor, wanted.organisation_id)
        if wanted.organisation_id
        else None,
        topics=[(topic.id, topic.name(language())) for topic in topics.topics(with_retired=True)],
        flags=words(Flag),
        stages=words(Stage),
        openable={
            concern.organisation_id
            for concern in page.items
            if organisations.may_see_organisation(actor, concern.organisation)
        },
        narrowings=_narrowings(actor, wanted),
        actor=actor,
    )


@bp.get("/concerns.csv")
@requires(Permission.LIST_EXPORT)
def export() -> ResponseReturnValue:
    """Hand out the same rows as a file."""
    actor = current_actor()
    header = [
        _("Kurzzeichen"),
        pgettext("one", "Anliegen"),
        _("Organisation"),
        _("Thema"),
        _("Einstufung"),
        _("Stand"),
        _("Zuständig"),
        _("Eröffnet am"),
        _("Erste Rückmeldung bis"),
        _("Erste Rückmeldung am"),
        _("Lösung bis"),
        _("Abgeschlossen am"),
        pgettext("concern", "Ergebnis"),
        _("Begründung"),
        _("Sichtbar für"),
    ]
    return download_csv(_("anliegen"), header, _cells(actor, _wanted(actor)))


def _wanted(actor: Actor) -> ConcernFilter:
    return ConcernFilter(
        scope=scope_arg(actor),
        q=text_arg("q"),
        organisation_id=key_arg("organisation"),
        topic_id=key_arg("topic"),
        flag=choice_arg("flag", Flag),
        stage=choice_arg("stage", Stage),
        with_closed=text_arg("stage") == "all",
        late=text_arg("late") == "1",
        newest_first=text_arg("sort") == "newest",
        team_id=key_arg("team"),
        municipality=text_arg("municipality"),
        industry=text_arg("industry"),
        outcome=choice_arg("outcome", Outcome),
        opened=days_arg("opened"),
        responded=days_arg("responded"),
        closed=days_arg("closed"),
    )


def _narrowings(actor: Actor, wanted: ConcernFilter) -> list[Narrowing]:
    found = place_narrowings(
        teams=accounts.teams(actor) if wanted.team_id else (),
        team_id=wanted.team_id,
        municipality=wanted.municipality,
        industry=wanted.industry,
    )
    if wanted.outcome:
        text = _("Ergebnis: %(name)s", name=word(wanted.outcome))
        found.append(narrowing(text, "outcome"))
    for what, name, days in (
        (_("eröffnet"), "opened", wanted.opened),
        (_("erste Rückmeldung"), "responded", wanted.responded),
        (_("abgeschlossen"), "closed", wanted.closed),
    ):
        found += days_narrowing(what, name, days.since, days.until)
    return found


def _counted(count: Count) -> str:
    things = ngettext(
        "%(count)s Anliegen", "%(count)s Anliegen", count.number, count=number(count.number)
    )
    return counted(count, things)


def _cells(actor: Actor, wanted: ConcernFilter) -> Iterator[tuple[Cell, ...]]:
    for concern in queries.rows(actor, wanted):
        is_closed = concern.outcome is not None
        yield (
            concern.reference,
            concern.title,
            concern.organisation.name,
            concern.topic.name(language()),
            word(concern.flag),
            word(concern.stage),
            concern.owner.name,
            concern.opened_at,
            concern.first_response_due_on,
            concern.first_responded_at,
            concern.resolution_due_on,
            concern.closed_at,
            word(concern.outcome) if concern.outcome is not None else "",
            concern.outcome_reason if is_closed else "",
            word(concern.visibility),
        )


@bp.get("/concerns/<uuid:concern_id>")
@requires(Permission.CONCERN_READ)
def show(concern_id: UUID) -> ResponseReturnValue:
    """Show one concern with its notes, follow-ups and history."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    form = StageForm(None)
    form.offer(concern)
    return _page(concern, form)


@bp.post("/concerns/<uuid:concern_id>/stage")
@requires(Permission.CONCERN_MOVE)
def move(concern_id: UUID) -> ResponseReturnValue:
    """Change the stage; closing takes an outcome and a reason."""
    actor = current_actor()
    concern = queries.get(actor, concern_id)
    authorize(actor, Permission.CONCERN_MOVE, concern)
    sent = MultiDict(request.form)
    if sent.get("keep_reason"):
        sent["reason"] = concern.outcome_reason
    # An undo sends no outcome where there was none
    sent.setdefault("outcome", "")
    form = StageForm(sent)
    form.offer(concern)
    status = 422
    if form.validate_on_submit():
        before = concern.stage
        outcome_before = concern.outcome.value if concern.outcome else ""
        try:
            concern = services.move_concern(
                actor,
                concern_id,
                version=form.seen_version,
                stage=form.wanted_stage,
                outcome=form.wanted_outcome,
                reason=form.reason.data or "",
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
            concern = queries.get(actor, concern_id)
            if isinstance(conflict, Stale):
                status = 409
                # Sent again, it is meant for the version that the page now shows
                form.version.data = str(concern.version)
        else:
            _tell_of_move(concern, before, outcome_before)
            return redirect(url_for("concerns.show", concern_id=concern_id), code=303)
    return _page(concern, form, status=status)


def _tell_of_move(concern: Concern, before: Stage, outcome_before: str) -> None:
    text = _(
        "„%(title)s“ steht jetzt auf „%(stage)s“.",
        title=shortened(concern.title),
        stage=word(concern.stage),
    )
    fields = {"stage": before.value, "version": str(concern.version)}
    if before is Stage.CLOSED:
        # The reason is too long for a cookie; the record still has it
        fields |= {"outcome": outcome_before, "keep_reason": "1"}
    undo = Undo(url=url_for("concerns.move", concern_id=concern.id), fields=fields)
    notify(text, undo=undo if before is not concern.stage else None)


def _page(concern: Concern, form: StageForm, *, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    open_things = follow_ups.of_concern(actor, concern.id)
    page = render_template(
        "concerns/show.html",
        concern=concern,
        form=form,
        notes=visits.notes_of_concern(actor, concern.id),
        follow_ups=open_things,
        openable=openable(actor, open_things),
        organisation_opens=organisations.may_see_organisation(actor, concern.organisation),
        history=[(e.at, e.actor_name, happened(e)) for e in audit.history(concern.id)],
        actor=actor,
    )
    return page, status
