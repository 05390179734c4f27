"""The interface's word for each choice of the domain, in one table per choice."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from crm.accounts.models import PersonState
from crm.concerns.models import Benefit, Flag, Outcome, Stage
from crm.concerns.procedures import Progress
from crm.contacts.models import LegalBasis, Salutation
from crm.mail.models import MailState, Reason
from crm.notifications.models import Kind
from crm.organisations.models import CountSource, OrganisationKind, OrganisationStatus, SizeClass
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.referrals.queries import State
from crm.reports.models import Chapter, ReportKind, ReportState
from crm.visibility import Visibility
from crm.visits.listing import Counted, Offered
from crm.visits.models import Mode, Occasion, VisitStatus

WORDS: Mapping[type[StrEnum], Mapping[Any, Any]] = {
    Role: {
        Role.NONE: _l("keine Rolle"),
        Role.READER: _l("Lesezugriff"),
        Role.OFFICER: _l("Wirtschaftsförderung"),
        Role.MANAGER: _l("Leitung"),
    },
    PersonState: {
        PersonState.INVITED: _l("eingeladen"),
        PersonState.ACTIVE: _l("aktiv"),
        PersonState.CLOSED: _l("geschlossen"),
    },
    Visibility: {
        Visibility.BODY: _l("alle meines Trägers"),
        Visibility.TEAM: _l("nur mein Team"),
        Visibility.MANAGERS: _l("ich und meine Leitung"),
    },
    Flag: {
        Flag.INFO: _l("Info"),
        Flag.WATCH: _l("Beobachten"),
        Flag.URGENT: _l("Dringend"),
    },
    Stage: {
        Stage.NEW: _l("Neu"),
        Stage.CLARIFYING: _l("In Klärung"),
        Stage.IN_PROGRESS: _l("In Arbeit"),
        Stage.WITH_PARTNER: _l("Beim Partner"),
        Stage.CLOSED: _l("Abgeschlossen"),
    },
    Outcome: {
        Outcome.SOLVED: _l("gelöst"),
        Outcome.PARTLY_SOLVED: _l("teilweise gelöst"),
        Outcome.NOT_SOLVABLE: _l("nicht lösbar"),
        Outcome.WITHDRAWN: _l("zurückgezogen"),
    },
    Benefit: {
        Benefit.JOBS_SECURED: _l("Arbeitsplätze gesichert"),
        Benefit.JOBS_CREATED: _l("Arbeitsplätze geschaffen"),
        Benefit.INVESTMENT: _l("Investition"),
    },
    ReferralResult: {
        ReferralResult.HELPED: _l("hat geholfen"),
        ReferralResult.COULD_NOT_HELP: _l("konnte nicht helfen"),
        ReferralResult.NO_ANSWER: _l("keine Rückmeldung"),
    },
    State: {
        State.OPEN: _l("Offen"),
        State.OVERDUE: _l("Überfällig"),
        State.ANSWERED: _l("Beantwortet"),
        State.UNANSWERED: _l("Ohne Rückmeldung"),
        State.CLOSED: _l("Abgeschlossen"),
        State.ALL: _l("Alle"),
    },
    VisitStatus: {
        VisitStatus.DRAFT: _l("Entwurf"),
        VisitStatus.PLANNED: _l("geplant"),
        VisitStatus.COMPLETED: _l("abgeschlossen"),
        VisitStatus.POSTPONED: _l("verschoben"),
        VisitStatus.CANCELLED: _l("abgesagt"),
    },
    Mode: {
        Mode.ON_SITE: _l("Vor Ort"),
        Mode.OUR_OFFICE: _l("Bei uns im Haus"),
        Mode.VIDEO: _l("Video"),
        Mode.PHONE: _l("Telefon"),
        Mode.EVENT: _l("Veranstaltung"),
    },
    Counted: {
        Counted.VISITS: _l("Besuche"),
        Counted.OTHER: _l("andere Gespräche"),
        Counted.PARTNERS: _l("Partnergespräche"),
    },
    Progress: {
        Progress.ANY: _l("laufend oder entschieden"),
        Progress.RUNNING: _l("laufend"),
        Progress.DECIDED: _l("entschieden"),
    },
    Offered: {
        Offered.MENTIONED: _l("erwähnt"),
        Offered.USED: _l("in Anspruch genommen"),
    },
    Occasion: {
        Occasion.PROGRAMME: _l("Besuchsprogramm"),
        Occasion.REQUEST: _l("Anfrage"),
        Occasion.EVENT: _l("Veranstaltung"),
        Occasion.CRISIS: _l("Krise"),
        Occasion.ANNIVERSARY: _l("Jubiläum"),
        Occasion.OTHER: _l("Sonstiges"),
    },
    OrganisationKind: {
        OrganisationKind.COMPANY: _l("Unternehmen"),
        OrganisationKind.FOUNDER: _l("Gründung"),
        OrganisationKind.PARTNER: _l("Partner"),
    },
    OrganisationStatus: {
        OrganisationStatus.ACTIVE: _l("aktiv"),
        OrganisationStatus.CLOSED: _l("geschlossen"),
        OrganisationStatus.MOVED: _l("weggezogen"),
    },
    CountSource: {
        CountSource.ESTIMATED: _l("geschätzt"),
        CountSource.TOLD: _l("vom Unternehmen genannt"),
    },
    SizeClass: {
        SizeClass.MICRO: _l("Kleinstunternehmen"),
        SizeClass.SMALL: _l("kleines Unternehmen"),
        SizeClass.MEDIUM: _l("mittleres Unternehmen"),
        SizeClass.LARGE: _l("großes Unternehmen"),
    },
    ReportKind: {
        ReportKind.PUBLIC: _l("öffentlich"),
        ReportKind.INTERNAL: _l("nicht öffentlich"),
        ReportKind.QUARTERLY: _l("Quartalsbericht auf zwei Seiten"),
        ReportKind.MUNICIPAL: _l("je Gemeinde eine Seite"),
    },
    ReportState: {
        ReportState.WAITING: _l("wartet"),
        ReportState.WORKING: _l("wird berechnet"),
        ReportState.READY: _l("Zahlen liegen vor"),
        ReportState.FAILED: _l("fehlgeschlagen"),
        ReportState.CANCELLED: _l("abgebrochen"),
    },
    Chapter: {
        Chapter.WORK: _l("Was wir getan haben"),
        Chapter.CARE: _l("Bestandspflege"),
        Chapter.BROKERING: _l("Lotsenfunktion und Vermittlung"),
        Chapter.FUNDING: _l("Förderung"),
        Chapter.LABOUR: _l("Fachkräfte"),
        Chapter.SUCCESSION: _l("Nachfolge"),
        Chapter.FOUNDING: _l("Gründung"),
        Chapter.SITES: _l("Flächen und Ansiedlung"),
        Chapter.EVENTS: _l("Veranstaltungen"),
        Chapter.COOPERATION: _l("Kooperation und Netzwerke"),
        Chapter.VOICES: _l("Was Unternehmen über den Standort sagen"),
        Chapter.MUNICIPALITIES: _l("Die Gemeinden"),
        Chapter.OUTLOOK: _l("Ausblick"),
    },
    Salutation: {
        Salutation.NONE: _l("ohne"),
        Salutation.MS: _l("Frau"),
        Salutation.MR: _l("Herr"),
    },
    Kind: {
        Kind.GIVEN: _l("Jemand gibt mir eine Wiedervorlage oder ein Anliegen"),
        Kind.COMPLETED: _l("Jemand erledigt eine Wiedervorlage von mir"),
        Kind.CLOCK: _l("Die Frist eines Anliegens von mir läuft ab"),
        Kind.ESCALATION: _l("Die Frist eines dringenden Anliegens meiner Teams ist abgelaufen"),
        Kind.ANSWER: _l("Ein Partner hat geantwortet"),
        Kind.DIGEST: _l("Mein Tag am Morgen"),
    },
    Reason: {
        Reason.DIGEST: _l("Mail am Morgen"),
        Reason.ESCALATION: _l("abgelaufene Frist"),
        Reason.INVITATION: _l("Einladung"),
        Reason.NOTICE: _l("einzelne Meldung"),
        Reason.PASSWORD: _l("neues Passwort"),
        Reason.REFERRAL: _l("Vermittlung an einen Partner"),
        Reason.TEST: _l("Testnachricht"),
    },
    MailState: {
        MailState.WAITING: _l("wartet"),
        MailState.SENT: _l("verschickt"),
        MailState.REFUSED: _l("abgelehnt"),
        MailState.WITHDRAWN: _l("entfallen"),
    },
    LegalBasis: {
        LegalBasis.PUBLIC_TASK: _l("öffentliche Aufgabe (Art. 6 Abs. 1 e DSGVO)"),
        LegalBasis.CONSENT: _l("Einwilligung (Art. 6 Abs. 1 a DSGVO)"),
        LegalBasis.CONTRACT: _l("Vertrag (Art. 6 Abs. 1 b DSGVO)"),
    },
}


def word(member: StrEnum) -> str:
    """Return the interface's word for a choice of the domain."""
    return _said(type(member), member, str(get_locale()))


@cache
def _said(kind: type[StrEnum], member: StrEnum, _language: str) -> str:
    # A list says hundreds; members of two kinds may be equal as texts
    return str(WORDS[kind][member])


def words(kind: type[StrEnum]) -> Mapping[Any, Any]:
    """Return every choice of a kind with its word, in the order of the domain."""
    return WORDS[kind]
