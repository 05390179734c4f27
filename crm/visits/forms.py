"""The visit form: one page for planned, drafted and completed visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as Part

from crm.accounts.models import Person
from crm.clock import next_working_day, today
from crm.concerns.models import Concern, Flag
from crm.contacts.models import Contact
from crm.contacts.wording import addressed
from crm.follow_ups.services import FollowUpDraft
from crm.organisations.models import Organisation, OrganisationKind
from crm.policy import Actor
from crm.topics.models import Topic
from crm.visibility import Visibility
from crm.visits.draft import NewContact, NewOrganisation, TopicNoteDraft, VisitDraft
from crm.visits.models import Mode, Occasion
from crm.web.forms import (
    ChecksField,
    ChoiceField,
    DayField,
    Form,
    LineField,
    RadiosField,
    TextField,
    TimeField,
    choices_of,
    key_of,
    keys_of,
)
from crm.web.words import words

_NEW = ""


class FollowUpLine(Part):
    """One follow-up in one line. A line without words is no follow-up."""

    title = LineField(_l("Was"))
    assignee = ChoiceField(_l("Wer"), choices=[], validate_choice=True)
    due = DayField(_l("Bis wann"), ahead=True)
    promised = BooleanField(_l("Dem Unternehmen zugesagt"))

    def validate_title(self, field: LineField) -> None:
        """Refuse a promise without words."""
        if self.promised.data and not field.data:
            raise ValueError(_("Bitte schreiben Sie, was zugesagt ist."))

    def validate_due(self, field: DayField) -> None:
        """Ask for the date of a follow-up that has words."""
        if self.title.data and field.data is None and not field.errors:
            raise ValueError(_("Bitte geben Sie an, bis wann."))

    def follow_up(self, land: str) -> FollowUpDraft | None:
        """Return the follow-up, due on a working day; None for an empty line."""
        assignee = key_of(self.assignee.data)
        if not self.title.data or self.due.data is None or assignee is None:
            return None
        return FollowUpDraft(
            title=self.title.data,
            due_on=next_working_day(self.due.data, land),
            assignee_ids=(assignee,),
            promised=bool(self.promised.data),
        )


class ContactLine(Part):
    """A new contact in one line. A line without a family name is none."""

    given_name = LineField(_l("Vorname"))
    family_name = LineField(_l("Nachname"))
    function = LineField(_l("Funktion"))

    def validate_family_name(self, field: LineField) -> None:
        """Ask for the name of somebody whose function or first name is given."""
        if not field.data and (self.given_name.data or self.function.data):
            raise ValueError(_("Bitte geben Sie den Nachnamen an."))


class TopicPart(Part):
    """The panel of one topic: what was said and what follows from it."""

    topic_id = HiddenField()
    chosen = BooleanField()
    note = TextField(_l("Notiz"))
    flag = RadiosField(_l("Einstufung"), choices=choices_of(words(Flag)), default=Flag.INFO)
    visibility = ChoiceField(
        _l("Sichtbar für"), choices=choices_of(words(Visibility)), default=Visibility.BODY
    )
    confidential = BooleanField(_l("Vertraulich mitgeteilt"))
    for_company = BooleanField(_l("Für das Unternehmen"))
    look_again = DayField(_l("Wieder ansehen am"), ahead=True)
    concern = BooleanField(_l("Anliegen eröffnen"))
    concern_id = ChoiceField(_l("Neues oder offenes Anliegen"), choices=[], default=_NEW)
    concern_title = LineField(_l("Anliegen in wenigen Worten"))
    follow_ups = FieldList(FormField(FollowUpLine))

    topic: Topic
    # The concern that this note belongs to already
    known_concern: Concern | None = None

    def draft(self, land: str) -> TopicNoteDraft:
        """Return the typed content of the panel."""
        return TopicNoteDraft(
            topic_id=self.topic.id,
            note=self.note.data or "",
            flag=Flag(self.flag.data),
            visibility=Visibility(self.visibility.data),
            confidential=bool(self.confidential.data),
            for_company=bool(self.for_company.data),
            look_again_on=self.look_again.data if self.flag.data == Flag.WATCH else None,
            wants_concern=bool(self.concern.data),
            concern_id=key_of(self.concern_id.data),
            concern_title=self.concern_title.data or "",
            follow_ups=tuple(_follow_ups(self.follow_ups, land)),
        )


def _follow_ups(lines: Any, land: str) -> Iterator[FollowUpDraft]:
    for entry in lines:
        if follow_up := entry.form.follow_up(land):
            yield follow_up


class VisitForm(Form):
    """Log, plan or edit a visit."""

    visit_id = HiddenField()
    version = HiddenField(default="0")

    organisation = LineField(_l("Organisation"))
    organisation_id = HiddenField()
    # One of the organisations offered when the name alone did not tell
    alternative = HiddenField()
    new_organisation = BooleanField(_l("Als neue Organisation anlegen"))
    new_municipality = LineField(_l("Gemeinde"))
    new_kind = ChoiceField(
        _l("Art der Organisation"),
        choices=choices_of(words(OrganisationKind)),
        default=OrganisationKind.COMPANY,
    )
    further = ChecksField(_l("Weitere Organisationen"), choices=[])
    further_text = LineField(_l("Weitere Organisation"))
    visited_on = DayField(_l("Datum"))
    visited_at = TimeField(_l("Uhrzeit (freiwillig)"))
    mode = ChoiceField(_l("Art"), choices=choices_of(words(Mode)), default=Mode.ON_SITE)
    occasion = ChoiceField(
        _l("Anlass (freiwillig)"), choices=choices_of(words(Occasion), empty="–"), default=""
    )
    contacts = ChecksField(_l("Teilgenommen: vom Unternehmen"), choices=[])
    new_contacts = FieldList(FormField(ContactLine))
    people = ChecksField(_l("Teilgenommen: von uns"), choices=[])
    outsiders = TextField(_l("Teilgenommen: weitere Stellen"))
    topics = FieldList(FormField(TopicPart))
    follow_ups = FieldList(FormField(FollowUpLine))
    summary = TextField(_l("Zusammenfassung"))
    company_text = TextField(_l("Text für das Unternehmen"))
    next_visit_due = DayField(_l("Nächster Besuch fällig"), ahead=True)
    file_reference = LineField(_l("Aktenzeichen"))
    visibility = ChoiceField(
        _l("Besuch sichtbar für"), choices=choices_of(words(Visibility)), default=Visibility.BODY
    )

    # What the page offers; set by `offer`
    lead: Organisation | None = None
    alternatives: Sequence[Organisation] = ()
    panels: Sequence[TopicPart] = ()
    # (key, name), oneself first
    colleagues: list[tuple[str, str]]

    def offer(
        self,
        actor: Actor,
        *,
        topics: Sequence[Topic],
        colleagues: Sequence[Person],
        language: str,
    ) -> None:
        """Set the topics and people that can be chosen. The form itself never queries."""
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
                panel.topic = known[key]
                panel.chosen.label.text = panel.topic.name(language)
                panels[key] = panel
        self.panels = [panels[key] for key in known if key in panels]
        people = [(str(p.id), _("Ich") if p.id == actor.id else p.name) for p in colleagues]
        people.sort(key=lambda choice: choice[0] != str(actor.id))
        self.people.choices = people
        self.colleagues = people
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
        self.lead = lead
        self.organisation_id.data = str(lead.id) if lead else ""
        if lead:
            self.organisation.data = lead.name
        self.further.choices = [(str(other.id), other.name) for other in further]
        self.further.data = [str(other.id) for other in further]
        self.contacts.choices = [
            (str(c.id), ", ".join(filter(None, (addressed(c), c.function)))) for c in contacts
        ]
        offered = {str(contact.id) for contact in contacts}
        self.contacts.data = [key for key in self.contacts.data or [] if key in offered]
        open_ones = [(str(c.id), f"{c.title} ({c.reference})") for c in concerns]
        known = {key for key, _label in open_ones}
        for panel in self.panels:
            panel.concern_id.choices = [(_NEW, _("Neues Anliegen")), *open_ones]
            if panel.concern_id.data not in known:
                panel.concern_id.data = _NEW

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
        if not self.people.data:
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
                for part in parts:
                    found.extend(_errors_of(part))
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
            follow_ups=tuple(_follow_ups(self.follow_ups, actor.land)),
            summary=self.summary.data or "",
            company_text=self.company_text.data or "",
            next_visit_due_on=self.next_visit_due.data,
            file_reference=self.file_reference.data or "",
        )

    def moved_dates(self, land: str) -> list[tuple[str, Any]]:
        """Return (what, new date) of follow-ups whose date was no working day."""
        return [
            (line.title.data, next_working_day(line.due.data, land))
            for line in self._lines()
            if line.title.data
            and line.due.data
            and next_working_day(line.due.data, land) != line.due.data
        ]


def _errors_of(part: Part) -> Iterator[tuple[str, str]]:
    for field in part:
        if isinstance(field, FieldList):
            for entry in field:
                yield from _errors_of(entry.form)
        elif field.errors:
            yield field.id, field.errors[0]
