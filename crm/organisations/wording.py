"""Short texts about an organisation in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.organisations.matching import Likeness
from crm.organisations.models import Organisation
from crm.organisations.queries import Duplicate
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
