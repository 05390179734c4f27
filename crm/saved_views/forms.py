"""The forms of saved views."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import DataRequired

from crm.saved_views.models import LONGEST_NAME, LONGEST_QUERY, Place
from crm.web.forms import Form, KeyedForm, LineField

# Where a reader was in a list is no part of a view of it
_PAGING = frozenset({"after", "before"})


class NameField(LineField):
    """The name of a view."""

    longest = LONGEST_NAME


class RenameForm(Form):
    """A name."""

    name = NameField(_l("Name"), validators=[DataRequired(_l("Bitte geben Sie einen Namen ein."))])


class SaveForm(KeyedForm, RenameForm):
    """A name for the filters of a page."""

    place = HiddenField()
    query = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.name.label.text = _l("Name der Ansicht")

    @property
    def wanted_place(self) -> Place | None:
        """Return the page, or None for what is none."""
        return Place(self.place.data) if self.place.data in set(Place) else None

    @property
    def wanted_query(self) -> str:
        """Return the filters as they stand in an address."""
        return query_of(self.query.data or "")


def query_of(text: str) -> str:
    """Return the part of an address behind its question mark as we write it; "" if it is too long.

    Nothing but names and values comes through, so that an address made of it stays ours.
    """
    pairs = parse_qsl(text[: LONGEST_QUERY + 1], max_num_fields=100)
    query = urlencode([(name, value) for name, value in pairs if name not in _PAGING])
    return query if len(query) <= LONGEST_QUERY and "%00" not in query else ""
