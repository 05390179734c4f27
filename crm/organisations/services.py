"""Add, edit, archive and restore organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts.models import Team
from crm.clock import next_working_day, now
from crm.dates import add_months
from crm.db import db, transaction, unless_at_once
from crm.errors import Conflict, Stale
from crm.organisations import matching, queries
from crm.organisations.models import (
    CountSource,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)
from crm.policy import Actor, Permission, authorize, may
from crm.text import search_key, sort_key
from crm.types import new_id

# Free text, or several lines: the audit line names these and keeps no content
_WITHOUT_CONTENT = frozenset({"note", "other_addresses", "phones"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """What a person fills in about an organisation; `team_id` None means the actor's team."""

    name: str
    municipality: str
    kind: OrganisationKind = OrganisationKind.COMPANY
    team_id: UUID | None = None
    shared: bool = False
    other_names: str = ""
    legal_form: str = ""
    register_court: str = ""
    register_number: str = ""
    w_idnr: str = ""
    wz_2008: str = ""
    wz_2025: str = ""
    industry: str = ""
    employees: int | None = None
    employees_to: int | None = None
    employees_source: CountSource | None = None
    employees_as_of: date | None = None
    apprentices: int | None = None
    turnover_from: Decimal | None = None
    turnover_to: Decimal | None = None
    ags: str = ""
    street: str = ""
    postal_code: str = ""
    town: str = ""
    other_addresses: str = ""
    website: str = ""
    email: str = ""
    phones: str = ""
    source: str = ""
    tags: str = ""
    status: OrganisationStatus = OrganisationStatus.ACTIVE
    is_target: bool = False
    cadence_months: int | None = None
    next_visit_due_on: date | None = None
    note: str = ""


def quick_draft(
    name: str, municipality: str, kind: OrganisationKind = OrganisationKind.COMPANY
) -> OrganisationDraft:
    """Return the draft of an organisation of which only the least is known."""
    return OrganisationDraft(name=name, municipality=municipality, kind=kind)


def add_organisation(
    actor: Actor, draft: OrganisationDraft, *, key: UUID | None = None
) -> Organisation:
    """Add an organisation to the actor's body.

    key  the key it is to have; one of that key with this content is returned as it is, so that a
         second click makes no second one

    Raises `NotAllowed`, or `Conflict` with field `name`, `municipality`, `employees_to`,
    `turnover_to` or `team_id`.
    """
    authorize(actor, Permission.ORGANISATION_EDIT)
    _check(draft)
    return unless_at_once(lambda: _add(actor, draft, key), "pk_organisation")


def already_added(actor: Actor, draft: OrganisationDraft, *, key: UUID) -> Organisation | None:
    """Return the organisation that this form has made: of this key, with this content; or None."""
    known = queries.find(actor, key)
    is_ours = known is not None and known.body_id == actor.body_id
    return known if known is not None and is_ours and _says(known, draft) else None


def _add(actor: Actor, draft: OrganisationDraft, key: UUID | None) -> Organisation:
    with transaction() as session:
        known = already_added(actor, draft, key=key) if key else None
        if known is not None:
            return known
        organisation = Organisation(
            id=key if key and session.get(Organisation, key) is None else new_id(),
            body_id=actor.body_id,
            created_at=now(),
            updated_at=now(),
        )
        _write(actor, organisation, draft)
        session.add(organisation)
        session.flush()
        audit.record(actor.id, "added", organisation, {"name": organisation.name})
    return organisation


def edit_organisation(
    actor: Actor, organisation_id: UUID, draft: OrganisationDraft, *, version: int
) -> Organisation:
    """Change an organisation that the actor has seen in this version.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` as `add_organisation` does.
    """
    _check(draft)
    with transaction() as session:
        organisation = _editable(actor, organisation_id)
        if organisation.version != version:
            raise Stale
        before = {field.name: getattr(organisation, field.name) for field in fields(draft)}
        _write(actor, organisation, draft)
        changes = _changes(before, organisation)
        if changes:
            organisation.updated_at = now()
            session.flush()
            audit.record(actor.id, "edited", organisation, changes)
    return organisation


def archive(actor: Actor, organisation_id: UUID, *, reason: str) -> None:
    """Take an organisation out of lists and suggestions; a second time changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` with field `reason` when none is given.
    """
    if not reason.strip():
        raise Conflict("reason_missing", field="reason")
    with transaction():
        organisation = _editable(actor, organisation_id)
        if organisation.archived_at is None:
            organisation.archive(actor.id, reason=reason)
            audit.record(actor.id, "archived", organisation)


