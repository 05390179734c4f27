"""Filters of a list without a field of their own: a figure's link sets them, a click drops one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts.models import Team
from crm.finding import Days
from crm.organisations.grouping import NO_INDUSTRY, SizeGroup
from crm.organisations.models import SizeClass
from crm.web.listing import day_arg, here
from crm.web.rendering import day
from crm.web.words import word

UNKNOWN = _l("ohne Angabe")


class Narrowing(NamedTuple):
    """One such filter.

    text     what the list is narrowed to
    without  the address without it
    fields   what the form of the other filters carries on
    """

    text: str
    without: str
    fields: Mapping[str, str]


def narrowing(text: str, *names: str) -> Narrowing:
    """Return the filter that stands in the address under these names."""
    fields = {name: request.args[name] for name in names if request.args.get(name)}
    return Narrowing(text, here(**dict.fromkeys(names)), fields)


def days_arg(name: str) -> Days:
    """Return the days that `name`_since and `name`_until ask for."""
    return Days(since=day_arg(f"{name}_since"), until=day_arg(f"{name}_until"))


def days_narrowing(what: str, name: str, since: date | None, until: date | None) -> list[Narrowing]:
    """Return the filter of a period; none when it is open at both ends."""
    if since and until:
        text = _("%(what)s %(since)s bis %(until)s", what=what, since=day(since), until=day(until))
    elif since:
        text = _("%(what)s ab %(since)s", what=what, since=day(since))
    elif until:
        text = _("%(what)s bis %(until)s", what=what, until=day(until))
    else:
        return []
    return [narrowing(text, f"{name}_since", f"{name}_until")]


def place_narrowings(
    *,
    teams: Iterable[Team] = (),
    team_id: UUID | None = None,
    municipality: str = "",
    industry: str = "",
) -> list[Narrowing]:
    """Return the filters by team, municipality and industry."""
    found = []
    if team_id:
        name = next((team.name for team in teams if team.id == team_id), _("unbekannt"))
        found.append(narrowing(_("Team: %(name)s", name=name), "team"))
    if municipality:
        found.append(narrowing(_("Gemeinde: %(name)s", name=municipality), "municipality"))
    if industry:
        name = industry_name(industry)
        found.append(narrowing(_("Branche: %(name)s", name=name), "industry"))
    return found


def industry_name(key: str) -> str:
    """Return how an industry of a filter or of a table is called."""
    return str(UNKNOWN) if key == NO_INDUSTRY else key


def size_name(size: SizeGroup) -> str:
    """Return how a size class of a filter or of a table is called."""
    return str(UNKNOWN) if size is SizeGroup.UNKNOWN else word(SizeClass(size.value))
