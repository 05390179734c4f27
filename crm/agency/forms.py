"""The forms of what is set for the whole agency."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField
from wtforms.validators import ValidationError

from crm.agency import pictures
from crm.agency.pictures import LARGEST_FILE, Picture, PictureRefused
from crm.web.forms import LineField, VersionedForm


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
