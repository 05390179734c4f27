"""Add, edit, archive and restore contacts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from crm import audit
from crm.clock import now
from crm.contacts import queries
from crm.contacts.models import Contact, ContactPlace, LegalBasis, Salutation
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, Stale
from crm.organisations import queries as organisations
from crm.organisations.matching import phone_keys
from crm.organisations.models import Organisation
from crm.policy import Actor, Permission, authorize
from crm.text import search_key, sort_key
from crm.types import new_id

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """What a person fills in about a contact."""

    family_name: str
    given_name: str = ""
    salutation: Salutation = Salutation.NONE
    title: str = ""
    function: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    language: str = "de"
    no_phone: bool = False
    no_email: bool = False
    no_post: bool = False
    legal_basis: LegalBasis = LegalBasis.PUBLIC_TASK
    source: str = ""
    privacy_notice_on: date | None = None
    note: str = ""


def quick_draft(given_name: str, family_name: str, function: str = "") -> ContactDraft:
    """Return the draft of a contact of whom only the least is known."""
    return ContactDraft(given_name=given_name, family_name=family_name, function=function)


def add_contact(
    actor: Actor,
    draft: ContactDraft,
    organisation_ids: Iterable[UUID],
    *,
    primary_ids: Collection[UUID] = (),
    key: UUID | None = None,
) -> Contact:
    """Add a contact of the actor's body at these organisations.

    primary_ids  the organisations at which it is the first person to talk to
    key          the key it is to have; one of that key with this content is returned as it is, so
                 that a second click makes no second one

    Raises `NotAllowed`, or `Conflict` with field `family_name`, `language` or `organisation`.
    """
    authorize(actor, Permission.CONTACT_EDIT)
    _check(draft)
    wanted, primary = frozenset(organisation_ids), frozenset(primary_ids)
    return unless_at_once(lambda: _add(actor, draft, wanted, primary, key), "pk_contact")


def _add(
    actor: Actor,
    draft: ContactDraft,
    organisation_ids: frozenset[UUID],
    primary_ids: frozenset[UUID],
    key: UUID | None,
) -> Contact:
    with transaction() as session:
        known = queries.find(actor, key) if key else None
        if known is not None and _says(known, draft, organisation_ids):
            return known
        moment = now()
        contact = Contact(
            id=key if key and session.get(Contact, key) is None else new_id(),
            body_id=actor.body_id,
            team_id=actor.team_id,
            created_at=moment,
            updated_at=moment,
            places=[],
        )
        _write(contact, draft)
        _put(actor, contact, organisation_ids, primary_ids)
        session.add(contact)
        session.flush()
        audit.record(actor.id, "added", contact)
    return contact


def edit_contact(
    actor: Actor,
    contact_id: UUID,
    draft: ContactDraft,
    organisation_ids: Iterable[UUID],
    *,
    version: int,
    primary_ids: Collection[UUID] = (),
) -> Contact:
    """Change a contact that the actor has seen in this version.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` as `add_contact` does.
    """
    _check(draft)
    with transaction() as session:
        contact = _editable(actor, contact_id)
        if contact.version != version:
            raise Stale
        before = {field.name: getattr(contact, field.name) for field in fields(draft)}
        places_before = _places(contact)
        _write(contact, draft)
        _put(actor, contact, organisation_ids, primary_ids)
        # Names of fields only: what stood in them is about a person
        changed = [name for name, old in before.items() if getattr(contact, name) != old]
        if _places(contact) != places_before:
            changed.append("organisations")
        if changed:
            contact.updated_at = now()
            session.flush()
            audit.record(actor.id, "edited", contact, {"fields": changed})
    return contact


def archive(actor: Actor, contact_id: UUID, *, reason: str) -> None:
    """Take a contact out of the lists; a second time changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` with field `reason` when none is given.
    """
    if not reason.strip():
        raise Conflict("reason_missing", field="reason")
    with transaction():
        contact = _editable(actor, contact_id)
        if contact.archived_at is None:
            contact.archive(actor.id, reason=reason)
            audit.record(actor.id, "archived", contact)


def restore(actor: Actor, contact_id: UUID) -> None:
    """Put an archived contact back.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        contact = _editable(actor, contact_id)
        if contact.archived_at is not None:
            contact.restore()
            audit.record(actor.id, "restored", contact)


def _editable(actor: Actor, contact_id: UUID) -> Contact:
    contact = queries.get_to_change(actor, contact_id)
    authorize(actor, Permission.CONTACT_EDIT, contact)
    return contact


def _check(draft: ContactDraft) -> None:
    if not draft.family_name.strip():
        raise Conflict("name_missing", field="family_name")
    if draft.language not in LANGUAGES:
        raise Conflict("choice_unknown", field="language")


def _write(contact: Contact, draft: ContactDraft) -> None:
    for field in fields(draft):
        setattr(contact, field.name, getattr(draft, field.name))
    contact.sort_key = sort_key(f"{draft.family_name} {draft.given_name}")
    name = f"{draft.given_name} {draft.family_name}"
    words = [search_key(name), search_key(sort_key(name))]
    words += [search_key(text) for text in (draft.function, draft.email)]
    words += phone_keys(f"{draft.phone}\n{draft.mobile}")
    contact.search_text = " ".join(dict.fromkeys(filter(None, words)))


def _put(
    actor: Actor,
    contact: Contact,
    organisation_ids: Iterable[UUID],
    primary_ids: Collection[UUID],
) -> None:
    """Say at which organisations the contact is; places the actor cannot see stay as they are."""
    asked = set(organisation_ids)
    wanted = {organisation.id for organisation in organisations.by_ids(actor, asked)}
    if not asked:
        raise Conflict("organisation_missing", field="organisation")
    if wanted != asked:
        raise Conflict("organisation_unknown", field="organisation")
    kept = [p for p in contact.places if _is_hidden(p) or p.organisation_id in wanted]
    for place in kept:
        if not _is_hidden(place):
            place.is_primary = place.organisation_id in primary_ids
    there = {place.organisation_id for place in kept}
    contact.places = kept + [
        ContactPlace(organisation_id=key, is_primary=key in primary_ids)
        for key in sorted(wanted - there)
    ]


def _says(contact: Contact, draft: ContactDraft, organisation_ids: frozenset[UUID]) -> bool:
    """Tell whether `contact` holds what `draft` says, at these organisations."""
    there = {place.organisation_id for place in contact.places}
    return there == organisation_ids and all(
        getattr(contact, field.name) == getattr(draft, field.name) for field in fields(draft)
    )


def _is_hidden(place: ContactPlace) -> bool:
    """Tell whether the place is at an organisation that another body does not share any more."""
    organisation: Organisation | None = place.organisation
    return organisation is None


def _places(contact: Contact) -> set[tuple[UUID, bool]]:
    return {(place.organisation_id, place.is_primary) for place in contact.places}
