"""Short texts about contacts in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.audit import Event, changed_fields
from crm.contacts.forms import ContactForm
from crm.contacts.models import Contact, Salutation
from crm.paging import Count
from crm.web.forms import label_of
from crm.web.rendering import counted, number
from crm.web.words import word

# What the history calls otherwise than the form
_FIELDS = {"organisations": "organisation_ids"}


def count_text(count: Count) -> str:
    """Return how many persons a list holds."""
    things = ngettext(
        "%(count)s Person", "%(count)s Personen", count.number, count=number(count.number)
    )
    return counted(count, things)


def addressed(contact: Contact) -> str:
    """Return a contact as one speaks of them: Frau Dr. Muster."""
    if contact.salutation is Salutation.NONE:
        return contact.name
    return f"{word(contact.salutation)} {contact.name}"


def happened(event: Event) -> str:
    """Return what an audit line of a contact says."""
    match event.action:
        case "added":
            return _("hat die Person angelegt")
        case "edited":
            labels = ", ".join(map(field_name, changed_fields(event.changes)))
            return _("hat geändert: %(fields)s", fields=labels)
        case "archived":
            return _("hat die Person archiviert")
        case "restored":
            return _("hat die Person wiederhergestellt")
    return event.action


def field_name(name: str) -> str:
    """Return what the history calls a field."""
    return label_of(ContactForm, _FIELDS.get(name, name))
