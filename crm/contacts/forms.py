"""Forms of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired

from crm.contacts.models import Contact, LegalBasis, Salutation
from crm.contacts.services import ContactDraft
from crm.organisations.models import Organisation
from crm.web.addresses import valid_email, valid_phones
from crm.web.forms import (
    ChecksField,
    ChoiceField,
    DayField,
    KeyedForm,
    LineField,
    TextField,
    VersionedForm,
    choices_of,
    keys_of,
)
from crm.web.words import words

_LANGUAGES = {"de": _l("Deutsch"), "en": _l("Englisch")}
_PHONE = {"inputmode": "tel", "autocomplete": "off"}


class ContactForm(VersionedForm, KeyedForm):
    """Add or edit a contact; a family name and an organisation are enough."""

    salutation = ChoiceField(
        _l("Anrede"), choices=choices_of(words(Salutation)), default=Salutation.NONE.value
    )
    title = LineField(_l("Titel"))
    given_name = LineField(_l("Vorname"), render_kw={"autocomplete": "off"})
    family_name = LineField(
        _l("Nachname"),
        validators=[DataRequired(_l("Bitte geben Sie den Nachnamen ein."))],
        render_kw={"autocomplete": "off"},
    )
    function = LineField(_l("Funktion"), description=_l("Zum Beispiel Geschäftsführung"))

    # The chosen ones, and those that fit what was typed without JavaScript
    organisation_ids = ChecksField(_l("Organisationen"))
    primary_ids = ChecksField(_l("Zuerst ansprechen bei"))
    organisation = LineField(_l("Organisation"), render_kw={"autocomplete": "off"})
    organisation_id = HiddenField()

    phone = LineField(_l("Telefon"), validators=[valid_phones], render_kw=_PHONE)
    mobile = LineField(_l("Mobil"), validators=[valid_phones], render_kw=_PHONE)
    email = LineField(
        _l("E-Mail"),
        validators=[valid_email],
        render_kw={"inputmode": "email", "autocomplete": "off"},
    )
    language = ChoiceField(_l("Bevorzugte Sprache"), choices=choices_of(_LANGUAGES), default="de")
    no_phone = BooleanField(_l("nicht anrufen"))
    no_email = BooleanField(_l("keine E-Mail"))
    no_post = BooleanField(_l("keine Briefpost"))

    legal_basis = ChoiceField(
        _l("Rechtsgrundlage"),
        choices=choices_of(words(LegalBasis)),
        default=LegalBasis.PUBLIC_TASK.value,
    )
    source = LineField(
        _l("Quelle der Daten"), description=_l("Zum Beispiel Gespräch, Visitenkarte, Internetseite")
    )
    privacy_notice_on = DayField(_l("Datenschutzhinweis gegeben am"))
    confirm_new = BooleanField(_l("Trotzdem neu anlegen"))
    note = TextField(_l("Bemerkung"), description=_l("Keine Gesundheits- oder Familienangaben"))

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Set the organisations that can be ticked. The form itself never queries."""
        choices = [(str(o.id), f"{o.name}, {o.municipality}") for o in organisations]
        self.organisation_ids.choices = self.primary_ids.choices = choices

    @property
    def asked_ids(self) -> list[UUID]:
        """Return every organisation that the form names: ticked, primary or picked."""
        texts = [
            *(self.organisation_ids.data or []),
            *(self.primary_ids.data or []),
            self.organisation_id.data or "",
        ]
        return keys_of(texts)

    @property
    def chosen_ids(self) -> list[UUID]:
        """Return the organisations at which the contact is to be: ticked or picked."""
        return keys_of([*(self.organisation_ids.data or []), self.organisation_id.data or ""])

    @property
    def chosen_texts(self) -> set[str]:
        """Return the values of the boxes that are ticked."""
        return {str(key) for key in self.chosen_ids}

    def draft(self) -> ContactDraft:
        """Return the typed content of a form that has validated."""
        typed: dict[str, Any] = {
            "salutation": Salutation(self.salutation.data),
            "legal_basis": LegalBasis(self.legal_basis.data),
        }
        plain = {
            field.name: self[field.name].data
            for field in fields(ContactDraft)
            if field.name not in typed
        }
        return ContactDraft(**plain, **typed)


def values_of(contact: Contact) -> dict[str, Any]:
    """Return what the form shows of a contact before anybody types."""
    values: dict[str, Any] = {"version": str(contact.version)}
    for field in fields(ContactDraft):
        value = getattr(contact, field.name)
        values[field.name] = value.value if isinstance(value, StrEnum) else value
    values["organisation_ids"] = [str(place.organisation_id) for place in contact.places]
    values["primary_ids"] = [str(p.organisation_id) for p in contact.places if p.is_primary]
    return values
