"""Forms of organisations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired, ValidationError

from crm.accounts.models import Team
from crm.clock import today
from crm.organisations.matching import Traits
from crm.organisations.models import (
    CountSource,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)
from crm.organisations.services import OrganisationDraft
from crm.web.addresses import (
    full_website,
    valid_email,
    valid_phones,
    valid_postal_code,
    valid_website,
)
from crm.web.forms import (
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
    number_of,
    ungrouped,
)
from crm.web.words import words

_MONEY = re.compile(r"^\d{1,9}(,\d{1,2})?$")


class _Pattern:
    """Validator: an empty field, or one that looks like this."""

    def __init__(self, pattern: str, message: str):
        self._pattern, self._message = re.compile(pattern), message

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise when the text looks different."""
        if field.data and not self._pattern.match(field.data):
            raise ValidationError(self._message)


def _money(_form: Any, field: Any) -> None:
    if field.data and not _MONEY.match(ungrouped(field.data)):
        raise ValidationError(_("Bitte geben Sie den Betrag in Millionen Euro ein, etwa 1,5."))


def _amount(text: str | None) -> Decimal | None:
    try:
        return Decimal(ungrouped(text).replace(",", ".")) if text else None
    except InvalidOperation:
        return None


_WZ = _Pattern(
    r"^[A-Za-z]?\s?\d{2}(\.\d{1,2}(\.\d)?)?$",
    _l("Bitte geben Sie den Schlüssel wie 25.62 oder C 25.62.0 ein."),
)
_COUNT = {"inputmode": "numeric", "autocomplete": "off"}


