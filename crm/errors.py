"""What can go wrong in the domain: codes and values; `web/errors.py` finds the words."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """Parent of every failure that a person is told about."""


class NotAllowed(DomainError):  # noqa: N818 - the words of the domain, not of Python
    """The person sees the thing but may not do this to it."""


class NotFound(DomainError):  # noqa: N818
    """The thing does not exist, or the person may not know that it does."""


class Conflict(DomainError):  # noqa: N818
    """What was asked for does not fit what is stored.

    field   the form field it is about, or "" for the whole
    code    a short name of the reason; `web/errors.py` words it
    values  what the sentence needs
    """

    def __init__(self, code: str, *, field: str = "", values: Mapping[str, object] | None = None):
        super().__init__(code)
        self.field = field
        self.code = code
        self.values = dict(values or {})


class Stale(Conflict):
    """Somebody else saved the same record in the meantime."""

    def __init__(self) -> None:
        super().__init__("stale")
