"""Forms of activity reports."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired, ValidationError

from crm.reports.models import Report, ReportChapter, ReportKind
from crm.reports.services import ReportDraft
from crm.web.forms import (
    DayField,
    Form,
    KeyedForm,
    LineField,
    RadiosField,
    TextField,
    VersionedForm,
    choices_of,
)
from crm.web.words import words


def _needs_day(_form: Form, field: DayField) -> None:
    if field.data is None and not field.errors:
        raise ValidationError(_l("Bitte geben Sie ein Datum ein."))


class CoverForm(VersionedForm):
    """What a report is called, and the days it covers."""

    title = LineField(
        _l("Titel"), validators=[DataRequired(_l("Bitte geben Sie dem Bericht einen Titel."))]
    )
    since = DayField(_l("Von"), validators=[_needs_day])
    until = DayField(_l("Bis"), validators=[_needs_day])
    key_date = DayField(
        _l("Stichtag"),
        description=_l("Gezählt wird, was bis zu diesem Tag geschehen ist."),
        validators=[_needs_day],
    )

    def draft(self) -> ReportDraft:
        """Return the typed content of a form that has validated."""
        since, until, key_date = self.since.data, self.until.data, self.key_date.data
        assert since is not None
        assert until is not None
        assert key_date is not None
        return ReportDraft(title=self.title.data or "", since=since, until=until, key_date=key_date)


class ReportForm(CoverForm, KeyedForm):
    """Draw a report up; without a title it gets that of its version and period."""

    title = LineField(
        _l("Titel"), description=_l("Ohne Eingabe heißt er nach Fassung und Zeitraum.")
    )
    kind = RadiosField(
        _l("Fassung"), choices=choices_of(words(ReportKind)), default=ReportKind.PUBLIC.value
    )


class ChapterForm(VersionedForm):
    """Write a chapter."""

    text = TextField(_l("Text"))
    is_included = BooleanField(_l("Kapitel in den Bericht aufnehmen"))


def cover_of(report: Report) -> dict[str, Any]:
    """Return what the form shows of a report before anybody types."""
    return {
        "version": str(report.version),
        "title": report.title,
        "since": report.since,
        "until": report.until,
        "key_date": report.key_date,
    }


def chapter_of(chapter: ReportChapter) -> dict[str, Any]:
    """Return what the form shows of a chapter before anybody types."""
    return {
        "version": str(chapter.version),
        "text": chapter.text,
        "is_included": chapter.is_included,
    }
