"""The form of a target."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from crm.dashboard.models import MOST_VISITS
from crm.web.forms import LineField, VersionedForm, WholeNumber, number_of


class TargetForm(VersionedForm):
    """How many visits a team means to make in a year."""

    visits = LineField(
        _l("Besuche im Jahr"),
        validators=[WholeNumber(1, MOST_VISITS)],
        description=_l("Eine ganze Zahl; leer heißt: kein Ziel."),
    )

    @property
    def wanted_visits(self) -> int | None:
        """Return the target, or None for none."""
        return number_of(self.visits.data)
