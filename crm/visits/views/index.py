"""The list of visits and its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.concerns.models import Flag
from crm.exports import Cell
from crm.offers import queries as offers
from crm.organisations import listing as organisation_lists
from crm.organisations import queries as organisations
from crm.organisations.grouping import SizeGroup
from crm.policy import Permission
from crm.reference import short_reference
from crm.visits import listing
from crm.visits.listing import ORDERS, Counted, Offered, VisitFilter, VisitRow
from crm.visits.models import Mode, Occasion, VisitStatus
from crm.visits.views.blueprint import bp
from crm.visits.wording import count_text
from crm.web.access import current_actor, requires
from crm.web.forms import choices_of
from crm.web.listing import (
    choice_arg,
    cursor_arg,
    day_arg,
    download_csv,
    key_arg,
    text_arg,
)
from crm.web.narrowing import size_name
from crm.web.rendering import language
from crm.web.words import word, words

_NEWEST = "newest"
_CHOICES: tuple[type[StrEnum], ...] = (Flag, Mode, Occasion, VisitStatus)
_PRESSING = list(Flag)


def _wanted() -> VisitFilter:
    return VisitFilter(
        text=text_arg("q"),
        since=day_arg("since"),
        until=day_arg("until"),
        organisation_id=key_arg("organisation"),
        municipality=text_arg("municipality"),
        industry=text_arg("industry"),
        size=choice_arg("size", SizeGroup),
        team_id=key_arg("team"),
        person_id=key_arg("person"),
        topic_id=key_arg("topic"),
        flag=choice_arg("flag", Flag),
        status=choice_arg("status", VisitStatus),
        mode=choice_arg("mode", Mode),
        counted=choice_arg("counted", Counted),
        offer_id=key_arg("offer"),
        offered=choice_arg("offered", Offered),
        archived=text_arg("archived") == "1",
    )


def _sorting() -> str:
    wanted = text_arg("sort")
    return wanted if wanted in ORDERS else _NEWEST


def _names(reader_language: str) -> tuple[Mapping[UUID, str], Mapping[UUID, str]]:
    """Return the names of topics and of offers."""
    topics, our_offers = offers.topics_and_offers()
    return (
        {topic.id: topic.name(reader_language) for topic in topics},
        {offer.id: offer.name(reader_language) for offer in our_offers},
    )


@bp.get("/visits")
@requires(Permission.VISIT_READ)
def index() -> ResponseReturnValue:
    """List visits with filters in the address."""
    actor, wanted, sorting = current_actor(), _wanted(), _sorting()
    order = ORDERS[sorting]
    colleagues = accounts.colleagues(actor)
    is_counted = accounts.may_count(actor, wanted.person_id, colleagues)
    names, offer_names = _names(language())
    chosen = organisations.find(actor, wanted.organisation_id) if wanted.organisation_id else None
    return render_template(
        "visits/index.html",
        page=listing.page(actor, wanted, order, cursor_arg(order)),
        count_text=count_text(listing.count(actor, wanted)) if is_counted else "",
        wanted=wanted,
        sorting=sorting,
        organisation=chosen,
        topic_names=names,
        choices={
            "team": [(team.id, team.name) for team in accounts.teams(actor)],
            "person": [(person.id, person.name) for person in colleagues],
            "topic": names.items(),
            "flag": choices_of(words(Flag)),
            "status": [c for c in choices_of(words(VisitStatus)) if c[0] != VisitStatus.DRAFT],
            "mode": choices_of(words(Mode)),
            "counted": choices_of(words(Counted)),
            "offer": offer_names.items(),
            "offered": choices_of(words(Offered)),
            "size": [(size.value, size_name(size)) for size in SizeGroup],
            "municipality": [(name, name) for name in organisation_lists.municipalities(actor)],
        },
        is_filtered=any(request.args.get(name) for name in request.args if name != "sort"),
    )


@bp.get("/visits.csv")
@requires(Permission.LIST_EXPORT)
def export() -> Response:
    """Hand out the filtered list as CSV."""
    actor, wanted, order = current_actor(), _wanted(), ORDERS[_sorting()]
    header = [
        _("Kurzzeichen"), _("Datum"), _("Uhrzeit"), _("Organisation"), _("Gemeinde"), _("Art"),
        _("Anlass"), _("Status"), _("Themen"), _("Höchste Einstufung"), _("Erfasst von"),
        _("Zusammenfassung"), _("Nächster Besuch fällig"), _("Aktenzeichen"),
        _("Angebote erwähnt"), _("Angebote in Anspruch genommen"),
    ]  # fmt: skip
    visits = listing.rows(actor, wanted, order)
    return download_csv(_("besuche"), header, _cells(visits, language()))


def _cells(visits: Iterator[VisitRow], reader_language: str) -> Iterator[tuple[Cell, ...]]:
    # Looked up once, not for each of many thousand rows
    names, offered = _names(reader_language)
    said = {member: word(member) for kind in _CHOICES for member in kind}
    for visit in visits:
        flags = [flag for _topic, flag in visit.notes]
        worst = max(flags, key=_PRESSING.index) if flags else None
        yield (
            short_reference("B", visit.id),
            visit.visited_on,
            visit.visited_at,
            visit.organisation,
            visit.municipality,
            said[visit.mode],
            said[visit.occasion] if visit.occasion else "",
            said[visit.status],
            ", ".join([names[topic_id] for topic_id, _flag in visit.notes]),
            said[worst] if worst else "",
            visit.owner,
            visit.summary,
            visit.next_visit_due_on,
            visit.file_reference,
            ", ".join([offered[offer_id] for offer_id, _is_used in visit.offers]),
            ", ".join([offered[offer_id] for offer_id, is_used in visit.offers if is_used]),
        )
