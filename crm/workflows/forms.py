"""The form by which a colleague's open work goes to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from crm.accounts.models import Person
from crm.web.forms import ChoiceField, Form, key_of
from crm.workflows.models import Kind


class HandOverForm(Form):
    """Choose who takes over: one person for everything, or one for each kind."""

    successor = ChoiceField(_l("An wen"), choices=[])
    follow_ups = ChoiceField(_l("Wiedervorlagen"), choices=[])
    concerns = ChoiceField(_l("Anliegen"), choices=[])
    visits = ChoiceField(_l("Geplante Besuche"), choices=[])
    deactivate = BooleanField(
        _l("Konto schließen"),
        description=_l("Die Person ist sofort überall abgemeldet, ihr Kalender endet."),
    )

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> HandOverForm:
        """Return the form with what was sent; where nothing is open, nobody is asked for."""
        asked = ("successor", "follow_ups", "concerns", "visits")
        return cls(MultiDict({**dict.fromkeys(asked, ""), **fields}))

    def offer(self, colleagues: Sequence[Person], *, leaving: UUID) -> None:
        """Set who can be chosen: all colleagues but the one who leaves."""
        people = [(str(person.id), person.name) for person in colleagues if person.id != leaving]
        self.successor.choices = [("", _("Bitte wählen")), *people]
        for kind in (self.follow_ups, self.concerns, self.visits):
            kind.choices = [("", _("wie oben")), *people]

    @property
    def successors(self) -> dict[Kind, UUID | None]:
        """Return who takes over each kind."""
        fields = {
            Kind.FOLLOW_UP: self.follow_ups,
            Kind.CONCERN: self.concerns,
            Kind.VISIT: self.visits,
        }
        everything = key_of(self.successor.data)
        return {kind: key_of(field.data) or everything for kind, field in fields.items()}