class OrganisationForm(VersionedForm, KeyedForm):
    """Add or edit an organisation; a name and a municipality are enough."""

    name = LineField(
        _l("Name"),
        validators=[DataRequired(_l("Bitte geben Sie den Namen der Organisation ein."))],
        render_kw={"autocomplete": "off"},
    )
    municipality = LineField(
        _l("Gemeinde"),
        validators=[DataRequired(_l("Bitte geben Sie die Gemeinde ein."))],
        render_kw={"autocomplete": "off"},
    )
    kind = RadiosField(
        _l("Art"),
        choices=choices_of(words(OrganisationKind)),
        default=OrganisationKind.COMPANY.value,
    )

    other_names = LineField(
        _l("Weitere Namen"), description=_l("Marken, frühere Namen, Abkürzungen")
    )
    legal_form = LineField(_l("Rechtsform"))
    street = LineField(_l("Straße und Hausnummer"))
    postal_code = LineField(
        _l("Postleitzahl"), validators=[valid_postal_code], render_kw={"inputmode": "numeric"}
    )
    town = LineField(_l("Ort"))
    ags = LineField(
        _l("Gemeindeschlüssel (AGS)"),
        validators=[
            _Pattern(
                r"^\d{8}$", _l("Der Gemeindeschlüssel hat acht Ziffern, zum Beispiel 15003000.")
            )
        ],
        render_kw=_COUNT,
    )
    other_addresses = TextField(
        _l("Weitere Anschriften"), description=_l("Zwischen zwei Anschriften eine leere Zeile")
    )
    website = LineField(
        _l("Internetseite"), validators=[valid_website], render_kw={"inputmode": "url"}
    )
    email = LineField(
        _l("E-Mail"),
        validators=[valid_email],
        render_kw={"inputmode": "email", "autocomplete": "off"},
    )
    phones = TextField(
        _l("Telefon"),
        description=_l("Eine Nummer je Zeile; dahinter darf stehen, wem sie gehört"),
        validators=[valid_phones],
    )

    register_court = LineField(_l("Registergericht"))
    register_number = LineField(_l("Registernummer"), description=_l("Zum Beispiel HRB 12345"))
    w_idnr = LineField(
        _l("Wirtschafts-Identifikationsnummer"),
        validators=[
            _Pattern(
                r"^DE\d{9}(-\d{5})?$",
                _l("Die Nummer beginnt mit DE und hat neun Ziffern: DE123456789-00001."),
            )
        ],
    )
    industry = LineField(_l("Branche"))
    wz_2008 = LineField(_l("WZ 2008"), validators=[_WZ])
    wz_2025 = LineField(_l("WZ 2025"), validators=[_WZ])

    employees = LineField(_l("Beschäftigte"), validators=[WholeNumber()], render_kw=_COUNT)
    employees_to = LineField(
        _l("Beschäftigte höchstens"),
        description=_l("Nur wenn allein eine Spanne bekannt ist"),
        validators=[WholeNumber()],
        render_kw=_COUNT,
    )
    employees_source = ChoiceField(
        _l("Herkunft der Zahl"), choices=choices_of(words(CountSource), empty=_l("keine Angabe"))
    )
    employees_as_of = DayField(_l("Stand der Zahl"))
    apprentices = LineField(_l("Auszubildende"), validators=[WholeNumber()], render_kw=_COUNT)
    turnover_from = LineField(_l("Umsatz ab (Mio. €)"), validators=[_money])
    turnover_to = LineField(_l("Umsatz bis (Mio. €)"), validators=[_money])

    status = ChoiceField(
        _l("Status"),
        choices=choices_of(words(OrganisationStatus)),
        default=OrganisationStatus.ACTIVE.value,
    )
    is_target = BooleanField(_l("Zielunternehmen"))
    cadence_months = LineField(
        _l("Besuchsturnus in Monaten"), validators=[WholeNumber(1, 240)], render_kw=_COUNT
    )
    next_visit_due_on = DayField(_l("Nächster Besuch fällig am"), ahead=True)
    team_id = ChoiceField(_l("Zuständiges Team"))
    shared = BooleanField(
        _l("Auch für die anderen Träger sichtbar"),
        description=_l("Besuche, Anliegen und Personen bleiben beim eigenen Träger."),
    )
    tags = LineField(_l("Schlagwörter"), description=_l("Durch Kommas getrennt"))
    source = LineField(_l("Quelle der Daten"))
    note = TextField(_l("Bemerkung"), description=_l("Keine Gesundheits- oder Familienangaben"))
    confirm_new = BooleanField(_l("Trotzdem neu anlegen"))

    def offer(self, teams: Sequence[Team]) -> None:
        """Set the teams that can be chosen. The form itself never queries."""
        self.team_id.choices = [(str(team.id), team.name) for team in teams]

    def validate_employees_to(self, field: Any) -> None:
        """Refuse a range that ends before it begins."""
        self._refuse_reversed(number_of, self.employees.data, field.data)

    def validate_turnover_to(self, field: Any) -> None:
        """Refuse a range that ends before it begins."""
        self._refuse_reversed(_amount, self.turnover_from.data, field.data)

    def _refuse_reversed(self, read: Any, first: str | None, last: str | None) -> None:
        try:
            start, end = read(first), read(last)
        except ValueError:  # said beside that field already
            return
        if end is not None and end < (start or 0):
            raise ValidationError(_("Der zweite Wert darf nicht kleiner sein als der erste."))

    def traits(self) -> Traits:
        """Return what duplicates are looked for by."""
        return Traits(
            name=self.name.data or "",
            website=self.website.data or "",
            email=self.email.data or "",
            register_court=self.register_court.data or "",
            register_number=self.register_number.data or "",
            phones=self.phones.data or "",
        )

    def draft(self) -> OrganisationDraft:
        """Return the typed content of a form that has validated."""
        source = self.employees_source.data
        typed: dict[str, Any] = {
            "kind": OrganisationKind(self.kind.data),
            "status": OrganisationStatus(self.status.data),
            "team_id": key_of(self.team_id.data),
            "website": full_website(self.website.data or ""),
            "employees": number_of(self.employees.data),
            "employees_to": number_of(self.employees_to.data),
            "employees_source": CountSource(source) if source else None,
            "apprentices": number_of(self.apprentices.data),
            "turnover_from": _amount(self.turnover_from.data),
            "turnover_to": _amount(self.turnover_to.data),
            "cadence_months": number_of(self.cadence_months.data),
        }
        plain = {
            field.name: self[field.name].data
            for field in fields(OrganisationDraft)
            if field.name not in typed
        }
        return OrganisationDraft(**plain, **typed)


def values_of(organisation: Organisation) -> dict[str, Any]:
    """Return what the form shows of an organisation before anybody types."""
    values: dict[str, Any] = {"version": str(organisation.version)}
    for field in fields(OrganisationDraft):
        value = getattr(organisation, field.name)
        match value:
            case StrEnum():
                values[field.name] = value.value
            case Decimal():
                values[field.name] = f"{value.normalize():f}".replace(".", ",")
            case int() if not isinstance(value, bool):
                values[field.name] = str(value)
            case _:
                values[field.name] = value
    values["team_id"] = str(organisation.team_id)
    return values


class NextVisitForm(Form):
    """Say when the next visit is due."""

    due_on = DayField(
        _l("Nächster Besuch fällig am"),
        ahead=True,
        description=_l("Zum Beispiel 22.11., Fr oder +2m."),
    )

    def validate_due_on(self, field: DayField) -> None:
        """Ask for a day to come; what could not be read has its own sentence."""
        if field.errors:
            return
        if field.data is None:
            raise ValidationError(_("Bitte geben Sie an, wann."))
        if field.data <= today():
            raise ValidationError(_("Bitte wählen Sie einen Tag nach heute."))

    @property
    def day(self) -> date:
        """Return the day of a form that has validated."""
        assert self.due_on.data is not None
        return self.due_on.data
