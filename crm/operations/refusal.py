"""What an administrator is told when something cannot be done."""

from __future__ import annotations


class Refused(RuntimeError):  # noqa: N818 - what happened, not what went wrong in the code
    """It cannot be done; the message says in German why, and what helps."""
