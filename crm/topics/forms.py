"""The forms of topics."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from crm.topics.models import Topic
from crm.topics.services import TopicDraft
from crm.visibility import Visibility
from crm.web.forms import ChoiceField, Form, KeyedForm, LineField, VersionedForm, choices_of
from crm.web.words import words


class _Named(Form):
    """What a topic is called, and who sees notes on it at first."""

    name_de = LineField(
        _l("Name auf Deutsch"),
        validators=[DataRequired(_l("Bitte geben Sie den deutschen Namen ein."))],
        render_kw={"autocomplete": "off"},
    )
    name_en = LineField(
        _l("Name auf Englisch"),
        description=_l("Für Kolleginnen und Kollegen, die Augenhöhe auf Englisch benutzen."),
        validators=[DataRequired(_l("Bitte geben Sie den englischen Namen ein."))],
        render_kw={"autocomplete": "off"},
    )
    visibility = ChoiceField(
        _l("Zuerst sichtbar für"),
        description=_l("Das ist bei neuen Notizen voreingestellt und lässt sich dort ändern."),
        choices=choices_of(words(Visibility)),
        default=Visibility.BODY.value,
    )

    @property
    def draft(self) -> TopicDraft:
        """Return what was typed into a form that has validated."""
        return TopicDraft(
            name_de=self.name_de.data or "",
            name_en=self.name_en.data or "",
            visibility=Visibility(self.visibility.data),
        )


class NewTopicForm(KeyedForm, _Named):
    """Add a topic."""


class TopicForm(VersionedForm, _Named):
    """Change a topic."""


def values_of(topic: Topic) -> dict[str, Any]:
    """Return what the form of a topic shows at first."""
    return {
        "name_de": topic.name_de,
        "name_en": topic.name_en,
        "visibility": topic.visibility.value,
        "version": str(topic.version),
    }
