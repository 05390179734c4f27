"""What the pages of settings tell when something was saved, or could not be."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.agency import queries
from crm.agency.models import Agency
from crm.errors import Conflict, Stale
from crm.web.errors import put_on_form
from crm.web.forms import VersionedForm
from crm.web.notices import notify


def saved(endpoint: str, *, changed: bool) -> ResponseReturnValue:
    """Say whether something has changed, on the page of this endpoint."""
    if changed:
        notify(_("Die Änderungen sind gesichert."))
    else:
        notify(_("Es hat sich nichts geändert."), kind="info")
    return redirect(url_for(endpoint), code=303)


def tell(conflict: Conflict, form: VersionedForm) -> Agency:
    """Say what is wrong; what is stored stands beside the form: sent again, it was seen."""
    put_on_form(conflict, form)
    stored = queries.current()
    if isinstance(conflict, Stale):
        form.version.data = str(stored.version)
    return stored
