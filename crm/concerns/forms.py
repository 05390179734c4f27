"""The form that changes the stage of a concern."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from crm.concerns.models import Concern, Outcome, Stage
from crm.web.forms import ChoiceField, TextField, VersionedForm, choices_of
from crm.web.words import words


class StageForm(VersionedForm):
    """Move a concern to another stage; closing it takes an outcome and a reason."""

    stage = ChoiceField(_l("Stand"))
    outcome = ChoiceField(lazy_pgettext("concern", "Ergebnis"))
    reason = TextField(
        _l("Begründung"), description=_l("Ein Satz genügt, zum Beispiel was erreicht wurde.")
    )

    def offer(self, concern: Concern) -> None:
        """Set the stages and outcomes; preset what holds now."""
        self.stage.choices = choices_of(words(Stage))
        self.outcome.choices = choices_of(words(Outcome), empty=_("Bitte wählen"))
        if not self.is_submitted():
            self.version.data = str(concern.version)
            self.stage.data = concern.stage.value
            self.outcome.data = concern.outcome.value if concern.outcome else ""
            self.reason.data = concern.outcome_reason

    @property
    def wanted_stage(self) -> Stage:
        """Return the stage of a form that has validated."""
        return Stage(self.stage.data)

    @property
    def wanted_outcome(self) -> Outcome | None:
        """Return the outcome of a form that has validated, or None."""
        return Outcome(self.outcome.data) if self.outcome.data else None
