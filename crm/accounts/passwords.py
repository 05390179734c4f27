"""Passwords: argon2id, never more than two hashes at once, and what a password may not be."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm.errors import Conflict

SHORTEST = 12
LONGEST = 128
# OWASP Password Storage Cheat Sheet asks for at least m=19 MiB, t=2; we take more
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# 64 MiB each: more at once would let strangers fill the memory
_two_at_a_time = BoundedSemaphore(2)

_COMMON = frozenset({
    "123456789012", "1234567890123", "passwort1234", "password1234", "passwortpasswort",
    "passwordpassword", "qwertzuiopas", "qwertyuiopas", "qwertz123456", "qwerty123456",
    "aaaaaaaaaaaa", "111111111111", "000000000000", "abcdefghijkl", "abcd12345678",
    "willkommen123", "willkommen2026", "hallo1234567", "letmein12345", "administrator",
    "admin1234567", "geheim123456", "sommer2026!!", "winter2026!!",
})  # fmt: skip
_CONTEXT = ("augenhöhe", "augenhoehe", "wirtschaftsförderung", "wirtschaftsfoerderung")


def check(password: str, *, email: str, name: str) -> None:
    """Raise `Conflict` (field `new_password`) for a password that must not be used."""
    if len(password) < SHORTEST:
        raise Conflict("password_short", field="new_password", values={"shortest": SHORTEST})
    if len(password) > LONGEST:
        raise Conflict("password_long", field="new_password", values={"longest": LONGEST})
    plain = password.casefold()
    own = [email.casefold(), *name.casefold().split(), email.casefold().partition("@")[0]]
    remaining = plain
    for word in (*_CONTEXT, *(word for word in own if len(word) > 2)):  # noqa: PLR2004
        remaining = remaining.replace(word, "")
    if plain in _COMMON or len(set(plain)) < 5 or len(remaining) < 8:  # noqa: PLR2004
        raise Conflict("password_common", field="new_password")


def hash_password(password: str) -> str:
    """Return the hash to store."""
    with _two_at_a_time:
        return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Tell whether `password` is the one of this hash; takes as long when there is no hash."""
    with _two_at_a_time:
        try:
            _hasher.verify(password_hash or _nobody(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return bool(password_hash) and len(password) <= LONGEST


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")
