"""Validators of what reaches people: e-mail, telephone, website, postal code."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from crm.organisations.matching import phone_key

_SCHEMES = frozenset({"http", "https"})
_HOST = re.compile(r"^[^\s./@:]+(\.[^\s./@:]+)+$")
_POSTAL_CODE = re.compile(r"^(\d{5}|[A-Z]{1,3}-[0-9A-Z][0-9A-Z -]{2,9})$")

# Each is compared with every other organisation's
_MOST_PHONES = 20


def valid_email(_form: Any, field: Any) -> None:
    """Let an empty field or an e-mail address pass; nobody is asked whether it exists."""
    if not field.data:
        return
    try:
        # `.test` is kept for examples, which is what the demo needs
        validate_email(field.data, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValidationError(
            _("Bitte geben Sie eine E-Mail-Adresse wie name@example.org ein.")
        ) from error


def valid_phones(_form: Any, field: Any) -> None:
    """Let telephone numbers pass, one a line, each perhaps with a remark after it."""
    lines = [text for line in (field.data or "").splitlines() if (text := line.strip())]
    if len(lines) > _MOST_PHONES:
        raise ValidationError(
            _("Bitte geben Sie höchstens %(most)s Telefonnummern an.", most=_MOST_PHONES)
        )
    for line in lines:
        try:
            phone_key(line)
        except ValueError as error:
            raise ValidationError(
                _(
                    "„%(number)s“ ist keine Telefonnummer. Bitte schreiben Sie sie wie 0391 123456"
                    " oder +49 391 123456.",
                    number=line[:40],
                )
            ) from error


def full_website(text: str) -> str:
    """Return a website's address with its scheme, so that it can be a link."""
    return text if not text or "://" in text else f"https://{text}"


def valid_website(_form: Any, field: Any) -> None:
    """Let an empty field or an address on the web pass, with or without its scheme."""
    if not field.data:
        return
    try:
        parts = urlsplit(full_website(field.data))
        host = parts.hostname or ""
        known = parts.scheme in _SCHEMES and (parts.port is None or parts.port > 0)
    except ValueError:
        host, known = "", False
    if not known or not _HOST.match(host) or " " in field.data or "@" in parts.netloc:
        raise ValidationError(_("Bitte geben Sie eine Internetadresse wie www.example.org ein."))


def valid_postal_code(_form: Any, field: Any) -> None:
    """Let an empty field, five digits, or a foreign code with its country's letters pass."""
    if field.data and not _POSTAL_CODE.match(field.data):
        raise ValidationError(_("Fünf Ziffern wie 39104, im Ausland mit dem Land wie A-1010."))
