"""Forms of concerns: a new one, an edit, another stage, a note, an official procedure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import HiddenField
from wtforms.validators import DataRequired, ValidationError

from crm.concerns.models import Concern, Flag, Outcome, Stage
from crm.concerns.services import ConcernDraft, Figures, ProcedureDraft
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.topics.models import Topic
from crm.types import new_id
from crm.visibility import Visibility
from crm.web.forms import (
    ChecksField,
    ChoiceField,
    DayField,
    Form,
    KeyedForm,
    LineField,
    RadiosField,
    TextField,
    VersionedForm,
    WholeNumber,
    choices_of,
    key_of,
    keys_of,
    number_of,
)
from crm.web.words import words

# A number of people, and euros: more than any one concern brings
_MOST_JOBS, _MOST_EUROS = 1_000_000, 100_000_000_000
_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class StageForm(VersionedForm):
    """Move a concern to another stage; closing it takes an outcome and a reason."""

    stage = ChoiceField(_l("Stand"))
    outcome = ChoiceField(lazy_pgettext("concern", "Ergebnis"))
    reason = TextField(
        _l("Begründung"), description=_l("Ein Satz genügt, zum Beispiel was erreicht wurde.")
    )
    jobs_secured = LineField(
        _l("Arbeitsplätze gesichert"), validators=[WholeNumber(most=_MOST_JOBS)], render_kw=_DIGITS
    )
    jobs_created = LineField(
        _l("Arbeitsplätze geschaffen"), validators=[WholeNumber(most=_MOST_JOBS)], render_kw=_DIGITS
    )
    investment = LineField(
        _l("Investition in Euro"), validators=[WholeNumber(most=_MOST_EUROS)], render_kw=_DIGITS
    )
    figures_source = LineField(
        _l("Quelle der Zahlen"), description=_l("Zum Beispiel: Angabe des Unternehmens")
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
            for name in ("jobs_secured", "jobs_created", "investment"):
                number = getattr(concern, name)
                self[name].data = "" if number is None else str(number)
            self.figures_source.data = concern.figures_source

    @property
    def wanted_stage(self) -> Stage:
        """Return the stage of a form that has validated."""
        return Stage(self.stage.data)

    @property
    def wanted_outcome(self) -> Outcome | None:
        """Return the outcome of a form that has validated, or None."""
        return Outcome(self.outcome.data) if self.outcome.data else None

    @property
    def figures(self) -> Figures:
        """Return what came of it, of a form that has validated."""
        return Figures(
            jobs_secured=number_of(self.jobs_secured.data),
            jobs_created=number_of(self.jobs_created.data),
            investment=number_of(self.investment.data),
            source=self.figures_source.data or "",
        )


class NoteForm(Form):
    """Which note is to join a concern, or to leave it."""

    note = HiddenField(_l("Gesprächspunkt"))

    @property
    def note_id(self) -> UUID:
        """Return the key of the note; one that nothing has for anything else."""
        return key_of(self.note.data) or new_id()


class ProcedureForm(KeyedForm, VersionedForm):
    """Enter an official procedure that is accompanied with a concern, or edit it."""

    title = LineField(
        lazy_pgettext("one", "Verfahren"),
        description=_l("Zum Beispiel: Baugenehmigung für die neue Halle"),
        validators=[DataRequired(_l("Bitte nennen Sie das Verfahren."))],
        render_kw={"autocomplete": "off"},
    )
    office = LineField(
        _l("Amt oder Behörde"),
        description=_l(
            "Die Stelle, keine Person. Was gleich geschrieben ist, wird zusammengezählt."
        ),
        validators=[DataRequired(_l("Bitte nennen Sie das Amt oder die Behörde."))],
        render_kw={"autocomplete": "off"},
    )
    begun_on = DayField(_l("Begonnen am"))
    decided_on = DayField(_l("Entschieden am"), description=_l("Leer, solange das Verfahren läuft"))

    def validate_begun_on(self, field: DayField) -> None:
        """Ask for the day on which it began."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Bitte geben Sie an, wann das Verfahren begonnen hat."))

    def draft(self) -> ProcedureDraft:
        """Return the typed content of a form that has validated."""
        assert self.begun_on.data is not None
        return ProcedureDraft(
            office=self.office.data or "",
            title=self.title.data or "",
            begun_on=self.begun_on.data,
            decided_on=self.decided_on.data,
        )


