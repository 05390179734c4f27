"""Short texts about an organisation in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from crm.audit import Event
from crm.organisations.forms import OrganisationForm
from crm.organisations.matching import Likeness
from crm.organisations.models import Organisation
from crm.organisations.queries import Duplicate
from crm.paging import Count
from crm.web.forms import label_of
from crm.web.rendering import counted, number
from crm.web.words import word

_REASONS = {
    Likeness.REGISTER: _l("gleiche Registernummer"),
    Likeness.NAME: _l("gleicher Name"),
    Likeness.DOMAIN: _l("gleiche Internetadresse"),
    Likeness.PHONE: _l("gleiche Telefonnummer"),
    Likeness.SOUND: _l("klingt gleich"),
    Likeness.SIMILAR: _l("ähnlicher Name"),
}


def detail_of(organisation: Organisation) -> str:
    """Return where an organisation is and what it is to us: Musterstadt · Unternehmen."""
    parts = [organisation.municipality, word(organisation.kind)]
    if organisation.archived_at is not None:
        parts.append(_("archiviert"))
    return " · ".join(parts)


def reason_of(duplicate: Duplicate) -> str:
    """Return why this may be the same organisation."""
    return str(_REASONS[duplicate.likeness])


def count_text(count: Count) -> str:
    """Return how many organisations a list holds."""
    things = ngettext(
        "%(count)s Organisation",
        "%(count)s Organisationen",
        count.number,
        count=number(count.number),
    )
    return counted(count, things)


def happened(event: Event) -> str:
    """Return what an audit line of an organisation says."""
    match event.action:
        case "added":
            return _("hat die Organisation angelegt")
        case "edited":
            labels = ", ".join(map(field_name, event.changes))
            return _("hat geändert: %(fields)s", fields=labels)
        case "offers_set":
            return _("hat geändert, wobei der Partner hilft")
        case "archived":
            return _("hat die Organisation archiviert")
        case "restored":
            return _("hat die Organisation wiederhergestellt")
    return event.action


def field_name(name: str) -> str:
    """Return what the history calls a field."""
    return label_of(OrganisationForm, name)
