"""The mails with a link to choose a password; their links are made when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from crm.accounts import queries, services
from crm.accounts.models import Person, PersonState
from crm.mail.models import Mail, Reason
from crm.mail.services import Compose, Content
from crm.web.letters import Line, Outline, Section, content_of, read_at

_DAY = 24


def invitation(mail: Mail, public_url: str) -> Content | None:
    """Return an invitation; None when it was accepted or withdrawn meanwhile."""
    with read_at(public_url):
        person = queries.find_person(mail.person_id) if mail.person_id else None
        if person is None or person.state is not PersonState.INVITED:
            return None
        with force_locale(person.language):
            return _letter(
                person,
                subject=_("Ihr Zugang zu Augenhöhe"),
                lead=_("Guten Tag %(name)s, für Sie ist ein Zugang eingerichtet.", name=person.name)
                + " "
                + _("Wählen Sie dafür bitte ein Passwort."),
                why=_(
                    "Diese Nachricht kommt, weil die Verwaltung von Augenhöhe Ihre Adresse"
                    " eingetragen hat. War das ein Versehen, löschen Sie sie bitte."
                ),
            )


def password(mail: Mail, public_url: str) -> Content | None:
    """Return the mail for a forgotten password; None when the address is nobody's."""
    with read_at(public_url):
        person = queries.find_person_by_email(mail.text)
        if person is None or person.state is not PersonState.ACTIVE:
            return None
        with force_locale(person.language):
            return _letter(
                person,
                subject=_("Neues Passwort für Augenhöhe"),
                lead=_("Guten Tag %(name)s, hier wählen Sie ein neues Passwort.", name=person.name),
                why=_(
                    "Diese Nachricht kommt, weil jemand auf der Anmeldeseite „Passwort vergessen“"
                    " gewählt hat. Waren Sie es nicht, löschen Sie sie bitte: Ihr Passwort bleibt,"
                    " wie es ist."
                ),
            )


def _letter(person: Person, *, subject: str, lead: str, why: str) -> Content:
    token = services.make_link(person)
    link = Line(
        text=_("Passwort wählen"),
        detail=lasts(person.state),
        url=url_for("accounts.choose_password", token=token, _external=True),
    )
    section = Section(title="", lines=[link])
    return content_of(Outline(subject=subject, lead=lead, sections=[section], why=why))


def lasts(state: PersonState) -> str:
    """Return how long a link lasts, and how often it works."""
    hours = services.LINK_HOURS[state]
    if hours >= _DAY:
        time = ngettext("%(num)s Tag", "%(num)s Tage", hours // _DAY)
    else:
        time = ngettext("%(num)s Stunde", "%(num)s Stunden", hours)
    return _("Der Link gilt %(time)s und nur einmal.", time=time)


def composers(public_url: str) -> Mapping[Reason, Compose]:
    """Return what composes each kind of mail; `public_url` is where people open the product."""
    return {
        Reason.INVITATION: partial(invitation, public_url=public_url),
        Reason.PASSWORD: partial(password, public_url=public_url),
    }
