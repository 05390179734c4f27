"""What a person fills in about a visit, already validated by the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from crm.concerns.models import Flag
from crm.contacts.models import Contact
from crm.follow_ups.services import FollowUpDraft
from crm.organisations.models import OrganisationKind
from crm.visibility import Visibility
from crm.visits.models import Mode, Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """An organisation that is made together with the visit."""

    name: str
    municipality: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A contact of the lead organisation that is made together with the visit."""

    given_name: str
    family_name: str
    function: str

    @classmethod
    def of(cls, contact: Contact) -> NewContact:
        """Return what would make this contact: who is typed again is the same person."""
        return cls(
            given_name=contact.given_name,
            family_name=contact.family_name,
            function=contact.function,
        )

    def has_name_of(self, other: NewContact) -> bool:
        """Tell whether both are called the same."""
        mine, theirs = (self.given_name, self.family_name), (other.given_name, other.family_name)
        return mine == theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicNoteDraft:
    """What was said on one topic, and what follows from it.

    concern_id     an open concern to join; None opens a new one when `wants_concern`
    concern_title  the name of the new concern; empty: the note's first words
    """

    topic_id: UUID
    note: str = ""
    flag: Flag = Flag.INFO
    visibility: Visibility = Visibility.BODY
    confidential: bool = False
    for_company: bool = False
    look_again_on: date | None = None
    wants_concern: bool = False
    concern_id: UUID | None = None
    concern_title: str = ""
    follow_ups: tuple[FollowUpDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDraft:
    """One conversation, as the form hands it over.

    organisation_id   the lead organisation, or None when `new_organisation` is made with the visit
    outsiders         names of people from further institutions
    offers            our offers that were mentioned, and whether the company has used them
    """

    organisation_id: UUID | None
    visited_on: date
    mode: Mode
    new_organisation: NewOrganisation | None = None
    further_ids: tuple[UUID, ...] = ()
    visited_at: time | None = None
    occasion: Occasion | None = None
    visibility: Visibility = Visibility.BODY
    person_ids: tuple[UUID, ...] = ()
    contact_ids: tuple[UUID, ...] = ()
    new_contacts: tuple[NewContact, ...] = ()
    outsiders: tuple[str, ...] = ()
    topic_notes: tuple[TopicNoteDraft, ...] = ()
    follow_ups: tuple[FollowUpDraft, ...] = ()
    offers: Mapping[UUID, bool] = field(default_factory=dict)
    summary: str = ""
    company_text: str = ""
    next_visit_due_on: date | None = None
    file_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One sending of the form: for which visit, seen in which version, with which content.

    content_hash  SHA-256 of what was typed; the same content for the same visit is saved once
    """

    visit_id: UUID
    version: int
    content_hash: bytes
    pairs: list[list[str]] = field(default_factory=list)
