"""The short reference people see instead of a key, such as B-4F7K2."""

from __future__ import annotations

from uuid import UUID

# Crockford's base 32: no I, L, O and U, which are misread
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 5


def short_reference(prefix: str, key: UUID) -> str:
    """Return `prefix` and five characters of the key's random end.

    A help for people who talk about a record, not unique: 32^5 values.
    """
    number = key.int
    digits = "".join(_DIGITS[(number >> (5 * place)) & 31] for place in reversed(range(LENGTH)))
    return f"{prefix}-{digits}"
