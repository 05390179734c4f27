"""One-time codes: of an app (TOTP, RFC 6238), whose secret is kept sealed, and for recovery."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyotp import TOTP, random_base32
from pyotp.utils import strings_equal

from config import Settings
from crm.clock import now

SECONDS = 30
CODE_LENGTH = 6
# 80 bits: too many for guessing from a hash, whatever the machine
RECOVERY_LENGTH = 24
RECOVERY_CODES = 10
_GROUP = 4
# The clock of a telephone may be wrong by one step, before or behind
_STEPS = (-1, 0, 1)
_ISSUER = "Augenhöhe"


@dataclass(frozen=True, slots=True)
class Safe:
    """Seals secrets with a key made from the secret key of the instance."""

    _fernet: Fernet

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the safe of this instance."""
        made = HKDF(SHA256(), length=32, salt=None, info=b"augenhoehe second factor")
        key = made.derive(settings.load_secret_key().encode())
        return cls(Fernet(urlsafe_b64encode(key)))

    def seal(self, person_id: UUID, secret: str) -> str:
        """Return a secret of this person, to be read with this key alone."""
        return self._fernet.encrypt_at_time(
            f"{person_id} {secret}".encode(), int(now().timestamp())
        ).decode("ascii")

    def opened(
        self, person_id: UUID, sealed: str, *, within: timedelta | None = None
    ) -> str | None:
        """Return the secret, or None for what is another's, was not sealed here or long ago."""
        token = sealed.encode("utf-8", "replace")
        try:
            if within is None:
                text = self._fernet.decrypt(token)
            else:
                text = self._fernet.decrypt_at_time(
                    token, int(within.total_seconds()), int(now().timestamp())
                )
        except InvalidToken:
            return None
        owner, _blank, secret = text.decode().partition(" ")
        return secret if owner == str(person_id) else None


def new_secret() -> str:
    """Return the secret of another app: 160 bits, as letters and digits."""
    return random_base32()


def new_recovery_code() -> str:
    """Return a recovery code as people read it: digits in groups."""
    digits = "".join(secrets.choice("0123456789") for _ in range(RECOVERY_LENGTH))
    return in_groups(digits, "-")


def in_groups(text: str, between: str = " ") -> str:
    """Return a text in groups of four, to be typed."""
    return between.join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def digits_of(typed: str) -> str:
    """Return a code as it is compared: digits without blanks and hyphens; "" for what is none."""
    digits = "".join(typed.split()).replace("-", "")
    return digits if digits.isascii() and digits.isdigit() else ""


def step_of(secret: str, digits: str) -> int | None:
    """Return the 30 seconds, counted since 1970, whose code this is; None when it is none."""
    app, current = TOTP(secret), int(now().timestamp()) // SECONDS
    for step in (current + more for more in _STEPS):
        if strings_equal(app.generate_otp(step), digits):
            return step
    return None


def picture(secret: str, email: str) -> str:
    """Return the QR code for an app, as an address that holds the picture itself."""
    address = TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)
    return str(segno.make(address, error="m").svg_data_uri(scale=4, dark="#000", light="#fff"))
