"""What pages say about what happened to a follow-up, and when it comes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from flask_babel import format_date, ngettext, pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.audit import Event
from crm.follow_ups import recurrence
from crm.follow_ups.models import FollowUp
from crm.follow_ups.recurrence import Frequency, Rule, Weekday
from crm.web.rendering import day, language

_NTH = {
    1: _l("ersten"),
    2: _l("zweiten"),
    3: _l("dritten"),
    4: _l("vierten"),
    5: _l("fünften"),
    -1: _l("letzten"),
}
_WORKING_DAYS = 5


def people_named(events: Iterable[Event]) -> set[UUID]:
    """Return the keys of the people whose names `happened` needs."""
    return {
        UUID(key) for event in events for keys in event.changes.get("assignees", ()) for key in keys
    }


def happened(event: Event, names: Mapping[UUID, str]) -> str:
    """Return what an audit line of a follow-up says; `names` are those of people, past ones too."""
    if event.action == "moved":
        before, after = (day(date.fromisoformat(text)) for text in event.changes["due_on"])
        return _("hat sie verschoben: %(before)s → %(after)s", before=before, after=after)
    if event.action == "reassigned":
        before, after = (_people(keys, names) for keys in event.changes["assignees"])
        return _("hat sie weitergegeben: %(before)s → %(after)s", before=before, after=after)
    if event.action == "snoozed":
        until = day(date.fromisoformat(event.changes["until"][1]))
        return _("hat sie zurückgestellt bis %(day)s", day=until)
    plain = {
        "added": _("hat die Wiedervorlage angelegt"),
        "completed": _("hat sie erledigt"),
        "ended": _("hat die Serie beendet"),
        "narrowed": _("hat mit dem Besuch oder Anliegen eingeschränkt, wer sie sieht"),
        "followed": _("hat die vorige erledigt; diese kam als nächste der Serie"),
        "reopened": _("hat sie wieder geöffnet"),
        "repeated": _("hat festgelegt, wann sie wiederkommt"),
        "result_told": _("hat das Ergebnis festgehalten"),
        "woken": _("hat sie aus der Ruhe geholt"),
    }
    return plain.get(event.action, event.action)


def _people(keys: list[str], names: Mapping[UUID, str]) -> str:
    return ", ".join(names.get(UUID(key), _("nicht mehr da")) for key in keys)


def recurs(follow_up: FollowUp) -> str:
    """Return when a follow-up comes again: jeden Monat am 1., bis 31.12.2027; empty for never."""
    return rule_in_words(recurrence.parse(follow_up.recurrence)) if follow_up.recurrence else ""


def rule_in_words(rule: Rule) -> str:
    """Return a rule as a sentence would say it."""
    words = " ".join(filter(None, (_every(rule), _when(rule))))
    if rule.until is not None:
        return _("%(rule)s, bis %(day)s", rule=words, day=day(rule.until))
    if rule.count is not None:
        times = ngettext("%(num)s Mal", "%(num)s Mal", rule.count)
        return _("%(rule)s, insgesamt %(times)s", rule=words, times=times)
    return words


def _every(rule: Rule) -> str:
    count = rule.interval
    match rule.frequency:
        case Frequency.DAILY:
            return ngettext("jeden Tag", "alle %(num)s Tage", count)
        case Frequency.WEEKLY:
            return ngettext("jede Woche", "alle %(num)s Wochen", count)
        case Frequency.MONTHLY:
            return ngettext("jeden Monat", "alle %(num)s Monate", count)
    return ngettext("jedes Jahr", "alle %(num)s Jahre", count)


def _when(rule: Rule) -> str:
    parts = [_days(rule)]
    if rule.months:
        parts.append(_("im %(months)s", months=_listed([_month(number) for number in rule.months])))
    return " ".join(filter(None, parts))


def _days(rule: Rule) -> str:
    """Return on which days: am 1., am letzten Freitag, am Montag und Dienstag."""
    fallback = (28, 29, 30)[: len(rule.month_days)]
    if rule.position == -1 and len(rule.month_days) > 1 and rule.month_days == fallback:
        return _("am %(day)s, sonst am letzten Tag", day=_ordinal(rule.month_days[-1]))
    month_days = _listed([_month_day(number) for number in rule.month_days])
    if rule.position and rule.weekdays and not month_days:
        return _position(rule)
    if month_days and rule.weekdays:
        days = _either([_weekday(weekday) for weekday in rule.weekdays])
        found = _("am %(days)s, wenn es ein %(weekdays)s ist", days=month_days, weekdays=days)
    elif month_days:
        found = _("am %(days)s", days=month_days)
    else:
        found = _on_weekdays(rule)
    if not rule.position:
        return found
    only = _("nur der erste") if rule.position > 0 else _("nur der letzte")
    return f"{found} ({only})".strip()


def _on_weekdays(rule: Rule) -> str:
    """Return the weekdays: am Dienstag, am letzten Freitag, von Montag bis Freitag."""
    if not rule.weekdays:
        return ""
    if _is_working_week(rule):
        return _("von Montag bis Freitag")
    days = _listed([_weekday(weekday) for weekday in rule.weekdays])
    if rule.weekdays[0].nth:
        return _("am %(days)s", days=days)
    return pgettext("weekday", "am %(days)s", days=days)


def _position(rule: Rule) -> str:
    """Return the first or last of some weekdays: am letzten Tag von Montag bis Freitag."""
    if _is_working_week(rule):
        if rule.position > 0:
            return _("am ersten Tag von Montag bis Freitag")
        return _("am letzten Tag von Montag bis Freitag")
    days = _either([_weekday(weekday) for weekday in rule.weekdays])
    return _("am %(days)s", days=f"{_NTH[rule.position]} {days}")


def _is_working_week(rule: Rule) -> bool:
    return rule.weekdays == tuple(Weekday(day=number) for number in range(_WORKING_DAYS))


def _weekday(weekday: Weekday) -> str:
    # 1 January 2024 was a Monday
    name = format_date(date(2024, 1, 1 + weekday.day), "EEEE", rebase=False)
    if weekday.nth == 0:
        return name
    if weekday.nth in _NTH:
        return f"{_NTH[weekday.nth]} {name}"
    return _("%(number)s-letzten %(weekday)s", number=_ordinal(-weekday.nth), weekday=name)


def _month(number: int) -> str:
    return format_date(date(2024, number, 1), "LLLL", rebase=False)


def _month_day(number: int) -> str:
    if number > 0:
        return _ordinal(number)
    if number == -1:
        return _("letzten Tag")
    return _("%(number)s-letzten Tag", number=_ordinal(-number))


def _ordinal(number: int) -> str:
    """Return 1., in English 1st."""
    if language() == "de":
        return f"{number}."
    teen = 10 <= number % 100 <= 20  # noqa: PLR2004
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:  # noqa: PLR2004
        return "".join(parts)
    return _("%(some)s und %(last)s", some=", ".join(parts[:-1]), last=parts[-1])


def _either(parts: list[str]) -> str:
    if len(parts) < 2:  # noqa: PLR2004
        return "".join(parts)
    return _("%(some)s oder %(last)s", some=", ".join(parts[:-1]), last=parts[-1])
