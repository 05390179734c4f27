"""The second factor of a person: set up, its recovery codes, and how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts import one_time, queries
from crm.accounts.models import Person, RecoveryCode, SecondFactor
from crm.accounts.one_time import Safe
from crm.accounts.services.access import end_access, end_sessions, get_to_change
from crm.accounts.services.proving import check_password, code_wrong, spend_code
from crm.clock import now
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor, Permission, authorize

# Time enough to find the app; then another secret is offered
_OFFERED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A secret for an app: as it is shown, and as the form carries it."""

    secret: str
    sealed: str


def offer(actor: Actor, safe: Safe, sealed: str = "") -> Offered:
    """Return the secret that a form carries while it can be used, otherwise a new one."""
    known = safe.opened(actor.id, sealed, within=_OFFERED_FOR) if sealed else None
    if known:
        return Offered(secret=known, sealed=sealed)
    secret = one_time.new_secret()
    return Offered(secret=secret, sealed=safe.seal(actor.id, secret))


def set_up(actor: Actor, sealed: str, code: str, *, safe: Safe) -> Sequence[str]:
    """Make the app with this secret the second factor; every session of the person ends.

    Return the recovery codes, which are kept nowhere; none when the app is the factor already.
    Raises `Conflict`, perhaps with field `code`.
    """
    secret = safe.opened(actor.id, sealed, within=_OFFERED_FOR)
    if secret is None:
        raise Conflict("second_factor_over")
    step = one_time.step_of(secret, one_time.digits_of(code))
    with transaction() as session:
        person = get_to_change(actor.id)
        known = queries.find_second_factor(actor.id)
        if known is not None and safe.opened(actor.id, known.sealed) == secret:
            return ()  # a second click
        if step is None:
            raise code_wrong()
        _forget(person)
        session.add(
            SecondFactor(
                person_id=person.id,
                sealed=safe.seal(person.id, secret),
                last_step=step,
                created_at=now(),
            )
        )
        codes = _new_codes(person)
        end_sessions(person.id)
        audit.record(actor.id, "second_factor_set_up", person)
    return codes


def renew_codes(actor: Actor) -> Sequence[str]:
    """Return other recovery codes; the former ones end. Raises `NotFound` without a factor."""
    with transaction() as session:
        person = get_to_change(actor.id)
        if queries.find_second_factor(actor.id) is None:
            raise NotFound("second factor")
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
        codes = _new_codes(person)
        audit.record(actor.id, "recovery_codes_renewed", person)
    return codes


def turn_off(actor: Actor, *, password: str, code: str, safe: Safe, address: str) -> None:
    """Remove one's own second factor; every session of the person ends.

    Raises `TooManyAttempts`, or `Conflict` with field `current_password` or `code`.
    """
    check_password(actor, password, address=address)
    with transaction():
        person = get_to_change(actor.id)
        if queries.find_second_factor(actor.id) is None:
            raise NotFound("second factor")
        if is_right := spend_code(person, code, safe=safe, address=address):
            _forget(person)
            end_sessions(person.id)
            audit.record(actor.id, "second_factor_removed", person)
    if not is_right:
        raise code_wrong()


def take_away(actor: Actor, person_id: UUID) -> bool:
    """Remove the second factor of somebody who has lost it; tell whether there was one.

    Raises `NotFound` for who has left, `Conflict` for one's own.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    if person_id == actor.id:
        raise Conflict("own_second_factor")
    return remove_second_factor(person_id, by=actor.id)


def remove_second_factor(person_id: UUID, *, by: UUID | None) -> bool:
    """Remove a second factor, for whoever may: whatever let the person in ends.

    Tell whether there was one. Raises `NotFound` for who has left.
    """
    with transaction():
        person = get_to_change(person_id)
        if queries.find_second_factor(person_id) is None:
            return False
        _forget(person)
        end_access(person_id, by=by)
        audit.record(by, "second_factor_removed", person)
    return True


def _forget(person: Person) -> None:
    with transaction() as session:
        for kind in (SecondFactor, RecoveryCode):
            session.execute(sa.delete(kind).where(kind.person_id == person.id))


def _new_codes(person: Person) -> Sequence[str]:
    codes = [one_time.new_recovery_code() for _ in range(one_time.RECOVERY_CODES)]
    with transaction() as session:
        session.add_all(
            RecoveryCode(person_id=person.id, code_hash=queries.hash_of(one_time.digits_of(code)))
            for code in codes
        )
    return codes
