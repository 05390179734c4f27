"""The forms of what is set for the whole agency."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField
from wtforms.validators import DataRequired, ValidationError

from crm.agency import pictures
from crm.agency.models import Clocks
from crm.agency.pictures import LARGEST_FILE, Picture, PictureRefused
from crm.web.forms import DayField, LineField, VersionedForm, WholeNumber, number_of


class LookForm(VersionedForm):
    """The name and the colour of the agency."""

    name = LineField(
        _l("Name"),
        description=_l("Steht oben auf jeder Seite und auf Berichten."),
        render_kw={"autocomplete": "off"},
    )
    accent = LineField(
        _l("Farbe"),
        description=_l(
            "Für Verweise und Schaltflächen, als sechsstelliger Wert wie #1f4fa8; leer: das Blau"
            " von Augenhöhe. Auf dunklen Seiten erscheint sie heller."
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class LogoForm(VersionedForm):
    """The logo of the agency."""

    logo = FileField(
        _l("Datei"),
        description=_l("PNG, JPEG oder WebP, höchstens 200 kB; am besten flach und ohne Rand."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )
    picture: Picture

    def validate_logo(self, field: Field) -> None:
        """Read the picture. Raises when the file is none that is taken."""
        if not request.files.get(field.name):
            raise ValidationError(_("Bitte wählen Sie eine Datei."))
        try:
            # One byte more tells a larger file from the largest
            self.picture = pictures.read(request.files[field.name].read(LARGEST_FILE + 1))
        except PictureRefused as refused:
            raise ValidationError(
                _("Das Bild ist größer als 200 kB oder als 4096 Bildpunkte je Seite.")
                if refused.code == "size"
                else _("Diese Datei ist kein Bild, das gezeigt werden kann: PNG, JPEG oder WebP.")
            ) from refused


def _days(label: str) -> LineField:
    return LineField(
        label,
        validators=[
            DataRequired(_l("Bitte geben Sie die Zahl der Arbeitstage ein.")),
            WholeNumber(least=1, most=250),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class ClocksForm(VersionedForm):
    """Within how many working days concerns are answered and resolved."""

    urgent_response = _days(_l("Dringend: erste Rückmeldung"))
    urgent_resolution = _days(_l("Dringend: Lösung"))
    watch_response = _days(_l("Beobachten: erste Rückmeldung"))
    watch_resolution = _days(_l("Beobachten: Lösung"))

    @property
    def clocks(self) -> Clocks:
        """Return what was typed into a form that has validated."""
        return Clocks(*(number_of(str(self[name].data)) or 0 for name in Clocks._fields))


class AgreementForm(VersionedForm):
    """The works agreement that allows figures by person."""

    reference = LineField(
        _l("Fundstelle"),
        description=_l(
            "Wie die Vereinbarung heißt und wo sie liegt, etwa „Dienstvereinbarung"
            " Besuchsstatistik, Az. 11.3“."
        ),
        validators=[DataRequired(_l("Bitte geben Sie an, um welche Vereinbarung es geht."))],
        render_kw={"autocomplete": "off"},
    )
    agreed_on = DayField(
        _l("Geschlossen am"),
        validators=[DataRequired(_l("Bitte geben Sie an, wann sie geschlossen wurde."))],
        render_kw={"autocomplete": "off"},
    )
