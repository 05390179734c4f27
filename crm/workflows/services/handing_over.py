"""A colleague leaves: all that is open with them goes to others, and may come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from crm.accounts import queries as accounts
from crm.accounts import services as account_services
from crm.accounts.models import Person
from crm.clock import now
from crm.concerns import services as concerns
from crm.concerns.models import Concern
from crm.db import db, transaction
from crm.errors import Conflict, NotAllowed, NotFound
from crm.follow_ups import services as follow_ups
from crm.follow_ups.models import FollowUp
from crm.policy import Actor, Permission, Role, authorize
from crm.visits.models import Visit
from crm.visits.services import people as visits
from crm.workflows import queries
from crm.workflows.models import HandOver, HandOverItem, Kind
from crm.workflows.queries import OpenWork, Thing

Successors = Mapping[Kind, UUID | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What came of it.

    hand_over_id  with it all can be given back; None when nothing was open
    moved         how many of each kind went to their successor
    stayed        how many did not, because the successor is not of the circle they are meant for
    closed        whether the account was closed
    """

    hand_over_id: UUID | None
    moved: Counter[Kind] = field(default_factory=Counter)
    stayed: Counter[Kind] = field(default_factory=Counter)
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What came of taking it back.

    moved         how many of each kind are again whose they were
    stayed        how many are not, because somebody has changed them since
    reopened      whether the account is open again
    """

    person_id: UUID
    moved: Counter[Kind] = field(default_factory=Counter)
    stayed: Counter[Kind] = field(default_factory=Counter)
    reopened: bool = False


def hand_over(
    actor: Actor, person_id: UUID, to: Successors, *, deactivate: bool = False
) -> HandedOver:
    """Hand over what `actor` sees of a colleague's open work; a second click changes nothing.

    deactivate  close the account too; only for who administers the instance

    Raises `NotFound` for a stranger, `NotAllowed` for who is in no team that `actor` leads, and
    `Conflict` with field `successor` or `deactivate`.
    """
    with transaction():
        person = get_colleague(actor, person_id)
        if deactivate and not actor.is_administrator:
            raise NotAllowed(Permission.TEAM_HAND_OVER)
        if deactivate:
            _refuse_to_close(person_id, by=actor.id)
        _wait_for_others(person_id, to)
        work = queries.open_work(person_id, actor, to_change=True)
        return _hand_over(person, to, work, by=actor.id, deactivate=deactivate)


def leave(
    person_id: UUID, to: Successors, *, deactivate: bool, actor: Actor | None = None
) -> HandedOver:
    """Hand over all that is open with a person, for who manages people, or for the command.

    Raises `NotFound`, `NotAllowed`, or `Conflict` as `hand_over`.
    """
    if actor is not None:
        authorize(actor, Permission.PEOPLE_MANAGE)
    by = actor.id if actor else None
    with transaction():
        person = accounts.find_present_or_past(person_id)
        if person is None:
            raise NotFound(person_id)
        if deactivate:
            _refuse_to_close(person_id, by=by)
        _wait_for_others(person_id, to)
        work = queries.open_work(person_id, to_change=True)
        return _hand_over(person, to, work, by=by, deactivate=deactivate)


def get_colleague(actor: Actor, person_id: UUID) -> Person:
    """Return somebody of a team that `actor` leads, present or past.

    Raises `NotFound` for a stranger, `NotAllowed` for a colleague of another team.
    """
    person = accounts.find_present_or_past(person_id)
    if person is None or person.team is None or person.team.body_id != actor.body_id:
        raise NotFound(person_id)
    authorize(actor, Permission.TEAM_HAND_OVER, person)
    return person


def take_back(actor: Actor, hand_over_id: UUID) -> TakenBack:
    """Give back what `actor` has handed over, unless it was changed since.

    A second click changes nothing. Raises `NotFound`, `NotAllowed`, or `Conflict` when the person
    has left in the meantime.
    """
    with transaction():
        done = queries.find_hand_over(actor, hand_over_id)
        if done is None:
            raise NotFound(hand_over_id)
        person = get_colleague(actor, done.person_id)
        if done.taken_back_at is not None:
            return TakenBack(person_id=person.id)
        reopened = False
        if done.closed_account_at is not None and actor.is_administrator:
            reopened = account_services.reactivate(
                person.id, by=actor.id, closed_at=done.closed_account_at
            )
        elif person.deactivated_at is not None and person.deactivated_at > done.at:
            raise Conflict("person_left")
        moved, stayed = Counter[Kind](), Counter[Kind]()
        for item in done.items:
            (moved if _give_back(actor, item) else stayed)[item.kind] += 1
        done.taken_back_at = now()
        return TakenBack(person_id=person.id, moved=moved, stayed=stayed, reopened=reopened)


def _refuse_to_close(person_id: UUID, *, by: UUID | None) -> None:
    """Raise `Conflict` for one's own account, and for the only one of an administrator."""
    if person_id == by:
        raise Conflict("own_account", field="deactivate")
    account_services.keep_an_administrator(person_id)


