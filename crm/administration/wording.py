"""What the audit log says: words for things and for what was done to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import starmap

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from crm.accounts.wording import changed_duty, changed_right
from crm.audit import changed_fields
from crm.audit.listing import AuditRow
from crm.concerns import wording as concerns
from crm.contacts import wording as contacts
from crm.organisations import wording as organisations
from crm.reference import short_reference
from crm.referrals import wording as referrals
from crm.visits import wording as visits

# By the table, in the order of the filter
THINGS: Mapping[str, str] = {
    "visit": _l("Besuch"),
    "concern": lazy_pgettext("one", "Anliegen"),
    "referral": _l("Vermittlung"),
    "follow_up": _l("Wiedervorlage"),
    "organisation": _l("Organisation"),
    "contact": _l("Ansprechpartner/-in"),
    "report": _l("Tätigkeitsbericht"),
    "target": _l("Ziel"),
    "person": _l("Person"),
    "agency": _l("Einstellungen"),
    "topic": _l("Thema"),
    "team": _l("Team"),
    "body": _l("Träger"),
    "saved_view": _l("Ansicht"),
    "sign_in": _l("Anmeldung"),
    "second_factor": _l("Zweiter Faktor"),
    "file": _l("Datei"),
    "backup": _l("Sicherung"),
}
_LETTERS = {"visit": "B", "concern": "A", "referral": "V"}

DEEDS: Mapping[str, str] = {
    "added": _l("angelegt"),
    "answer_taken_back": _l("erste Rückmeldung zurückgenommen"),
    "answered": _l("erste Rückmeldung gegeben"),
    "archived": _l("archiviert"),
    "brought_back": _l("wieder aufgenommen"),
    "calendar_renewed": _l("Kalenderadresse erneuert"),
    "calendar_revoked": _l("Kalenderadresse gesperrt"),
    "cancelled": _l("abgesagt"),
    "chapter_written": _l("Kapitel geschrieben"),
    "completed": _l("erledigt"),
    "deactivated": _l("Konto geschlossen"),
    "discarded": _l("verworfen"),
    "closed": _l("abgeschlossen"),
    "code_refused": _l("Code abgelehnt"),
    "drafted": _l("Entwurf begonnen"),
    "drawn_up": _l("aufgestellt"),
    "edited": _l("geändert"),
    "ended": _l("Serie beendet"),
    "exported": _l("heruntergeladen"),
    "finished": _l("fertiggestellt"),
    "followed": _l("nächste der Serie angelegt"),
    "frozen": _l("festgeschrieben"),
    "handed_over": _l("weitergegeben"),
    "invitation_accepted": _l("Einladung angenommen"),
    "invited": _l("eingeladen"),
    "joined": _l("Gesprächspunkt angeschlossen"),
    "logged": _l("erfasst"),
    "mailed": _l("per E-Mail gesendet"),
    "moved": _l("verschoben"),
    "offers_set": _l("Angebote festgelegt"),
    "obliged": _l("Pflicht geändert"),
    "opened": _l("eröffnet"),
    "narrowed": _l("Kreis eingeschränkt"),
    "parted": _l("Gesprächspunkt gelöst"),
    "password_asked": _l("neues Passwort angefordert"),
    "password_changed": _l("Passwort geändert"),
    "planned": _l("geplant"),
    "postponed": _l("vertagt"),
    "procedure_added": _l("Verfahren eingetragen"),
    "procedure_edited": _l("Verfahren geändert"),
    "procedure_removed": _l("Verfahren entfernt"),
    "put_back": _l("zurückgeholt"),
    "reactivated": _l("Konto wieder geöffnet"),
    "reassigned": _l("neu zugewiesen"),
    "recounted": _l("neu gezählt"),
    "recovery_code_used": _l("Ersatzcode benutzt"),
    "recovery_codes_renewed": _l("Ersatzcodes erneuert"),
    "referral_closed": _l("Vermittlung abgeschlossen"),
    "referral_mailed": _l("Vermittlung per E-Mail gesendet"),
    "referral_put_back": _l("Vermittlung wiederhergestellt"),
    "referral_reopened": _l("Vermittlung wieder geöffnet"),
    "referral_taken_back": _l("Vermittlung zurückgenommen"),
    "referred": _l("vermittelt"),
    "repeated": _l("Serie festgelegt"),
    "reopened": _l("wieder geöffnet"),
    "restored": _l("wiederhergestellt"),
    "retired": _l("nicht mehr angeboten"),
    "result_told": _l("Ergebnis mitgeteilt"),
    "rights_changed": _l("Rechte geändert"),
    "second_factor_removed": _l("zweiten Faktor entfernt"),
    "second_factor_set_up": _l("zweiten Faktor eingerichtet"),
    "sign_in_failed": _l("abgelehnt"),
    "signed_in": _l("angemeldet"),
    "signed_out": _l("abgemeldet"),
    "snoozed": _l("zurückgestellt"),
    "taken_back": _l("zurückgenommen"),
    "target_set": _l("Ziel gesetzt"),
    "team_closed": _l("Team geschlossen"),
    "team_moved": _l("Träger gewechselt"),
    "team_reopened": _l("Team wieder geöffnet"),
    "view_deleted": _l("Ansicht gelöscht"),
    "view_renamed": _l("Ansicht umbenannt"),
    "view_restored": _l("Ansicht wiederhergestellt"),
    "view_saved": _l("Ansicht gespeichert"),
    "woken": _l("aus der Ruhe geholt"),
}


def thing(line: AuditRow) -> str:
    """Return what a line is about: Besuch B-4F7K2. A reference, never a name: that is content."""
    word = str(THINGS.get(line.subject_type, line.subject_type))
    letter = _LETTERS.get(line.subject_type)
    if letter is None or line.subject_id is None:
        return word
    return f"{word} {short_reference(letter, line.subject_id)}"


def deed(line: AuditRow) -> str:
    """Return what was done."""
    return str(DEEDS.get(line.action, line.action.replace("_", " ")))


# What else a deed tells is content, or stands in the word for it
_EDITS = frozenset({"edited", "logged"})
_FIELD_NAMES: Mapping[str, Callable[[str], str]] = {
    "visit": visits.field_name,
    "concern": concerns.field_name,
    "referral": referrals.field_name,
    "organisation": organisations.field_name,
    "contact": contacts.field_name,
}


# What administrators set is no content: it stands here with its values
_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "topic": {
        "name_de": _l("Name auf Deutsch"),
        "name_en": _l("Name auf Englisch"),
        "visibility": _l("Zuerst sichtbar für"),
        "place": _l("Stelle"),
    },
    "body": {"name": _l("Name"), "land": _l("Land")},
    "team": {"name": _l("Name"), "body": _l("Träger")},
    "agency": {
        "name": _l("Name"),
        "accent": _l("Farbe"),
        "logo_hash": _l("Logo"),
        "logo_type": _l("Art des Bildes"),
        "urgent_response": _l("Dringend: erste Rückmeldung"),
        "urgent_resolution": _l("Dringend: Lösung"),
        "watch_response": _l("Beobachten: erste Rückmeldung"),
        "watch_resolution": _l("Beobachten: Lösung"),
        "agreement_reference": _l("Vereinbarung zu Zahlen je Person"),
        "agreement_on": _l("Geschlossen am"),
    },
}
_OF_STRANGERS = frozenset({"code_refused", "password_asked", "sign_in_failed"})


def who(line: AuditRow) -> str:
    """Return who did it."""
    if line.action in _OF_STRANGERS:
        return _("unbekannt")
    return line.person or "Augenhöhe"


def fields_of(line: AuditRow) -> str:
    """Return the names of what changed; the values are content and stand with the thing itself.

    What a person may do is none, nor what administrators set: it stands here with its values.
    """
    if line.subject_type in _SETTINGS:
        names = _SETTINGS[line.subject_type]
        return "; ".join(
            f"{names[name]}: {before or '–'} → {after or '–'}"
            for name, (before, after) in line.changes.items()
        )
    if line.action == "rights_changed":
        return "; ".join(starmap(changed_right, line.changes.items()))
    if line.action == "obliged":
        return changed_duty(line.changes["roles"])
    if line.action not in _EDITS or line.subject_type not in _FIELD_NAMES:
        return ""
    return ", ".join(map(_FIELD_NAMES[line.subject_type], changed_fields(line.changes)))
