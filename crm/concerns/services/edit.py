"""Edit a concern: its words, its people, its organisation, its flag and its circle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from crm import audit
from crm.accounts import queries as accounts
from crm.agency import queries as agency
from crm.clock import now
from crm.concerns.deadlines import due_dates
from crm.concerns.models import Concern, Flag
from crm.concerns.services import giving
from crm.concerns.services.pipeline import earlier, is_more_pressing, take
from crm.db import transaction
from crm.errors import Conflict, Stale
from crm.organisations import queries as organisations
from crm.policy import Actor
from crm.topics import queries as topics
from crm.visibility import Visibility, may_see

# What the history may say of a change: old and new value where both are words of the product
_TOLD = ("flag", "visibility")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernDraft:
    """What a person fills in about a concern, already validated by the form."""

    title: str
    organisation_id: UUID
    topic_id: UUID
    flag: Flag
    visibility: Visibility
    owner_id: UUID
    collaborator_ids: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, concern: Concern) -> ConcernDraft:
        """Return what a concern holds."""
        return cls(
            title=concern.title,
            organisation_id=concern.organisation_id,
            topic_id=concern.topic_id,
            flag=concern.flag,
            visibility=concern.visibility,
            owner_id=concern.owner_id,
            collaborator_ids=concern.collaborator_ids,
        )


def edit_concern(
    actor: Actor, concern_id: UUID, draft: ConcernDraft, *, version: int, least: Visibility
) -> Concern:
    """Bring a concern to what `draft` says.

    least   the strictest circle of its notes: its own may not be wider

    The same content again changes nothing. Raises `Stale`, or `Conflict` naming the field whose
    choice is not, or no longer, the actor's to make.
    """
    with transaction():
        concern = take(actor, concern_id)
        before = ConcernDraft.of(concern)
        if draft == before:
            return concern
        if concern.version != version:
            raise Stale
        _check_choices(actor, draft, before, least)
        concern.title, concern.topic_id = draft.title, draft.topic_id
        concern.organisation_id, concern.visibility = draft.organisation_id, draft.visibility
        if draft.flag is not before.flag:
            _set_flag(actor, concern, draft.flag)
        had = giving.people_of(concern)
        _set_people(actor, concern, draft)
        giving.tell(actor.id, concern, had=had)
        concern.updated_at = now()
        audit.record(actor.id, "edited", concern, _changes(before, draft))
    return concern


def _check_choices(
    actor: Actor, draft: ConcernDraft, before: ConcernDraft, least: Visibility
) -> None:
    if draft.organisation_id != before.organisation_id:
        organisation = organisations.find(actor, draft.organisation_id)
        if organisation is None or organisation.archived_at:
            raise Conflict("organisation_unknown", field="organisation")
    if draft.topic_id not in {topic.id for topic in topics.topics()} | {before.topic_id}:
        raise Conflict("choice_unknown", field="topic")
    if draft.visibility.strictness < least.strictness and draft.visibility != before.visibility:
        raise Conflict("concern_circle", field="visibility")


def _set_flag(actor: Actor, concern: Concern, flag: Flag) -> None:
    """Set the clock anew: a more pressing flag counts from today, another from the beginning."""
    if is_more_pressing(flag, concern.flag):
        response, resolution = due_dates(flag, now(), actor.land, agency.clocks())
        concern.first_response_due_on = earlier(concern.first_response_due_on, response)
        concern.resolution_due_on = earlier(concern.resolution_due_on, resolution)
    else:
        days = due_dates(flag, concern.opened_at, actor.land, agency.clocks())
        concern.first_response_due_on, concern.resolution_due_on = days
    concern.flag = flag


def _set_people(actor: Actor, concern: Concern, draft: ConcernDraft) -> None:
    """Set owner and collaborators; the concern goes to its new owner's team."""
    colleagues = {colleague.id: colleague for colleague in accounts.colleague_actors(actor)}
    if draft.owner_id != concern.owner_id:
        owner = colleagues.get(draft.owner_id)
        if owner is None or owner.team_id is None:
            raise Conflict("choice_unknown", field="owner")
        concern.owner_id, concern.team_id = owner.id, owner.team_id
    wanted = draft.collaborator_ids - {concern.owner_id}
    if not wanted <= colleagues.keys() | concern.collaborator_ids:
        raise Conflict("choice_unknown", field="collaborators")
    blind = [c.name for c in _among(colleagues.values(), wanted) if not may_see(c, concern)]
    if blind:
        names = ", ".join(blind)
        raise Conflict("collaborator_blind", field="collaborators", values={"names": names})
    giving.set_collaborators(concern, wanted)


def _among(colleagues: Iterable[Actor], keys: frozenset[UUID]) -> list[Actor]:
    return [colleague for colleague in colleagues if colleague.id in keys]


def _changes(before: ConcernDraft, after: ConcernDraft) -> dict[str, list[str]]:
    """Return what changed: of words that people typed, and of people, only that they did."""
    names = (*_TOLD, "title", "topic_id", "organisation_id", "owner_id", "collaborator_ids")
    return {
        name: [str(getattr(before, name)), str(getattr(after, name))] if name in _TOLD else []
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
