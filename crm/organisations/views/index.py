"""The list of organisations and its file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.exports import Cell
from crm.organisations import listing
from crm.organisations.grouping import SizeGroup
from crm.organisations.listing import OrganisationFilter
from crm.organisations.models import Organisation, OrganisationKind, OrganisationStatus
from crm.organisations.views.blueprint import bp
from crm.organisations.wording import count_text
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.forms import choices_of
from crm.web.listing import choice_arg, cursor_arg, download_csv, key_arg, text_arg
from crm.web.narrowing import Narrowing, narrowing, size_name
from crm.web.words import word, words

_NAME = "name"
_MONTHS = (6, 12, 18, 24, 36)
_MOST_MONTHS = 600
# Of two addresses with the same rows, these do not count as a filter
_NOT_FILTERS = frozenset({"sort", "after", "before"})


def _months() -> int | None:
    text = text_arg("not_visited")
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:4]), _MOST_MONTHS) or None


def _wanted() -> OrganisationFilter:
    return OrganisationFilter(
        text=text_arg("q"),
        kind=choice_arg("kind", OrganisationKind),
        municipality=text_arg("municipality"),
        industry=text_arg("industry"),
        size=choice_arg("size", SizeGroup),
        team_id=key_arg("team"),
        status=choice_arg("status", OrganisationStatus),
        target=text_arg("target") == "1",
        not_visited_months=_months(),
        visit_due=text_arg("visit_due") == "1",
        never_visited=text_arg("never") == "1",
        no_cadence=text_arg("cadence") == "none",
        no_owner=text_arg("owner") == "none",
        archived=text_arg("archived") == "1",
    )


def _narrowings(wanted: OrganisationFilter) -> list[Narrowing]:
    found = []
    if wanted.size:
        text = _("Größe: %(name)s", name=size_name(wanted.size))
        found.append(narrowing(text, "size"))
    if wanted.never_visited:
        found.append(narrowing(_("noch nie besucht"), "never"))
    if wanted.no_cadence:
        found.append(narrowing(_("ohne Besuchsturnus"), "cadence"))
    if wanted.no_owner:
        found.append(narrowing(_("ohne Zuständige"), "owner"))
    return found


def _sorting() -> str:
    wanted = text_arg("sort")
    return wanted if wanted in listing.ORDER_NAMES else _NAME


@bp.get("/organisations")
@requires(Permission.ORGANISATION_READ)
def index() -> ResponseReturnValue:
    """List organisations with filters in the address."""
    actor, wanted, sorting = current_actor(), _wanted(), _sorting()
    order = listing.orders(actor)[sorting]
    count = listing.count(actor, wanted)
    return render_template(
        "organisations/index.html",
        page=listing.page(actor, wanted, order, cursor_arg(order)),
        wanted=wanted,
        sorting=sorting,
        count_text=count_text(count),
        kinds=choices_of(words(OrganisationKind)),
        statuses=choices_of(words(OrganisationStatus)),
        teams=[(team.id, team.name) for team in accounts.teams(actor)],
        municipalities=[(name, name) for name in listing.municipalities(actor)],
        months=[(number, _("%(number)s Monaten", number=number)) for number in _MONTHS],
        never=listing.NEVER,
        narrowings=_narrowings(wanted),
        next_due=listing.next_due,
        is_filtered=any(request.args.get(name) for name in request.args.keys() - _NOT_FILTERS),
    )


@bp.get("/organisations.csv")
@requires(Permission.LIST_EXPORT)
def export() -> Response:
    """Hand out the filtered list as CSV."""
    actor, wanted = current_actor(), _wanted()
    order = listing.orders(actor)[_sorting()]
    header = [
        _("Name"), _("Weitere Namen"), _("Art"), _("Rechtsform"), _("Status"),
        _("Straße und Hausnummer"), _("Postleitzahl"), _("Ort"), _("Gemeinde"),
        _("Gemeindeschlüssel (AGS)"), _("Weitere Anschriften"), _("Internetseite"),
        _("E-Mail"), _("Telefon"), _("Branche"), _("WZ 2008"), _("WZ 2025"), _("Beschäftigte"),
        _("Beschäftigte höchstens"), _("Herkunft der Zahl"), _("Stand der Zahl"),
        _("Auszubildende"), _("Größenklasse"), _("Umsatz ab (Mio. €)"), _("Umsatz bis (Mio. €)"),
        _("Registergericht"), _("Registernummer"), _("Wirtschafts-Identifikationsnummer"),
        _("Zielunternehmen"), _("Besuchsturnus in Monaten"), _("Letzter Besuch"),
        _("Nächster Besuch fällig am"), _("Zuständiges Team"),
        _("Auch für die anderen Träger sichtbar"), _("Schlagwörter"), _("Quelle der Daten"),
        _("Bemerkung"), _("Angelegt am"), _("Geändert am"), _("Archiviert am"),
        _("Grund der Archivierung"),
    ]  # fmt: skip
    return download_csv(_("organisationen"), header, _cells(listing.rows(actor, wanted, order)))


def _cells(rows: Iterator[tuple[Organisation, date | None]]) -> Iterator[tuple[Cell, ...]]:
    for row, last_visit_on in rows:
        yield (
            row.name, row.other_names, word(row.kind), row.legal_form, word(row.status),
            row.street, row.postal_code, row.town, row.municipality,
            row.ags, row.other_addresses, row.website,
            row.email, row.phones, row.industry, row.wz_2008, row.wz_2025, row.employees,
            row.employees_to, word(row.employees_source) if row.employees_source else "",
            row.employees_as_of,
            row.apprentices, word(row.size_class) if row.size_class else "", row.turnover_from,
            row.turnover_to,
            row.register_court, row.register_number, row.w_idnr,
            _("ja") if row.is_target else _("nein"), row.cadence_months, last_visit_on,
            listing.next_due(row, last_visit_on), row.team.name,
            _("ja") if row.shared else _("nein"), row.tags, row.source,
            row.note, row.created_at, row.updated_at, row.archived_at,
            row.archived_reason or "",
        )  # fmt: skip
