"""Change one's own account; replace a forgotten password by the command."""

from __future__ import annotations

from crm import audit
from crm.accounts import passwords, queries
from crm.accounts.services.access import get_to_change, set_password
from crm.accounts.services.proving import check_password
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor

LANGUAGES = ("de", "en")


def change_password(actor: Actor, *, current: str, new: str, address: str) -> None:
    """Change one's own password; every session, link and calendar of the person ends.

    Raises `TooManyAttempts`, or `Conflict` with field `current_password` or `new_password`.
    """
    person = check_password(actor, current, address=address)
    passwords.check(new, email=person.email, name=person.name)
    password_hash = passwords.hash_password(new)
    with transaction():
        person = get_to_change(actor.id)
        set_password(person, password_hash, by=actor.id)
        audit.record(actor.id, "password_changed", person)


def replace_password(email: str, password: str) -> None:
    """Replace a forgotten password, for the command; whatever let the person in ends.

    Raises `NotFound`, or `Conflict` with field `new_password`.
    """
    known = queries.find_person_by_email(email)
    if known is None:
        raise NotFound(email)
    passwords.check(password, email=known.email, name=known.name)
    password_hash = passwords.hash_password(password)
    with transaction():
        person = get_to_change(known.id)
        set_password(person, password_hash, by=None)
        audit.record(None, "password_changed", person)


def change_language(actor: Actor, language: str) -> None:
    """Choose the language of one's own pages.

    Raises `Conflict` for a language there is no catalogue of.
    """
    if language not in LANGUAGES:
        raise Conflict("choice_unknown", field="language")
    with transaction():
        get_to_change(actor.id).language = language
