"""What the address of the dashboard asks for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.clock import today
from crm.dashboard.periods import LONGEST, Period, Span, period_of
from crm.dashboard.queries import Dimension, FigureFilter
from crm.policy import Actor, Role
from crm.web.listing import choice_arg, day_arg, here, key_arg, text_arg
from crm.web.rendering import day

MONTHS = (6, 12, 18, 24, 36)
_MONTHS = 24

SPANS = {
    Span.THIS_YEAR: _l("Jahr bis heute"),
    Span.LAST_YEAR: _l("letztes Jahr"),
    Span.QUARTER: _l("Quartal bis heute"),
    Span.TWELVE_MONTHS: _l("letzte zwölf Monate"),
    Span.FREE: _l("von – bis"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The figures' filter, and how they are shown.

    is_compared  with the same days of the year before
    months       after how many without a visit a target company is out of sight
    by           by what the visits are parted
    """

    wanted: FigureFilter
    span: Span
    is_compared: bool
    months: int
    by: Dimension

    @property
    def target_year(self) -> int | None:
        """Return the year whose target these figures can be held against: all of its visits."""
        period, wanted = self.wanted.period, self.wanted
        parts = (wanted.municipality, wanted.industry, wanted.topic_id, wanted.mine)
        is_whole = period.since == period.since.replace(month=1, day=1) and not any(parts)
        return period.until.year if is_whole and period.since.year == period.until.year else None


def asked_of(actor: Actor) -> Asked:
    """Read the address; what cannot be read counts as not said."""
    span, period = _period()
    is_worker = actor.role in {Role.OFFICER, Role.MANAGER}
    months, industry = text_arg("months"), text_arg("industry")
    by = choice_arg("by", Dimension) or Dimension.TEAM
    if by is Dimension.INDUSTRY and industry:
        # Its rows' lists would need two industries at once
        by = Dimension.TEAM
    return Asked(
        wanted=FigureFilter(
            period=period,
            team_id=key_arg("team"),
            municipality=text_arg("municipality"),
            industry=industry,
            topic_id=key_arg("topic"),
            mine=is_worker and text_arg("mine") == "1",
        ),
        span=span,
        # Longer periods would be compared with days of their own
        is_compared=text_arg("compare") != "0" and period.a_year_before.until < period.since,
        months=int(months) if months in {str(number) for number in MONTHS} else _MONTHS,
        by=by,
    )


def _period() -> tuple[Span, Period]:
    since, until = day_arg("since"), day_arg("until")
    span = choice_arg("span", Span) or (Span.FREE if since or until else Span.THIS_YEAR)
    named = period_of(span, today())
    # The form shows the days of every span: whoever changes them and not the span means them
    were_changed = text_arg("shown") == span and (since, until) != (named.since, named.until)
    if span is not Span.FREE and not (were_changed and (since or until)):
        return span, named
    span = Span.FREE
    until = until or max(since or today(), today())
    since = since or until.replace(month=1, day=1)
    first, last = min(since, until), max(since, until)
    return span, Period(since=max(first, last - LONGEST), until=last)


def address(asked: Asked) -> str:
    """Return the address of what a sent form asks for, without what goes without saying.

    A named span stays named: a view kept today shows this year to date tomorrow too.
    """
    days = asked.wanted.period if asked.span is Span.FREE else None
    return here(
        shown=None,
        span=None if asked.span in {Span.FREE, Span.THIS_YEAR} else asked.span.value,
        since=days.since.isoformat() if days else None,
        until=days.until.isoformat() if days else None,
        months=None if asked.months == _MONTHS else str(asked.months),
    )


def period_text(period: Period) -> str:
    """Return a period as 01.01.2026 – 27.11.2026."""
    return _("%(since)s – %(until)s", since=day(period.since), until=day(period.until))
