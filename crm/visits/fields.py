"""The fields of the visit form, in the order of the page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField

from crm.organisations.models import OrganisationKind
from crm.visibility import Visibility
from crm.visits.models import Mode, Occasion
from crm.visits.parts import ContactLine, FollowUpLine, TopicPart
from crm.web.forms import (
    ChecksField,
    ChoiceField,
    DayField,
    LineField,
    LinesField,
    TextField,
    TimeField,
    VersionedForm,
    choices_of,
)
from crm.web.words import words


class VisitFields(VersionedForm):
    """What a person can fill in; `forms.VisitForm` knows what it means."""

    visit_id = HiddenField()

    organisation = LineField(_l("Organisation"))
    organisation_id = HiddenField()
    # One of the organisations offered when the name alone did not tell
    alternative = HiddenField()
    new_organisation = BooleanField(_l("Als neue Organisation anlegen"))
    confirm_new = BooleanField(_l("Trotzdem neu anlegen"))
    new_municipality = LineField(_l("Gemeinde"))
    new_kind = ChoiceField(
        _l("Art der Organisation"),
        choices=choices_of(words(OrganisationKind)),
        default=OrganisationKind.COMPANY,
    )
    further = ChecksField(_l("Weitere Organisationen"), choices=[])
    further_text = LineField(_l("Weitere Organisation"))
    visited_on = DayField(_l("Datum"))
    visited_at = TimeField(_l("Uhrzeit"))
    mode = ChoiceField(_l("Art"), choices=choices_of(words(Mode)), default=Mode.ON_SITE)
    occasion = ChoiceField(_l("Anlass"), choices=choices_of(words(Occasion), empty="–"), default="")
    contacts = ChecksField(_l("Teilgenommen: vom Unternehmen"), choices=[])
    new_contacts = LinesField(FormField(ContactLine))
    people = ChecksField(_l("Teilgenommen: von uns"), choices=[])
    outsiders = TextField(_l("Teilgenommen: weitere Stellen"))
    topics = LinesField(FormField(TopicPart))
    offers = ChecksField(_l("Angebote: erwähnt"), choices=[])
    offers_used = ChecksField(_l("Angebote: in Anspruch genommen"), choices=[])
    follow_ups = LinesField(FormField(FollowUpLine))
    summary = TextField(_l("Zusammenfassung"))
    company_text = TextField(_l("Text für das Unternehmen"))
    next_visit_due = DayField(_l("Nächster Besuch fällig"), ahead=True)
    file_reference = LineField(_l("Aktenzeichen"))
    visibility = ChoiceField(
        _l("Besuch sichtbar für"), choices=choices_of(words(Visibility)), default=Visibility.BODY
    )
