"""What templates may use: strict names, dates and numbers in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from importlib.metadata import version

from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    get_locale,
    get_translations,
    ngettext,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup

from crm.catalogue import Catalogued
from crm.clock import today
from crm.dates import write_day
from crm.extensions import babel
from crm.paging import Count
from crm.web.access import current_person
from crm.web.listing import here, there, unread_day
from crm.web.words import word, words

_SOON = 7


def _language() -> str:
    person = current_person()
    return person.language if person else "de"


def language() -> str:
    """Return the reader's language, `de` or `en`."""
    return str(get_locale())


def counted(count: Count, things: str) -> str:
    """Return how many things a list holds: 3 Anliegen, or mehr als 10.000 Anliegen.

    things  the number that was counted with its noun; counting stops at 10,000
    """
    return _("mehr als %(things)s", things=things) if count.is_more else things


def day(value: date | None) -> str:
    """Return a date as 22.11.2026, in English as 22 Nov 2026; empty for None."""
    if value is None:
        return ""
    return write_day(value, language())


def day_and_time(value: datetime | None) -> str:
    """Return a moment as German wall-clock time; empty for None."""
    if value is None:
        return ""
    return format_datetime(
        value, "dd.MM.yyyy, HH:mm" if language() == "de" else "d MMM yyyy, HH:mm"
    )


def weekday(value: date) -> str:
    """Return a date with its short weekday: Fr, 27.11.2026."""
    return f"{format_date(value, 'EEE', rebase=False).rstrip('.')}, {day(value)}"


def catalogue_name(entry: Catalogued) -> str:
    """Return the name of a topic or an offer in the reader's language."""
    return entry.name(language())


def number(value: float) -> str:
    """Return a number with the separators of the reader's language."""
    return format_decimal(value)


def due(value: date) -> str:
    """Return when something is due, seen from today: 2 Tage überfällig, heute, in 3 Tagen."""
    days = (value - today()).days
    if days < 0:
        return ngettext("%(num)s Tag überfällig", "%(num)s Tage überfällig", -days)
    if days == 0:
        return _("heute")
    if days == 1:
        return _("morgen")
    if days <= _SOON:
        return ngettext("in %(num)s Tag", "in %(num)s Tagen", days)
    return day(value)


def due_kind(value: date) -> str:
    """Return the kind of badge for a due date: danger, warning or neutral."""
    days = (value - today()).days
    return "danger" if days < 0 else "warning" if days == 0 else "neutral"


def _csrf_input() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def init_app(app: Flask) -> None:
    """Set the language of each request and the helpers of the templates."""
    babel.init_app(app, locale_selector=_language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: get_translations().ugettext(text),
        lambda one, many, count: get_translations().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: get_translations().upgettext(context, text),
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date=day,
        datetime=day_and_time,
        weekday=weekday,
        number=number,
        relative_day=due,
        due_kind=due_kind,
        word=word,
        topic_name=catalogue_name,
        offer_name=catalogue_name,
    )
    app.jinja_env.globals.update(
        words=words,
        csrf_input=_csrf_input,
        get_locale=get_locale,
        today=today,
        here=here,
        there=there,
        unread_day=unread_day,
        version=version("augenhoehe"),
    )