def restore(actor: Actor, organisation_id: UUID) -> None:
    """Put an archived organisation back.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        organisation = _editable(actor, organisation_id)
        if organisation.archived_at is not None:
            organisation.restore()
            audit.record(actor.id, "restored", organisation)


def set_next_visit(actor: Actor, organisation_id: UUID, due_on: date | None) -> None:
    """Note when the next visit is due; another body's shared organisation stays as it is.

    Raises `NotFound` or `NotAllowed`.
    """
    authorize(actor, Permission.VISIT_LOG)
    with transaction() as session:
        organisation = queries.get_to_change(actor, organisation_id)
        may_edit = may(actor, Permission.ORGANISATION_EDIT, organisation)
        if not may_edit or organisation.next_visit_due_on == due_on:
            return
        before = {"next_visit_due_on": organisation.next_visit_due_on}
        organisation.next_visit_due_on = due_on
        organisation.updated_at = now()
        session.flush()
        audit.record(actor.id, "edited", organisation, _changes(before, organisation))


def note_visit(actor: Actor, organisation_id: UUID, visited_on: date) -> None:
    """Propose the next visit after one that everybody in the body may know of.

    With a cadence it is that many months later, on a working day; without one, a date that has
    come is done with. A later date that somebody has set stays.
    """
    with transaction() as session:
        organisation = session.get_one(Organisation, organisation_id)
        known, cadence = organisation.next_visit_due_on, organisation.cadence_months
        proposed = None
        if cadence:
            proposed = next_working_day(add_months(visited_on, cadence), actor.land)
        if known is not None and known > (proposed or visited_on):
            return
        set_next_visit(actor, organisation_id, proposed)


def _editable(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = queries.get_to_change(actor, organisation_id)
    authorize(actor, Permission.ORGANISATION_EDIT, organisation)
    return organisation


def _check(draft: OrganisationDraft) -> None:
    if not draft.name.strip():
        raise Conflict("name_missing", field="name")
    if not draft.municipality.strip():
        raise Conflict("municipality_missing", field="municipality")
    if draft.employees_to is not None and draft.employees_to < (draft.employees or 0):
        raise Conflict("range_reversed", field="employees_to")
    if draft.turnover_to is not None and draft.turnover_to < (draft.turnover_from or 0):
        raise Conflict("range_reversed", field="turnover_to")


def _write(actor: Actor, organisation: Organisation, draft: OrganisationDraft) -> None:
    for field in fields(draft):
        if field.name != "team_id":
            setattr(organisation, field.name, getattr(draft, field.name))
    if draft.team_id is not None or organisation.team_id is None:
        organisation.team_id = _team(actor, draft.team_id)
    organisation.sort_key = sort_key(draft.name)
    organisation.name_key = matching.name_key(draft.name)
    organisation.name_sound = matching.name_sound(draft.name)
    organisation.register_key = matching.register_key(draft.register_number)
    organisation.domain = matching.domain_of(draft.website, draft.email)
    organisation.search_text = matching.search_text(
        draft.name,
        draft.other_names,
        draft.municipality,
        draft.town if search_key(draft.town) != search_key(draft.municipality) else "",
        draft.register_number,
        draft.tags,
        phones=draft.phones,
    )


def _says(organisation: Organisation, draft: OrganisationDraft) -> bool:
    """Tell whether `organisation` holds what `draft` says; its team is always given."""
    names = (field.name for field in fields(draft) if field.name != "team_id")
    return all(getattr(organisation, name) == getattr(draft, name) for name in names)


def _team(actor: Actor, team_id: UUID | None) -> UUID:
    if team_id is None and actor.team_id is not None:
        return actor.team_id
    team = db.session.scalar(
        sa.select(Team.id).where(Team.id == team_id, Team.body_id == actor.body_id)
    )
    if team is None:
        raise Conflict("choice_unknown", field="team_id")
    return team


def _changes(before: Mapping[str, Any], organisation: Organisation) -> dict[str, Any]:
    return {
        name: None if name in _WITHOUT_CONTENT else [_plain(old), _plain(new)]
        for name, old in before.items()
        if (new := getattr(organisation, name)) != old
    }


def _plain(value: object) -> object:
    """Return a value as JSON can keep it."""
    return value if value is None or isinstance(value, bool | int) else str(value)