class ConcernForm(KeyedForm, VersionedForm):
    """Open a concern, or edit one."""

    organisation = LineField(_l("Organisation"), render_kw={"autocomplete": "off"})
    organisation_id = HiddenField()
    # Those that fit what was typed, where more than one does
    alternative = RadiosField(_l("Welche Organisation ist gemeint?"), validate_choice=False)
    title = LineField(
        _l("Anliegen in wenigen Worten"),
        description=_l("Zum Beispiel: Nachfolge gesucht"),
        validators=[DataRequired(_l("Bitte sagen Sie in wenigen Worten, worum es geht."))],
        render_kw={"autocomplete": "off"},
    )
    topic = ChoiceField(_l("Thema"))
    flag = RadiosField(_l("Einstufung"))
    visibility = ChoiceField(_l("Sichtbar für"))

    def offer(self, topics: Sequence[Topic], language: str) -> None:
        """Set what can be chosen for a new concern; the topic decides the circle if nobody does."""
        self.topic.choices = [
            ("", _("Bitte wählen")),
            *((str(topic.id), topic.name(language)) for topic in topics),
        ]
        self.flag.choices = choices_of(words(Flag))
        usual = ("", _("wie beim Thema üblich"))
        self.visibility.choices = [usual, *choices_of(words(Visibility))]
        self.alternative.choices = []
        self._usual = {str(topic.id): topic.visibility for topic in topics}
        if not self.is_submitted():
            self.flag.data = Flag.WATCH.value

    def offer_organisations(self, found: Sequence[Organisation]) -> None:
        """Let the person choose among the organisations that fit what was typed."""
        self.alternative.choices = [(str(o.id), f"{o.name}, {o.municipality}") for o in found]

    def validate_topic(self, field: ChoiceField) -> None:
        """Ask for a topic."""
        if not field.data:
            raise ValidationError(_("Bitte wählen Sie ein Thema."))

    @property
    def circle(self) -> Visibility:
        """Return for whom it is meant."""
        chosen = self.visibility.data
        return Visibility(chosen) if chosen else self._usual[self.topic.data or ""]

    @property
    def wanted_flag(self) -> Flag:
        """Return the flag of a form that has validated."""
        return Flag(self.flag.data)

    @property
    def topic_id(self) -> UUID:
        """Return the topic of a form that has validated."""
        return UUID(self.topic.data or "")


class EditForm(ConcernForm):
    """Edit a concern."""

    owner = ChoiceField(_l("Zuständig"))
    collaborators = ChecksField(
        _l("Arbeitet mit"),
        description=_l("Kann das Anliegen verschieben und abschließen wie ein eigenes."),
    )

    def offer_people(
        self, concern: Concern, colleagues: Iterable[Actor], may_help: Iterable[Actor]
    ) -> None:
        """Set who can own the concern and who can work on it, and the circles.

        may_help    those of the colleagues who may see it
        """
        owners = {str(c.id): c.name for c in colleagues}
        owners.setdefault(str(concern.owner_id), concern.owner.name)
        self.owner.choices = list(owners.items())
        helpers = {str(c.id): c.name for c in may_help}
        for collaborator in concern.collaborators:
            helpers.setdefault(str(collaborator.person_id), collaborator.person.name)
        self.collaborators.choices = list(helpers.items())
        self.visibility.choices = choices_of(words(Visibility))

    def draft(self, organisation_id: UUID) -> ConcernDraft:
        """Return the typed content of a form that has validated."""
        return ConcernDraft(
            title=self.title.data or "",
            organisation_id=organisation_id,
            topic_id=self.topic_id,
            flag=self.wanted_flag,
            visibility=Visibility(self.visibility.data),
            owner_id=UUID(self.owner.data or ""),
            collaborator_ids=frozenset(keys_of(self.collaborators.data)),
        )


def values_of(concern: Concern) -> dict[str, Any]:
    """Return what the form shows of a concern before anybody types."""
    return {
        "version": str(concern.version),
        "title": concern.title,
        "organisation": concern.organisation.name,
        "organisation_id": str(concern.organisation_id),
        "topic": str(concern.topic_id),
        "flag": concern.flag.value,
        "visibility": concern.visibility.value,
        "owner": str(concern.owner_id),
        "collaborators": [str(key) for key in concern.collaborator_ids],
    }
