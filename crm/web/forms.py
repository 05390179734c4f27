"""The fields all forms are made of: text as people type it, free dates, choices of the domain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    FieldList,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectFieldBase
from wtforms.validators import DataRequired, ValidationError

from crm.clock import today
from crm.dates import parse_day, parse_time, write_day
from crm.text import LONGEST_TEXT, TextRefused, clean, readable
from crm.types import new_id

LONGEST_LINE = 300
# Lines of one kind that a person can add to a form
LONGEST_LIST = 50
_LONGEST_NUMBER = 3
_LONGEST_VERSION = 9
# Digits that are enough to see that a number is too large
_LONGEST_AMOUNT = 15
_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))")


class Form(FlaskForm):
    """Parent of every form."""

    def all_errors(self) -> list[tuple[str, str]]:
        """Return every error as (id of its field or "", sentence), in the order of the page."""
        found = [("", sentence) for sentence in self.form_errors]
        return found + [(field.id, field.errors[0]) for field in self if field.errors]


class VersionedForm(Form):
    """Parent of forms that edit a record: they carry the version that the person saw."""

    version = HiddenField(default="0")

    @property
    def seen_version(self) -> int:
        """Return the version that the person saw; 0, which no record has, for anything else."""
        text = (self.version.data or "")[:_LONGEST_VERSION]
        return int(text) if text.isascii() and text.isdigit() else 0


class KeyedForm(Form):
    """Parent of forms that add a record: they carry its key, so that a second click adds none."""

    key = HiddenField(default=lambda: str(new_id()))

    @property
    def new_key(self) -> UUID:
        """Return the key that the record is to have."""
        return key_of(self.key.data) or new_id()


def _cleaned(raw: str, longest: int) -> str:
    try:
        return clean(raw, longest=longest)
    except TextRefused as refused:
        if refused.code == "length":
            raise ValueError(
                _(
                    "Bitte kürzen Sie den Text auf %(count)s Zeichen.",
                    count=f"{longest:,}".replace(",", "."),
                )
            ) from refused
        raise ValueError(
            _(
                "Der Text enthielt Steuerzeichen, die sich nicht sichern lassen."
                " Sie sind nun entfernt; bitte prüfen Sie den Text."
            )
        ) from refused


class LineField(StringField):
    """One line of text, without blanks around it; refuses what cannot be stored."""

    longest = LONGEST_LINE

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed, also when it is refused, but for what no page can show."""
        raw = valuelist[0] if valuelist else ""
        self.data = readable(raw).strip()
        self.data = _cleaned(" ".join(raw.split("\n")), self.longest).strip()


class TextField(TextAreaField):
    """Text of several lines, kept as it was typed; refuses what cannot be stored."""

    longest = LONGEST_TEXT

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed, also when it is refused, but for what no page can show."""
        raw = valuelist[0] if valuelist else ""
        self.data = readable(raw)
        text = _cleaned(raw, self.longest)
        self.data = text if text.strip() else ""


class DayField(Field):
    """A date, typed freely: 22.11., +2w, Fr. `data` is a `date` or None.

    ahead   a day without a year is the next one to come
    """

    widget = widgets.TextInput()
    data: date | None

    def __init__(self, *args: Any, ahead: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.ahead = ahead

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        try:
            self.data = parse_day(text, today=today(), ahead=self.ahead)
        except (ValueError, OverflowError) as error:
            raise ValueError(
                _("Bitte geben Sie ein Datum wie 22.11.2026, 22.11., Fr oder +2w ein.")
            ) from error

    def _value(self) -> str:
        if self.data is not None:
            return write_day(self.data, str(get_locale()))
        return readable(str(self.raw_data[0])) if self.raw_data else ""


class TimeField(Field):
    """A time of day, typed freely: 14:30, 14 Uhr. `data` is a `time` or None."""

    widget = widgets.TextInput()
    data: time | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        try:
            self.data = parse_time(text)
        except ValueError as error:
            raise ValueError(_("Bitte geben Sie eine Uhrzeit wie 14:30 ein.")) from error

    def _value(self) -> str:
        if self.data is not None:
            return self.data.strftime("%H:%M")
        return readable(str(self.raw_data[0])) if self.raw_data else ""


def choices_of(labels: Mapping[Any, Any], *, empty: Any = None) -> list[tuple[str, Any]]:
    """Return WTForms choices from a table of enum members (or keys) and their words."""
    choices = [
        (member.value if isinstance(member, StrEnum) else str(member), label)
        for member, label in labels.items()
    ]
    return [("", empty), *choices] if empty is not None else choices


def labels_of(field: SelectFieldBase) -> dict[str, str]:
    """Return the words of a field's choices by their values."""
    return {str(choice[0]): str(choice[1]) for choice in field.iter_choices()}


