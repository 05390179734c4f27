"""The list of concerns, and the file of the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from crm.accounts import queries as accounts
from crm.concerns import queries
from crm.concerns.models import Benefit, Flag, Outcome, Procedure, Stage
from crm.concerns.procedures import ProcedureFilter, Progress
from crm.concerns.queries import ConcernFilter
from crm.concerns.views.blueprint import bp
from crm.concerns.wording import benefit_text
from crm.exports import Cell
from crm.organisations import listing
from crm.organisations import queries as organisations
from crm.policy import Actor, Permission
from crm.referrals import queries as referrals
from crm.topics import queries as topics
from crm.web.access import current_actor, requires
from crm.web.listing import choice_arg, cursor_arg, download_csv, key_arg, scope_arg, text_arg
from crm.web.narrowing import (
    Narrowing,
    days_arg,
    days_narrowing,
    narrowing,
    place_narrowings,
)
from crm.web.rendering import counted, day, language, number
from crm.web.words import word, words


@bp.get("/concerns")
@requires(Permission.CONCERN_READ)
def index() -> ResponseReturnValue:
    """List concerns: mine, my teams' or all, by what is due."""
    actor = current_actor()
    wanted = wanted_concerns(actor)
    catalogue = [(t.id, t.name(language())) for t in topics.topics(with_retired=True)]
    page = queries.page(actor, wanted, cursor_arg(queries.order_of(wanted)))
    return render_template(
        "concerns/index.html",
        **filters_of(actor, wanted, topics=catalogue),
        page=page,
        count=_counted(actor, wanted),
        total=_total(actor, wanted),
        stages=words(Stage),
        openable={
            concern.organisation_id
            for concern in page.items
            if organisations.may_see_organisation(actor, concern.organisation)
        },
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
        _("Gemeinde"),
        _("Thema"),
        _("Einstufung"),
        _("Stand"),
        _("Im Stand seit"),
        _("Zuständig"),
        _("Arbeitet mit"),
        _("Eröffnet am"),
        _("Erste Rückmeldung bis"),
        _("Erste Rückmeldung am"),
        _("Lösung bis"),
        _("Abgeschlossen am"),
        pgettext("concern", "Ergebnis"),
        _("Begründung"),
        _("Arbeitsplätze gesichert"),
        _("Arbeitsplätze geschaffen"),
        _("Investition in Euro"),
        _("Quelle der Zahlen"),
        _("Verfahren"),
        _("Sichtbar für"),
    ]
    return download_csv(_("anliegen"), header, _cells(actor, wanted_concerns(actor)))


def filters_of(
    actor: Actor, wanted: ConcernFilter, *, topics: Sequence[tuple[UUID, str]]
) -> dict[str, Any]:
    """Return what the filters of list and board alike show."""
    organisation_id = wanted.organisation_id
    return {
        "wanted": wanted,
        "organisation": organisations.find(actor, organisation_id) if organisation_id else None,
        "topics": topics,
        "flags": words(Flag),
        "progresses": words(Progress),
        "partners": referrals.partners(actor),
        "narrowings": _narrowings(actor, wanted),
        "municipalities": [(name, name) for name in listing.municipalities(actor)],
    }


def wanted_concerns(actor: Actor) -> ConcernFilter:
    """Return which concerns the address asks for, on list and board alike."""
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
        partner_id=key_arg("partner"),
        municipality=text_arg("municipality"),
        team_id=key_arg("team"),
        industry=text_arg("industry"),
        outcome=choice_arg("outcome", Outcome),
        benefit=choice_arg("benefit", Benefit),
        opened=days_arg("opened"),
        responded=days_arg("responded"),
        closed=days_arg("closed"),
        procedures=_wanted_procedures(),
    )


def _wanted_procedures() -> ProcedureFilter | None:
    progress = choice_arg("procedure", Progress)
    wanted = ProcedureFilter(
        progress=progress or Progress.ANY,
        office=text_arg("office"),
        accompanied=days_arg("accompanied"),
        decided=days_arg("decided"),
    )
    return wanted if progress or wanted != ProcedureFilter() else None


