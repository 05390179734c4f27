"""What there is to administer, each with one line on how it stands; never anything of content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts import listing, queries
from crm.accounts.models import PersonState
from crm.agency import queries as agency
from crm.audit.listing import newest_at
from crm.clock import today
from crm.mail import queries as mail
from crm.mail.models import MailState
from crm.policy import Permission, may
from crm.topics import queries as topics
from crm.web.access import current_actor
from crm.web.agency import agency_name
from crm.web.rendering import day, day_and_time, number


class Area(NamedTuple):
    """A page of administration, and how what it shows stands.

    warning  what asks for somebody, in one word; empty while nothing does
    """

    title: str
    url: str
    what_for: str
    state: str
    warning: str = ""


def areas() -> Iterator[Area]:
    """Yield the pages of administration."""
    yield _people()
    yield _second_factor()
    yield _teams()
    yield _look()
    yield _topics()
    if may(current_actor(), Permission.TARGET_EDIT):
        yield _targets()
    yield _clocks()
    yield _agreement()
    yield _mails()
    yield _audit_log()


def _people() -> Area:
    numbers = listing.numbers()
    invited = numbers[PersonState.INVITED]
    all_of_them = numbers[PersonState.ACTIVE] + invited
    people = ngettext(
        "%(count)s Person", "%(count)s Personen", all_of_them, count=number(all_of_them)
    )
    return Area(
        _("Personen"),
        url_for("administration.people"),
        _("Wer sich anmelden kann, und was jede Person darf."),
        _("%(people)s, davon %(invited)s eingeladen", people=people, invited=number(invited))
        if invited
        else people,
    )


def _second_factor() -> Area:
    obliged = len(queries.obliged_roles())
    return Area(
        _("Zweiter Faktor"),
        url_for("administration.second_factor"),
        _("Für wen zum Passwort ein Code aus einer App gehört."),
        ngettext("Pflicht für %(num)s Rolle", "Pflicht für %(num)s Rollen", obliged)
        if obliged
        else _("freiwillig"),
    )


def _teams() -> Area:
    teams = [team for team in queries.all_teams() if team.closed_at is None]
    bodies = len(queries.bodies())
    return Area(
        _("Teams und Träger"),
        url_for("administration.teams"),
        _("Wer mit wem arbeitet, wem das Erfasste gehört und wessen Feiertage gelten."),
        ngettext("%(num)s Team", "%(num)s Teams", len(teams))
        + ", "
        + ngettext("%(num)s Träger", "%(num)s Träger", bodies),
    )


def _look() -> Area:
    found = agency.current()
    return Area(
        _("Name, Logo und Farbe"),
        url_for("agency.look"),
        _("Wie Augenhöhe bei Ihnen heißt und aussieht."),
        found.name or agency_name() or _("Name des Trägers"),
    )


def _topics() -> Area:
    every = topics.topics(with_retired=True)
    offered = [topic for topic in every if topic.retired_at is None]
    return Area(
        _("Themen"),
        url_for("topics.index"),
        _("Worüber in Gesprächen gesprochen und wonach ausgewertet wird."),
        ngettext("%(num)s Thema", "%(num)s Themen", len(offered)),
    )


def _targets() -> Area:
    year = today().year
    return Area(
        _("Ziele %(year)s", year=year),
        url_for("dashboard.targets", year=year),
        _("Wie viele Besuche sich die Teams vornehmen."),
        _("bei den Auswertungen"),
    )


def _clocks() -> Area:
    found = agency.current().clocks
    return Area(
        _("Fristen"),
        url_for("agency.clocks"),
        _("In wie vielen Arbeitstagen Anliegen beantwortet und gelöst sein sollen."),
        _(
            "dringend %(response)s und %(resolution)s Arbeitstage",
            response=found.urgent_response,
            resolution=found.urgent_resolution,
        ),
    )


def _agreement() -> Area:
    agreed_on = agency.current().agreement_on
    return Area(
        _("Zahlen je Person"),
        url_for("agency.agreement"),
        _("Die Dienst- oder Betriebsvereinbarung, die sie erlaubt."),
        _("erlaubt, Vereinbarung vom %(day)s", day=day(agreed_on)) if agreed_on else _("aus"),
    )


def _mails() -> Area:
    numbers = dict.fromkeys(MailState, 0)
    for counted in mail.counts():
        numbers[counted.state] += counted.number
    waiting, refused = numbers[MailState.WAITING], numbers[MailState.REFUSED]
    server = mail.find_server()
    sends = current_app.config["CRM"].sends_mails
    waits = ngettext(
        "%(count)s Mail wartet", "%(count)s Mails warten", waiting, count=number(waiting)
    )
    said = [waits] if waiting else []
    if refused:
        said.append(
            ngettext("%(count)s abgelehnt", "%(count)s abgelehnt", refused, count=number(refused))
        )
    if not sends:
        said.insert(0, _("kein Mailserver eingestellt"))
    is_failing = bool(sends and server and server.failure)
    return Area(
        _("Mailversand"),
        url_for("mail.show"),
        _("Ob Mails das Haus verlassen; dort lässt sich auch eine Testnachricht senden."),
        ", ".join(said) or _("nichts wartet"),
        _("gestört") if is_failing else "",
    )


def _audit_log() -> Area:
    at = newest_at()
    return Area(
        _("Änderungsprotokoll"),
        url_for("administration.audit_log"),
        _("Wer wann was geändert hat, ohne Inhalte."),
        _("letzter Eintrag: %(when)s", when=day_and_time(at)) if at else _("noch kein Eintrag"),
    )
