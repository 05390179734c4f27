"""The form in which one says with which topics a partner helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField
from wtforms import Form as Part

from crm.contacts.models import Contact
from crm.contacts.wording import addressed
from crm.partners.models import Offer
from crm.partners.services import OfferDraft
from crm.topics.models import Topic
from crm.web.forms import ChoiceField, LineField, LinesField, VersionedForm, key_of


class OfferLine(Part):
    """One topic: whether the partner helps, how, and who is to be asked."""

    topic_id = HiddenField()
    helps = BooleanField()
    text = LineField(_l("Was bietet der Partner?"))
    contact = ChoiceField(_l("Wen fragt man?"), choices=[])

    topic: Topic


class OffersForm(VersionedForm):
    """All topics of the catalogue, each with what the partner offers."""

    offers = LinesField(FormField(OfferLine))

    def offer(
        self,
        topics: Sequence[Topic],
        contacts: Sequence[Contact],
        known: Sequence[Offer],
        *,
        version: int,
        language: str,
        saved: bool = False,
    ) -> None:
        """Set the topics and the contacts that can be chosen; preset what is stored.

        saved  fill in what is stored, whatever was sent
        """
        stored = {offer.topic_id: offer for offer in known}
        if saved or not self.is_submitted():
            self.version.data = str(version)
            for topic in topics:
                self.offers.append_entry(_values(topic, stored.get(topic.id)))
        by_key = {str(topic.id): topic for topic in topics}
        there = [(str(c.id), ", ".join(filter(None, (addressed(c), c.function)))) for c in contacts]
        self.lines: list[OfferLine] = []
        for entry in self.offers:
            line: OfferLine = entry.form
            topic_or_none = by_key.pop(line.topic_id.data or "", None)
            line.contact.choices = [("", _("niemand Bestimmtes")), *there]
            if topic_or_none is not None:
                line.topic = topic_or_none
                line.helps.label.text = line.topic.name(language)
                self.lines.append(line)

    def all_errors(self) -> list[tuple[str, str]]:
        """Return the errors of all lines too."""
        found = [("", sentence) for sentence in self.form_errors]
        for line in self.lines:
            found += [(field.id, field.errors[0]) for field in line if field.errors]
        return found

    def drafts(self) -> Iterator[OfferDraft]:
        """Yield the topics that are ticked, of a form that has validated."""
        for line in self.lines:
            if line.helps.data:
                yield OfferDraft(
                    topic_id=line.topic.id,
                    contact_id=key_of(line.contact.data),
                    text=line.text.data or "",
                )


def _values(topic: Topic, offer: Offer | None) -> dict[str, object]:
    if offer is None:
        return {"topic_id": str(topic.id)}
    return {
        "topic_id": str(topic.id),
        "helps": True,
        "text": offer.text,
        "contact": str(offer.contact_id) if offer.contact is not None else "",
    }
