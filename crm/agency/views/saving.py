"""What the pages of settings tell when something was saved, or could not be."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from crm.agency import queries
from crm.agency.models import Agency
from crm.errors import Conflict
from crm.web.errors import put_on_versioned
from crm.web.forms import VersionedForm
from crm.web.notices import notify_of_saving


def saved(endpoint: str, *, changed: bool) -> ResponseReturnValue:
    """Say whether something has changed, on the page of this endpoint."""
    notify_of_saving(changed=changed)
    return redirect(url_for(endpoint), code=303)


def tell(conflict: Conflict, form: VersionedForm) -> Agency:
    """Say what is wrong, beside what is stored."""
    stored = queries.current()
    put_on_versioned(conflict, form, version=stored.version)
    return stored
