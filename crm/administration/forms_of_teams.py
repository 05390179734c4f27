"""The forms of teams and the bodies they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from crm.accounts.models import Body
from crm.accounts.wording import LANDS
from crm.web.forms import (
    ChoiceField,
    Form,
    KeyedForm,
    LineField,
    VersionedForm,
    choices_of,
    key_of,
)


class NamedForm(Form):
    """What a team or a body is called."""

    name = LineField(
        _l("Name"),
        validators=[DataRequired(_l("Bitte geben Sie einen Namen ein."))],
        render_kw={"autocomplete": "off"},
    )


class OfBodyForm(Form):
    """To which body a team belongs."""

    body = ChoiceField(
        _l("Träger"), validators=[DataRequired(_l("Bitte wählen Sie einen Träger."))]
    )

    def offer(self, bodies: Sequence[Body]) -> None:
        """Set which bodies can be chosen."""
        self.body.choices = [(str(body.id), body.name) for body in bodies]

    @property
    def body_id(self) -> UUID:
        """Return the key of the chosen body, of a form that has validated."""
        key = key_of(self.body.data)
        assert key is not None
        return key


class NewTeamForm(KeyedForm, NamedForm, OfBodyForm):
    """Make a team."""


class TeamForm(VersionedForm, NamedForm):
    """Rename a team."""


class MoveForm(VersionedForm, OfBodyForm):
    """Let a team belong to another body."""


class LandForm(NamedForm):
    """What a body is called, and where it is."""

    land = ChoiceField(
        _l("Land"),
        description=_l("Nach seinen Feiertagen zählen Arbeitstage: Fristen und Wiedervorlagen."),
        choices=choices_of(LANDS),
    )


class NewBodyForm(KeyedForm, LandForm):
    """Make a body."""


class BodyForm(VersionedForm, LandForm):
    """Change a body."""