class _Offering(SelectFieldBase):
    """A choice that refuses kindly what is not offered."""

    # WTForms 3.3 warns about pairs given at once: it wants choices of its own kind there
    choices: Any

    def __init__(self, *args: Any, choices: list[tuple[str, Any]] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.choices = choices

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        try:
            super().pre_validate(form)
        except (ValidationError, ValueError) as error:
            raise ValidationError(_("Bitte wählen Sie einen der angebotenen Einträge.")) from error


class ChoiceField(_Offering, SelectField):
    """One of some choices from a list; `data` is the value as text."""


class RadiosField(_Offering, RadioField):
    """One of some choices, all of them visible; `data` is the value as text."""


class ChecksField(_Offering, SelectMultipleField):
    """Any of some choices as checkboxes; `data` is a list of values as text."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ArchiveForm(Form):
    """Archive a record with a reason."""

    reason = LineField(
        _l("Grund"), validators=[DataRequired(_l("Bitte geben Sie einen Grund an."))]
    )


def label_of(form: type[Form], name: str) -> str:
    """Return the label of a form's field, as its record's history names it."""
    field = getattr(form, name, None)
    # An old line may name a field that the form no longer has
    return str(field.args[0]) if field is not None else name


def key_of(text: str | None) -> UUID | None:
    """Return the key that `text` holds, or None."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def keys_of(texts: Iterable[str] | None) -> list[UUID]:
    """Return the keys that `texts` hold, each once, in their order; what is none is left out."""
    return list(dict.fromkeys(key for text in texts or () if (key := key_of(text))))


# Generic in its stubs only
class LinesField(FieldList):  # type: ignore[type-arg]
    """Parts that come several times, their numbers in the names of their fields."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        """Yield the numbers as browsers send them; the others would break `int` or the machine."""
        start = f"{prefix}-"
        for name in formdata:
            number = name[len(start) :].partition("-")[0]
            if (
                name.startswith(start)
                and len(number) <= _LONGEST_NUMBER
                and number.isascii()
                and number.isdigit()
            ):
                yield int(number)


def ungrouped(number: str) -> str:
    """Return a typed number without blanks and the points between its thousands.

    Any other point stays and makes it no number: 1.5 must not become 15.
    """
    return _BETWEEN_THOUSANDS.sub("", number.replace(" ", ""))


class WholeNumber:
    """Validator and filter in one: an empty field or a whole number from `least`."""

    def __init__(self, least: int = 0, most: int = 10_000_000):
        self.least, self.most = least, most

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise when the text is no such number."""
        text = ungrouped(field.data or "")
        if text and not (
            text.isascii()
            and text.isdigit()
            and self.least <= int(text.lstrip("0")[:_LONGEST_AMOUNT] or "0") <= self.most
        ):
            raise ValidationError(
                _("Bitte geben Sie eine ganze Zahl ab %(least)s ein.", least=self.least)
            )


def number_of(text: str | None) -> int | None:
    """Return the whole number in a text that `WholeNumber` has let pass."""
    digits = ungrouped(text or "")
    return int(digits) if digits else None
