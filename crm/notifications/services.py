"""Tell people something once, note that they have read it, and how they want to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crm.accounts.models import Person
from crm.clock import now
from crm.db import transaction, violated_constraint
from crm.mail.models import Reason
from crm.mail.services import queue_mail
from crm.notifications import queries
from crm.notifications.models import Kind, Notification, NotificationChoice
from crm.notifications.queries import USUAL, Choice
from crm.policy import Actor, Permission, Role, authorize


def tell(  # noqa: PLR0913 - by name, one per column
    person_ids: Iterable[UUID],
    *,
    kind: Kind,
    by_id: UUID | None = None,
    concern_id: UUID | None = None,
    follow_up_id: UUID | None = None,
    step: str = "",
    due_on: date | None = None,
) -> None:
    """Tell people of a concern or a follow-up, each once, as they want it; in `transaction()`.

    by_id   who did it, and is not told; a thing that nobody did has none
    step    with `due_on`: which clock of a concern it is about; each of them is told of. Of an
            answer: whose, so that each is told of

    Whoever has left, or has no role, is not told.
    """
    wanted = set(person_ids) - {by_id}
    if not wanted:
        return
    key = ":".join(str(part) for part in (kind, concern_id or follow_up_id, step, due_on) if part)
    with transaction() as session:
        known = sa.select(Notification.person_id).where(
            Notification.key == key, Notification.person_id.in_(wanted)
        )
        people = session.scalars(_reachable(wanted).where(Person.id.not_in(known))).all()
        choices = queries.choices_of_kind([person.id for person in people], kind)
        for person in people:
            choice = choices[person.id]
            notification = Notification(
                person_id=person.id,
                kind=kind,
                key=key,
                at=now(),
                in_app=choice.in_app,
                by_id=by_id,
                concern_id=concern_id,
                follow_up_id=follow_up_id,
                step=step,
                due_on=due_on,
            )
            if _is_new(notification) and choice.by_mail:
                _mail(person, notification)


def tell_of_many(told: Mapping[UUID, Collection[UUID]], *, kind: Kind, by_id: UUID) -> None:
    """Tell people of several follow-ups that were changed together; as `tell`, asking once.

    told    whom to tell, by the key of the follow-up, whose row is locked
    """
    wanted = [(key, p) for key, people in told.items() for p in people if p != by_id]
    with transaction() as session:
        known = set(
            session.execute(
                sa.select(Notification.follow_up_id, Notification.person_id).where(
                    Notification.kind == kind, Notification.follow_up_id.in_(told)
                )
            )
        )
        found = session.scalars(_reachable({person_id for _key, person_id in wanted}))
        people = {person.id: person for person in found}
        choices = queries.choices_of_kind(list(people), kind)
        made = [
            Notification(
                person_id=person_id,
                kind=kind,
                key=f"{kind}:{key}",
                at=now(),
                in_app=choices[person_id].in_app,
                by_id=by_id,
                follow_up_id=key,
            )
            for key, person_id in wanted
            if person_id in people and (key, person_id) not in known
        ]
        session.add_all(made)
        session.flush()
        for notification in made:
            if choices[notification.person_id].by_mail:
                _mail(people[notification.person_id], notification)


def _reachable(person_ids: Collection[UUID]) -> sa.Select[Person]:
    """Select those of the people who are here and have a role."""
    return sa.select(Person).where(
        Person.id.in_(person_ids), Person.deactivated_at.is_(None), Person.role != Role.NONE
    )


def _is_new(notification: Notification) -> bool:
    """Add a notification; False when another worker was quicker by a moment."""
    try:
        with transaction() as session:
            session.add(notification)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_notification_person_id_key":
            raise
        return False
    return True


def _mail(person: Person, notification: Notification) -> None:
    """Let a mail wait that is worded when it is sent: what it may say can change until then."""
    reason = Reason.ESCALATION if notification.kind is Kind.ESCALATION else Reason.NOTICE
    queue_mail(
        to=person.email,
        reason=reason,
        # A thing that is told anew, after it was taken back, is another mail
        key=str(notification.id),
        person_id=person.id,
    )


def take_back(
    *,
    kind: Kind,
    concern_id: UUID | None = None,
    follow_up_id: UUID | None = None,
    step: str = "",
    person_ids: Collection[UUID] | None = None,
) -> None:
    """Take back what was told of a thing, as if it had never happened; in `transaction()`."""
    statement = sa.delete(Notification).where(
        Notification.kind == kind,
        Notification.concern_id == concern_id,
        Notification.follow_up_id == follow_up_id,
        Notification.step == step,
    )
    if person_ids is not None:
        statement = statement.where(Notification.person_id.in_(person_ids))
    with transaction() as session:
        session.execute(statement)


def take_back_many(
    follow_up_ids: Collection[UUID], *, kind: Kind, but: Collection[UUID] = ()
) -> None:
    """Take back what was told of several follow-ups, except to some people; in `transaction()`."""
    with transaction() as session:
        session.execute(
            sa.delete(Notification).where(
                Notification.kind == kind,
                Notification.follow_up_id.in_(follow_up_ids),
                Notification.person_id.not_in(but),
            )
        )


def mark_read(actor: Actor, notification_ids: Collection[UUID] | None = None) -> datetime:
    """Note that `actor` has read some of their notifications, or all; return when, to undo it."""
    authorize(actor, Permission.NOTIFICATION_READ)
    moment = now()
    statement = sa.update(Notification).where(
        Notification.person_id == actor.id, Notification.read_at.is_(None)
    )
    if notification_ids is not None:
        statement = statement.where(Notification.id.in_(notification_ids))
    with transaction() as session:
        session.execute(statement.values(read_at=moment))
    return moment


def mark_unread(actor: Actor, read_at: datetime) -> None:
    """Undo `mark_read` of that moment."""
    authorize(actor, Permission.NOTIFICATION_READ)
    with transaction() as session:
        session.execute(
            sa.update(Notification)
            .where(Notification.person_id == actor.id, Notification.read_at == read_at)
            .values(read_at=None)
        )


def choose(actor: Actor, wanted: Mapping[Kind, Choice]) -> None:
    """Keep how `actor` wants to be told of each kind; the usual way leaves no row."""
    authorize(actor, Permission.NOTIFICATION_READ)
    with transaction() as session:
        session.execute(
            sa.delete(NotificationChoice).where(NotificationChoice.person_id == actor.id)
        )
        session.add_all(
            NotificationChoice(
                person_id=actor.id, kind=kind, in_app=choice.in_app, by_mail=choice.by_mail
            )
            for kind, choice in wanted.items()
            if choice != USUAL[kind]
        )