def _narrowings(actor: Actor, wanted: ConcernFilter) -> list[Narrowing]:
    found = place_narrowings(
        teams=accounts.teams(actor) if wanted.team_id else (),
        team_id=wanted.team_id,
        industry=wanted.industry,
    )
    if wanted.outcome:
        text = _("Ergebnis: %(name)s", name=word(wanted.outcome))
        found.append(narrowing(text, "outcome"))
    if wanted.benefit:
        text = _("mit Angabe: %(name)s", name=word(wanted.benefit))
        found.append(narrowing(text, "benefit"))
    for what, name, days in (
        (_("eröffnet"), "opened", wanted.opened),
        (_("erste Rückmeldung"), "responded", wanted.responded),
        (_("abgeschlossen"), "closed", wanted.closed),
    ):
        found += days_narrowing(what, name, days.since, days.until)
    return found + _procedure_narrowings(wanted.procedures)


def _procedure_narrowings(wanted: ProcedureFilter | None) -> list[Narrowing]:
    if wanted is None:
        return []
    found = []
    if wanted.office:
        found.append(narrowing(_("Amt: %(name)s", name=wanted.office), "office"))
    for what, name, days in (
        (_("Verfahren begleitet"), "accompanied", wanted.accompanied),
        (_("Verfahren entschieden"), "decided", wanted.decided),
    ):
        found += days_narrowing(what, name, days.since, days.until)
    return found


def _counted(actor: Actor, wanted: ConcernFilter) -> str:
    """Return how many concerns there are; before them, the procedures that were asked for."""
    count = queries.count(actor, wanted)
    things = ngettext(
        "%(count)s Anliegen", "%(count)s Anliegen", count.number, count=number(count.number)
    )
    if wanted.procedures is None:
        return counted(count, things)
    found = queries.count_procedures(actor, wanted)
    procedures = ngettext(
        "%(count)s Verfahren", "%(count)s Verfahren", found.number, count=number(found.number)
    )
    return _(
        "%(procedures)s zu %(concerns)s",
        procedures=counted(found, procedures),
        concerns=counted(count, things),
    )


def _in_one_cell(procedure: Procedure) -> str:
    decided = day(procedure.decided_on) or _("läuft")
    begun = day(procedure.begun_on)
    return f"{procedure.title} ({procedure.office}), {begun} – {decided}"


def _total(actor: Actor, wanted: ConcernFilter) -> str:
    """Return what came of all concerns of the list together, if it is a list of such."""
    if wanted.benefit is None:
        return ""
    total = benefit_text(wanted.benefit, queries.total(actor, wanted, wanted.benefit))
    return _("%(name)s zusammen: %(total)s", name=word(wanted.benefit), total=total)


def _cells(actor: Actor, wanted: ConcernFilter) -> Iterator[tuple[Cell, ...]]:
    for concern in queries.rows(actor, wanted):
        is_closed = concern.outcome is not None
        yield (
            concern.reference,
            concern.title,
            concern.organisation.name,
            concern.organisation.municipality,
            concern.topic.name(language()),
            word(concern.flag),
            word(concern.stage),
            concern.stage_since,
            concern.owner.name,
            ", ".join(sorted(c.person.name for c in concern.collaborators)),
            concern.opened_at,
            concern.first_response_due_on,
            concern.first_responded_at,
            concern.resolution_due_on,
            concern.closed_at,
            word(concern.outcome) if concern.outcome is not None else "",
            concern.outcome_reason if is_closed else "",
            concern.jobs_secured if is_closed else None,
            concern.jobs_created if is_closed else None,
            concern.investment if is_closed else None,
            concern.figures_source if is_closed else "",
            "; ".join(map(_in_one_cell, concern.procedures)),
            word(concern.visibility),
        )
