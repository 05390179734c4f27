"""Links to choose a password, by mail: for who is invited, and who has forgotten theirs.

A mail is written when it is sent (`crm/accounts/documents.py`); only then is its link made.
"""

from __future__ import annotations

from uuid import UUID

from crm import audit
from crm.accounts import services as accounts
from crm.accounts import throttle
from crm.accounts.models import Person, PersonState
from crm.db import transaction
from crm.mail.models import Reason
from crm.mail.services import queue_mail
from crm.policy import Actor
from crm.types import new_id


def invite(
    actor: Actor, invitation: accounts.Invitation, *, key: UUID, by_mail: bool
) -> tuple[Person, str]:
    """Invite a person; return them, and the token of a link to hand over when no mail goes.

    The same `key` again invites nobody anew. Raises `Conflict` with the field that does not fit.
    """
    with transaction():
        person, is_new = accounts.invite(actor, invitation, key=key)
        # Sent once more: the last link is the one to show, and of nobody who has a password
        is_shown = not by_mail and person.state is PersonState.INVITED
        return person, _hand_out(person, by_mail=by_mail) if is_new or is_shown else ""


def invite_again(actor: Actor, person_id: UUID, *, by_mail: bool) -> str:
    """Give somebody invited another link; return its token when no mail goes.

    Raises `NotFound` for who has left, `Conflict` for who has a password.
    """
    with transaction():
        return _hand_out(accounts.invite_again(actor, person_id), by_mail=by_mail)


def _hand_out(person: Person, *, by_mail: bool) -> str:
    if not by_mail:
        return accounts.make_link(person)
    queue_mail(to=person.email, reason=Reason.INVITATION, key=str(new_id()), person_id=person.id)
    return ""


def ask_for_password(email: str, *, address: str) -> None:
    """Let a mail wait with a link to another password, for whoever's address this is.

    Whose it is, is looked up when the mail is sent: here an unknown address costs the same as a
    known one. Raises `TooManyAttempts`, or `Conflict` for what is no address.
    """
    email = email.strip().lower()
    throttle.refuse_too_many(email, address)
    with transaction():
        throttle.count_failure(email, address)
        audit.tell(None, "password_asked", "sign_in")
        queue_mail(to=email, reason=Reason.PASSWORD, key=str(new_id()), text=email)