def _wait_for_others(person_id: UUID, to: Successors) -> None:
    """Let two who hand over from or to the same people do so one after the other."""
    keys = sorted({person_id, *filter(None, to.values())})
    db.session.execute(
        sa.select(Person.id).where(Person.id.in_(keys)).order_by(Person.id).with_for_update()
    )


def _hand_over(
    person: Person, to: Successors, work: OpenWork, *, by: UUID | None, deactivate: bool
) -> HandedOver:
    moved, stayed = Counter[Kind](), Counter[Kind]()
    items: list[HandOverItem] = []
    successors = _successors(person, to, (kind for kind in Kind if work.of(kind)))
    for kind, successor in successors.items():
        for thing in work.of(kind):
            if not queries.is_for(thing, person.id, successor):
                stayed[kind] += 1
            elif item := _give(thing, person.id, successor, by):
                items.append(item)
                moved[kind] += 1
    closed_at = None
    if deactivate:
        closed_at = account_services.deactivate(person.id, by=by)
    if not items and closed_at is None:
        return HandedOver(hand_over_id=None, stayed=stayed)
    done = HandOver(
        person_id=person.id, by_id=by, at=now(), closed_account_at=closed_at, items=items
    )
    db.session.add(done)
    db.session.flush()
    return HandedOver(
        hand_over_id=done.id, moved=moved, stayed=stayed, closed=closed_at is not None
    )


def _successors(person: Person, to: Successors, kinds: Iterable[Kind]) -> dict[Kind, Actor]:
    """Return who takes over each kind: somebody who works in the same body.

    Raises `Conflict` with the field of the kind, or `successor`.
    """
    found: dict[Kind, Actor] = {}
    for kind in kinds:
        key = to.get(kind)
        if key is None:
            raise Conflict("successor_missing", field="successor")
        successor = accounts.find_person(key)
        works = successor is not None and successor.role in {Role.OFFICER, Role.MANAGER}
        if successor is None or not works or key == person.id:
            raise Conflict("successor_unknown", field="successor")
        if person.team is not None and successor.actor.body_id != person.team.body_id:
            raise Conflict("successor_unknown", field="successor")
        found[kind] = successor.actor
    return found


def _give(thing: Thing, person_id: UUID, successor: Actor, by: UUID | None) -> HandOverItem | None:
    """Let a thing be the successor's; None when it is no longer open."""
    before: dict[str, object]
    after: Thing | None
    if isinstance(thing, FollowUp):
        people = sorted(thing.assignee_ids)
        before = {"people": _texts(people)}
        after = follow_ups.hand_over(by, thing.id, _replaced(people, person_id, successor.id))
        kind = Kind.FOLLOW_UP
    elif isinstance(thing, Concern):
        people = sorted(thing.collaborator_ids)
        before = {"owner": str(thing.owner_id), "people": _texts(people)}
        is_theirs = thing.owner_id == person_id
        after = concerns.hand_over(
            by,
            thing.id,
            owner_id=successor.id if is_theirs else thing.owner_id,
            collaborator_ids=_replaced(people, person_id, successor.id),
        )
        kind = Kind.CONCERN
    else:
        people = visits.people_of(thing)
        before = {"owner": str(thing.owner_id), "people": _texts(people)}
        is_theirs = thing.owner_id == person_id
        after = visits.hand_over(
            by,
            thing.id,
            owner_id=successor.id if is_theirs else thing.owner_id,
            person_ids=_replaced(people, person_id, successor.id),
        )
        kind = Kind.VISIT
    if after is None:
        return None
    return HandOverItem(kind=kind, subject_id=after.id, before=before, version=after.version)


def _replaced(people: Iterable[UUID], person_id: UUID, successor_id: UUID) -> list[UUID]:
    """Put the successor where the person was, who is there only once."""
    return list(dict.fromkeys(successor_id if key == person_id else key for key in people))


def _give_back(actor: Actor, item: HandOverItem) -> bool:
    people = [UUID(key) for key in item.before.get("people", ())]
    after: FollowUp | Concern | Visit | None
    match item.kind:
        case Kind.FOLLOW_UP:
            after = follow_ups.hand_over(actor.id, item.subject_id, people, version=item.version)
        case Kind.CONCERN:
            after = concerns.hand_over(
                actor.id,
                item.subject_id,
                owner_id=UUID(item.before["owner"]),
                collaborator_ids=people,
                version=item.version,
            )
        case Kind.VISIT:
            after = visits.hand_over(
                actor.id,
                item.subject_id,
                owner_id=UUID(item.before["owner"]),
                person_ids=people,
                version=item.version,
            )
    return after is not None


def _texts(keys: Iterable[UUID]) -> list[str]:
    return [str(key) for key in keys]
