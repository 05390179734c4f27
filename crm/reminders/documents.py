"""The mails: composed when they are sent, of what their reader may see at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from uuid import UUID

from flask import url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.clock import today
from crm.concerns.deadlines import due_on_or_never
from crm.concerns.models import Concern
from crm.follow_ups.models import FollowUp
from crm.mail.models import Mail, Reason
from crm.mail.services import Compose, Content
from crm.notifications import listing
from crm.notifications import queries as notifications
from crm.notifications.models import Kind
from crm.notifications.wording import address, said
from crm.policy import Role
from crm.reminders import queries
from crm.reminders.queries import SHOWN, Day
from crm.visits.models import Visit
from crm.web.letters import Line, Outline, Section, content_of, read_at
from crm.web.rendering import due, weekday
from crm.web.words import word


@contextmanager
def _read_by(mail: Mail, public_url: str) -> Iterator[Person | None]:
    """Give the reader, with addresses as they use them and their language; None for nobody."""
    with read_at(public_url):
        person = accounts.find_person(mail.person_id) if mail.person_id else None
        with force_locale(person.language if person else "de"):
            yield person


def digest(mail: Mail, public_url: str) -> Content | None:
    """Return the mail of the morning; None when the day is over, or there is nothing to say."""
    with _read_by(mail, public_url) as person:
        if person is None or person.role is Role.NONE:
            return None
        day = date.fromisoformat(mail.key.rpartition(":")[2])
        if day < today() or not notifications.choices(person.id)[Kind.DIGEST].by_mail:
            return None
        found = queries.day_of(person.actor, day)
        return None if found.is_empty else content_of(_morning(found, day))


def notice(mail: Mail, public_url: str) -> Content | None:
    """Return a single notification as a mail; None when it is gone, read or out of sight."""
    with _read_by(mail, public_url) as person:
        if person is None or person.role is Role.NONE:
            return None
        item = listing.find(person.actor, UUID(mail.key.rpartition(":")[2]))
        if item is None or item.notification.read_at is not None:
            return None
        text = said(item)
        line = Line(text=item.title, detail=item.organisation_name, url=address(item, whole=True))
        return content_of(
            Outline(
                subject=text,
                lead=f"{text}.",
                sections=[Section(title="", lines=[line])],
                why=_why(),
            )
        )


def composers(public_url: str) -> Mapping[Reason, Compose]:
    """Return what composes each kind of mail; `public_url` is where people open the product."""
    return {
        Reason.DIGEST: partial(digest, public_url=public_url),
        Reason.NOTICE: partial(notice, public_url=public_url),
        Reason.ESCALATION: partial(notice, public_url=public_url),
    }


def _why() -> str:
    return _(
        "Welche Mails Sie bekommen, wählen Sie unter „Mein Konto“: %(url)s",
        url=url_for("accounts.show", _anchor="notifications", _external=True),
    )


def _morning(found: Day, day: date) -> Outline:
    sections = [
        _section(
            _("Besuche heute"),
            [_visit(visit) for visit in found.visits],
            url_for("my_day.index", _external=True),
        ),
        _section(
            _("Überfällig"),
            [_follow_up(follow_up) for follow_up in found.overdue],
            url_for("follow_ups.index", scope="mine", due="overdue", _external=True),
        ),
        _section(
            _("Heute fällig"),
            [_follow_up(follow_up) for follow_up in found.due],
            url_for("follow_ups.index", scope="mine", due="today", _external=True),
        ),
        _section(
            _("Dringende Anliegen mit naher oder abgelaufener Frist"),
            [_concern(concern) for concern in found.urgent],
            url_for("concerns.index", scope="mine", flag="urgent", _external=True),
        ),
        _section(
            _("Antworten von Partnern"),
            [
                Line(text=i.title, detail=i.organisation_name, url=address(i, whole=True))
                for i in found.answers
            ],
            url_for("notifications.index", _external=True),
        ),
    ]
    return Outline(
        subject=_("Ihr Tag: %(summary)s", summary=_summary(found)),
        lead=_("Guten Morgen, das steht am %(day)s an.", day=weekday(day)),
        sections=[section for section in sections if section.lines],
        why=_why(),
    )


def _summary(found: Day) -> str:
    """Return what the subject says: numbers only, for it shows on locked screens."""
    counts: list[tuple[int, Callable[[int], str]]] = [
        (len(found.visits), lambda n: ngettext("%(num)s Besuch", "%(num)s Besuche", n)),
        (len(found.overdue), lambda n: _("%(number)s überfällig", number=_at_most(n))),
        (len(found.due), lambda n: _("%(number)s heute fällig", number=_at_most(n))),
        (len(found.urgent), lambda n: _("%(number)s dringend", number=_at_most(n))),
        (len(found.answers), lambda n: ngettext("%(num)s Antwort", "%(num)s Antworten", n)),
    ]
    return ", ".join(say(number) for number, say in counts if number)


def _at_most(number: int) -> str:
    return f"{SHOWN}+" if number > SHOWN else str(number)


def _section(title: str, lines: Sequence[Line], url: str) -> Section:
    more = _("Alle: %(url)s", url=url) if len(lines) > SHOWN else ""
    return Section(title=title, lines=lines[:SHOWN], more=more)


def _follow_up(follow_up: FollowUp) -> Line:
    organisation = follow_up.organisation.name if follow_up.organisation else ""
    promised = _("dem Unternehmen zugesagt") if follow_up.promised else ""
    return Line(
        text=follow_up.title,
        detail=" · ".join(part for part in (organisation, due(follow_up.due_on), promised) if part),
        url=url_for("follow_ups.show", follow_up_id=follow_up.id, _external=True),
    )


def _concern(concern: Concern) -> Line:
    return Line(
        text=concern.title,
        detail=f"{concern.organisation.name} · {due(due_on_or_never(concern))}",
        url=url_for("concerns.show", concern_id=concern.id, _external=True),
    )


def _visit(visit: Visit) -> Line:
    at = visit.visited_at.strftime("%H:%M") if visit.visited_at else ""
    name = visit.organisation.name if visit.organisation else ""
    place = visit.organisation.municipality if visit.organisation else ""
    mode = word(visit.mode) if visit.mode else ""
    return Line(
        text=" ".join(part for part in (at, name) if part),
        detail=" · ".join(part for part in (mode, place) if part),
        url=url_for("visits.show", visit_id=visit.id, _external=True),
    )
