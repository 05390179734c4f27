"""Clear what nobody needs any more. What people wrote is none of it, drafts and edits included."""

from __future__ import annotations

from datetime import timedelta

from config import Settings
from crm.accounts import services as accounts
from crm.accounts import throttle
from crm.clock import now
from crm.mail import services as mail
from crm.reminders import services as reminders

# Nobody waits long for a database that takes one change at a time
_AT_ONCE = 500


def clear(settings: Settings) -> None:
    """Forget old sessions, attempts to sign in, mails that went and notifications that were read.

    Mails that wait or were refused stay, however old, and so does what was not read.
    """
    accounts.clear_sessions(accounts.Lifetime.of(settings))
    throttle.clear_failures()
    if not settings.clear_after_days:
        return
    before = now() - timedelta(days=settings.clear_after_days)
    for clear_some in (mail.clear_gone, reminders.clear_read):
        while clear_some(before, most=_AT_ONCE):
            pass
    reminders.clear_mornings(before.date())
