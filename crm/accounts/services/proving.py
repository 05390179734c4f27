"""Show that one is who one is: the password, and a code where there is a second factor."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts import one_time, passwords, queries, throttle
from crm.accounts.models import Person, RecoveryCode, SecondFactor, SignIn
from crm.accounts.one_time import Safe
from crm.accounts.services.access import get_to_change
from crm.clock import now
from crm.db import db, transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor


def check_password(actor: Actor, password: str, *, address: str) -> Person:
    """Return the person whose password this is.

    Raises `TooManyAttempts`, or `Conflict` with field `current_password`.
    """
    person = queries.find_person(actor.id)
    if person is None:
        raise NotFound(actor.id)
    throttle.refuse_too_many(person.email, address)
    if not passwords.verify(person.password_hash, password):
        throttle.count_failure(person.email, address)
        raise Conflict("password_wrong", field="current_password")
    return person


def code_wrong() -> Conflict:
    """Return what is said to every code that does not open: wrong, old, used or another's."""
    return Conflict("code_wrong", field="code")


def spend_code(person: Person, typed: str, *, safe: Safe, address: str) -> bool:
    """Tell whether a person may use this code, which opens nothing afterwards.

    A wrong one counts: therefore inside a `transaction()` that ends well, with the person locked
    (`get_to_change`), so that of attempts at once each sees the failures before it.
    Raises `TooManyAttempts`.
    """
    throttle.refuse_too_many(person.email, address)
    digits = one_time.digits_of(typed)
    if len(digits) == one_time.CODE_LENGTH and _spend_of_app(person, digits, safe):
        return True
    if len(digits) == one_time.RECOVERY_LENGTH and _spend_recovery(person, digits):
        return True
    throttle.count_failure(person.email, address)
    audit.record(None, "code_refused", person)
    return False


def _spend_of_app(person: Person, digits: str, safe: Safe) -> bool:
    factor = queries.find_second_factor(person.id)
    secret = safe.opened(person.id, factor.sealed) if factor else None
    step = one_time.step_of(secret, digits) if secret else None
    if step is None:
        return False
    spent = (
        sa.update(SecondFactor)
        .where(SecondFactor.person_id == person.id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.id)
    )
    return db.session.scalar(spent) is not None


def _spend_recovery(person: Person, digits: str) -> bool:
    spent = (
        sa.delete(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id, RecoveryCode.code_hash == queries.hash_of(digits)
        )
        .returning(RecoveryCode.id)
    )
    if db.session.scalar(spent) is None:
        return False
    audit.record(person.id, "recovery_code_used", person)
    return True


def prove(
    actor: Actor, sign_in_id: UUID, *, password: str, code: str, safe: Safe, address: str
) -> None:
    """Note that a session has just been proved anew.

    Raises `TooManyAttempts`, or `Conflict` with field `current_password` or `code`.
    """
    check_password(actor, password, address=address)
    with transaction() as session:
        person = get_to_change(actor.id)
        is_right = queries.find_second_factor(actor.id) is None or spend_code(
            person, code, safe=safe, address=address
        )
        if is_right:
            throttle.forget_failures(person.email)
            session.execute(
                sa.update(SignIn).where(SignIn.id == sign_in_id).values(proved_at=now())
            )
    if not is_right:
        raise code_wrong()
