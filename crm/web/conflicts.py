"""What differs between the form somebody sent and the version somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from flask_babel import gettext as _
from wtforms import BooleanField, Field, Form
from wtforms.fields.choices import SelectFieldBase

from crm.web.forms import labels_of

_NEVER_SHOWN = frozenset({"csrf_token", "version", "key"})


class Difference(NamedTuple):
    """One field in both versions, as people read it."""

    label: str
    mine: str
    theirs: str


def differences(mine: Form, theirs: Form, *, without: Collection[str] = ()) -> list[Difference]:
    """Return the fields of two forms of one kind whose content differs."""
    left_out = _NEVER_SHOWN | set(without)
    return [
        Difference(str(field.label.text), shown(field), shown(theirs[field.name]))
        for field in mine
        if field.short_name not in left_out and shown(field) != shown(theirs[field.name])
    ]


def shown(field: Field) -> str:
    """Return a field's content as people read it."""
    if isinstance(field, BooleanField):
        return _("ja") if field.data else _("nein")
    if isinstance(field, SelectFieldBase):
        labels = labels_of(field)
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return ", ".join(labels.get("" if value is None else str(value), "") for value in chosen)
    read = getattr(field, "_value", None)
    return str(read()) if read else str(field.data or "")
