"""The visit form: one page for planned, drafted and completed visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList

from crm.accounts.models import Person
from crm.clock import next_working_day, today
from crm.concerns.models import Concern
from crm.contacts.models import Contact
from crm.contacts.wording import addressed
from crm.offers.models import AgencyOffer
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Actor
from crm.topics.models import Topic
from crm.visibility import Visibility
from crm.visits.draft import NewContact, NewOrganisation, VisitDraft
from crm.visits.fields import VisitFields
from crm.visits.models import Mode, Occasion
from crm.visits.parts import BLANKS, ContactLine, FollowUpLine, TopicPart, errors_of, follow_ups_of
from crm.web.forms import LONGEST_LIST, DayField, Form, LineField, key_of, keys_of


class ReasonForm(Form):
    """Cancel a visit."""

    reason = LineField(_l("Grund (freiwillig)"))


class PostponeForm(ReasonForm):
    """Postpone a visit, to another day if that is known already."""

    visited_on = DayField(_l("Neues Datum, falls schon bekannt"), ahead=True)


class VisitForm(VisitFields):
    """Log, plan or edit a visit."""

    # What the page offers; set by `offer`
    lead: Organisation | None = None
    open_concerns: Sequence[Concern] = ()
    alternatives: Sequence[Organisation] = ()
    asks_to_confirm = False
    # Whose visit it is
    team_id: UUID | None = None
    panels: Sequence[TopicPart] = ()
    # Retired ones too: earlier visits were about them
    topic_names: Mapping[UUID, str]
    # Something was chosen that is not, or no longer, offered
    lost_contacts = False
    lost_further = False
    # (key, name), oneself first
    colleagues: list[tuple[str, str]]

    def offer(
        self,
        actor: Actor,
        *,
        topics: Sequence[Topic],
        colleagues: Sequence[Person],
        former: Sequence[Person] = (),
        offers: Sequence[AgencyOffer] = (),
        language: str,
    ) -> None:
        """Set topics, people and our offers that can be chosen. The form itself never queries.

        former  who took part then and is no colleague any more
        """
        known = {str(topic.id): topic for topic in topics}
        present = {entry.form.topic_id.data for entry in self.topics}
        for topic in topics:
            if str(topic.id) not in present:
                self.topics.append_entry(
                    {"topic_id": str(topic.id), "visibility": topic.visibility}
                )
        panels: dict[str, TopicPart] = {}
        for entry in self.topics:
            panel: TopicPart = entry.form
            if (key := panel.topic_id.data) in known and key not in panels:
                panel.topic, panel.name = known[key], entry.name
                panel.is_blank = key not in present and panel.topic.visibility is Visibility.BODY
                panel.chosen.label.text = panel.topic.name(language)
                panels[key] = panel
        self.panels = [panels[key] for key in known if key in panels]
        people = [(str(p.id), _("Ich") if p.id == actor.id else p.name) for p in colleagues]
        people.sort(key=lambda choice: choice[0] != str(actor.id))
        self.people.choices = people + [(str(p.id), p.name) for p in former]
        self.colleagues = people
        self.offers.choices = [(str(offer.id), offer.name(language)) for offer in offers]
        self.offers_used.choices = self.offers.choices
        self.offer_people()

    def offer_people(self) -> None:
        """Set who can be given a follow-up, in every line; the first one is oneself."""
        for line in self._lines():
            line.assignee.choices = self.colleagues
            line.assignee.data = line.assignee.data or self.colleagues[0][0]

    def blank_follow_up(self, prefix: str) -> FollowUpLine:
        """Return an empty line whose fields are called `prefix`-__line__-…, for the browser."""
        line = FollowUpLine(prefix=f"{prefix}-__line__-")
        line.assignee.choices = self.colleagues
        return line

    def blank_panel(self) -> TopicPart:
        """Return a panel as nobody has touched it; `TopicPart.drawn` fills in what differs."""
        name, key, label = BLANKS
        panel = TopicPart(prefix=f"{name}-", data={"topic_id": key})
        panel.chosen.label.text = label
        panel.offer_concerns(self._open_ones())
        return panel

    def blank_contact(self) -> ContactLine:
        """Return an empty line for a new contact, for the browser."""
        return ContactLine(prefix="new_contacts-__line__-")

    def _lines(self) -> Iterator[FollowUpLine]:
        for panel in self.panels:
            yield from (entry.form for entry in panel.follow_ups)
        yield from (entry.form for entry in self.follow_ups)

    def offer_organisation(
        self,
        lead: Organisation | None,
        *,
        further: Sequence[Organisation],
        contacts: Sequence[Contact],
        concerns: Sequence[Concern],
    ) -> None:
        """Set the lead organisation and what it brings along: contacts and open concerns."""
        self.lead, self.open_concerns = lead, concerns
        self.organisation_id.data = str(lead.id) if lead else ""
        if lead:
            self.organisation.data = lead.name
        self.further.choices = [(str(other.id), other.name) for other in further]
        self.lost_further = not {*(self.further.data or [])} <= {
            *dict(self.further.choices),
            self.organisation_id.data,
        }
        self.further.data = [str(other.id) for other in further]
        self.contacts.choices = [
            (str(c.id), ", ".join(filter(None, (addressed(c), c.function)))) for c in contacts
        ]
        offered = {str(contact.id) for contact in contacts}
        self.lost_contacts = not {*(self.contacts.data or [])} <= offered
        self.contacts.data = [key for key in self.contacts.data or [] if key in offered]
        for panel in self.panels:
            panel.offer_concerns(self._open_ones())

    def _open_ones(self) -> list[tuple[str, str]]:
        return [(str(c.id), f"{c.title} ({c.reference})") for c in self.open_concerns]

    @property
    def chosen_panels(self) -> list[TopicPart]:
        """Return the panels of the topics that were talked about."""
        return [panel for panel in self.panels if panel.chosen.data]

    def check(self, *, status: str) -> bool:
        """Validate for `complete`, `plan` or `save`; whether everything is there and right."""
        self.validate()
        if not self.organisation_id.data and not self.new_organisation.data:
            self._add(self.organisation, _("Bitte geben Sie die Organisation an."), once=True)
        if self.new_organisation.data and not self.organisation_id.data:
            if not self.organisation.data:
                self._add(self.organisation, _("Bitte geben Sie den Namen der Organisation an."))
            if not self.new_municipality.data:
                self._add(self.new_municipality, _("Bitte geben Sie die Gemeinde an."))
        self._check_date(status)
        self._check_choices()
        if not self.people.data and not self.people.errors:
            self._add(self.people, _("Bitte wählen Sie mindestens eine Person von uns."))
        if (
            status == "complete"
            and not self.summary.data
            and not any(panel.note.data for panel in self.chosen_panels)
        ):
            self._add(
                self.summary,
                _("Bitte schreiben Sie eine Notiz zu einem Thema oder eine Zusammenfassung."),
            )
        return not self.all_errors()

    def _check_choices(self) -> None:
        """Refuse what was chosen and does not fit the organisation; the page offers what does."""
        if self.lost_contacts:
            self._add(
                self.contacts,
                _("Eine gewählte Person gehört nicht zu den Organisationen. Bitte prüfen Sie, wer"
                  " teilgenommen hat."),
            )  # fmt: skip
        if self.lost_further:
            self._add(
                self.further_text,
                _("Eine weitere Organisation gibt es nicht oder nicht mehr. Bitte prüfen Sie, wer"
                  " teilgenommen hat."),
            )  # fmt: skip
        for panel in self.chosen_panels:
            if panel.lost_concern:
                self._add(
                    panel.concern_id,
                    _("Dieses Anliegen ist nicht mehr offen. Bitte wählen Sie ein anderes."),
                )
            elif panel.is_too_narrow(self.open_concerns, self.team_id, self.visibility.data):
                self._add(
                    panel.concern_id,
                    _("Dieses Anliegen eines anderen Teams sehen mehr Menschen als diese Notiz."
                      " Wählen Sie bitte „Neues Anliegen“."),
                )  # fmt: skip
        lines = [self.follow_ups, self.new_contacts, *(p.follow_ups for p in self.chosen_panels)]
        if any(len(entries) > LONGEST_LIST for entries in lines):
            self.form_errors.append(
                _("Bitte tragen Sie höchstens %(most)s Zeilen auf einmal ein.", most=LONGEST_LIST)
            )

    def _check_date(self, status: str) -> None:
        if self.visited_on.errors:
            return
        if self.visited_on.data is None:
            self._add(self.visited_on, _("Bitte geben Sie das Datum an."))
        elif status == "complete" and self.visited_on.data > today():
            self._add(
                self.visited_on,
                _("Das Datum liegt in der Zukunft. Sichern Sie den Besuch als geplanten Besuch."),
            )
        elif status == "plan" and self.visited_on.data < today():
            self._add(
                self.visited_on,
                _("Das Datum liegt in der Vergangenheit. Planen lässt sich nur ein Tag ab heute."),
            )

    @staticmethod
    def _add(field: Any, sentence: str, *, once: bool = False) -> None:
        if not (once and field.errors):
            field.errors = [*field.errors, sentence]

    def all_errors(self) -> list[tuple[str, str]]:
        """Return the errors of the chosen topics and of all lines too."""
        found = [("", sentence) for sentence in self.form_errors]
        for field in self:
            if isinstance(field, FieldList):
                is_topics = field is self.topics
                parts = self.chosen_panels if is_topics else [entry.form for entry in field]
                found += [("", sentence) for sentence in field.errors if isinstance(sentence, str)]
                for part in parts:
                    found.extend(errors_of(part))
            elif field.errors:
                found.append((field.id, field.errors[0]))
        return found

    def draft(self, actor: Actor) -> VisitDraft:
        """Return the typed content of a form that has been checked."""
        assert self.visited_on.data is not None
        made = None
        if not self.organisation_id.data:
            made = NewOrganisation(
                name=self.organisation.data or "",
                municipality=self.new_municipality.data or "",
                kind=OrganisationKind(self.new_kind.data),
            )
        return VisitDraft(
            organisation_id=key_of(self.organisation_id.data),
            new_organisation=made,
            further_ids=tuple(keys_of(self.further.data)),
            visited_on=self.visited_on.data,
            visited_at=self.visited_at.data,
            mode=Mode(self.mode.data),
            occasion=Occasion(self.occasion.data) if self.occasion.data else None,
            visibility=Visibility(self.visibility.data),
            person_ids=tuple(keys_of(self.people.data)),
            contact_ids=tuple(keys_of(self.contacts.data)),
            new_contacts=tuple(
                NewContact(
                    given_name=entry.form.given_name.data or "",
                    family_name=entry.form.family_name.data,
                    function=entry.form.function.data or "",
                )
                for entry in self.new_contacts
                if entry.form.family_name.data
            ),
            outsiders=tuple(
                dict.fromkeys(
                    line.strip() for line in (self.outsiders.data or "").split("\n") if line.strip()
                )
            ),
            topic_notes=tuple(panel.draft(actor.land) for panel in self.chosen_panels),
            follow_ups=tuple(follow_ups_of(self.follow_ups, actor.land)),
            # What is used has been mentioned
            offers=dict.fromkeys(keys_of(self.offers.data), False)
            | dict.fromkeys(keys_of(self.offers_used.data), True),
            summary=self.summary.data or "",
            company_text=self.company_text.data or "",
            next_visit_due_on=self.next_visit_due.data,
            file_reference=self.file_reference.data or "",
        )

    def moved_dates(self, land: str) -> list[tuple[str, Any]]:
        """Return (what, new date) of what is to be done on a day that was no working day."""
        days = [(line.title.data, line.due.data) for line in self._lines() if line.title.data]
        days += [
            (str(panel.chosen.label.text), panel.look_again.data)
            for panel in self.chosen_panels
            if panel.looks_again_on(land)
        ]
        moved = [(what, day, next_working_day(day, land)) for what, day in days if day]
        return [(what, due_on) for what, day, due_on in moved if day != due_on]
