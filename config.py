"""Every setting of the product, read once from the environment.

`Settings.from_env()` is complete or refused by name: one message lists everything that is
missing or wrong. Nothing else in the project reads the environment.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
_LAST_PORT = 65_535
SMALLEST_SECRET = 32
_DIFFERENT_CHARACTERS = 10
_SECRETS = ("secret_key", "audit_key", "metrics_token")


class SettingsError(RuntimeError):
    """Raised at start-up, naming every setting that is missing or wrong."""


def _flag(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError("0 or 1")
    return text == "1"


def _positive(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("a whole number from 0")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number <= _LAST_PORT:
        raise ValueError(f"a port from 1 to {_LAST_PORT}")
    return number


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return read


def _hour(text: str) -> int:
    number = int(text)
    if not 0 <= number < _HOURS:
        raise ValueError("an hour from 0 to 23")
    return number


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("an address that begins with https://")
    return text.rstrip("/")


def _sender(text: str) -> str:
    if "@" not in parseaddr(text)[1] or not text.isprintable():
        raise ValueError("an e-mail address, with or without a name before it in <…>")
    return text.strip()


_HOURS = 24


def _setting(read: Callable[[str], Any], default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"read": read, "help": help_text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every value the application may depend on, with defaults that are safe in production.

    The environment variable of a setting is `CRM_` and its name in capitals; `PORT` has no prefix.
    """

    instance: Path = _setting(
        Path, ROOT / "instance", "Folder of the database, the secret key and the backups."
    )
    database_url: str = _setting(
        str, "", "Address of the database; empty: SQLite in the instance folder."
    )
    secret_key: str = _setting(
        str, "", "At least 32 characters; empty: read from `secret-key` in the instance folder."
    )
    audit_key: str = _setting(
        str,
        "",
        "Seals the audit log, at least 32 characters; empty: read from `audit-key` in the instance"
        " folder, at first made from the secret key.",
    )
    metrics_token: str = _setting(
        str,
        "",
        "Opens `/metrics` to others than this machine, at least 32 characters; empty: to nobody.",
    )
    log_format: str = _setting(
        _one_of("text", "json"),
        "",
        "json or text: one line per request and event; empty: json, in demo mode text with warnings"
        " only.",
    )
    agency_name: str = _setting(
        str,
        "",
        "Name of the agency, shown in the top bar and in reports, until it is set in the product.",
    )
    port: int = _setting(_port, 8000, "Port of the web server.")
    workers: int = _setting(_positive, 2, "Web processes.")
    trusted_hosts: tuple[str, ...] = _setting(
        _names, (), "Host names under which the product answers, comma-separated; empty: any."
    )
    trusted_proxies: int = _setting(
        _positive, 0, "Number of reverse proxies in front whose forwarding headers are believed."
    )
    demo: bool = _setting(_flag, False, "1: demo mode, on the loopback address only.")
    demo_password: str = _setting(
        str, "", "Password of the demo accounts; empty: random per instance."
    )
    smallest_group: int = _setting(
        _positive, 3, "Tables of the dashboard hide what is about fewer organisations than this."
    )
    session_idle_hours: int = _setting(_positive, 8, "A session ends after so many hours of rest.")
    session_days: int = _setting(_positive, 7, "A session ends after so many days in any case.")
    public_url: str = _setting(
        _address, "", "Address under which people open the product, for links in mails."
    )
    smtp_host: str = _setting(str, "", "Mail server; empty: no mails are sent, they wait.")
    smtp_port: int = _setting(
        _positive, 0, "Port of the mail server; 0: 587 with starttls, 465 with tls, 25 with none."
    )
    smtp_user: str = _setting(str, "", "Name at the mail server; empty: without signing in.")
    smtp_password: str = _setting(str, "", "Password at the mail server.")
    smtp_tls: str = _setting(
        _one_of("starttls", "tls", "none"), "starttls", "starttls, tls, or none on this machine."
    )
    mail_from: str = _setting(_sender, "", "Sender of the mails: `Name <name@example.org>`.")
    digest_hour: int = _setting(
        _hour, 7, "Hour of the morning mail on working days, in German time."
    )
    clear_after_days: int = _setting(
        _positive,
        90,
        "Mails that went and notifications that were read go after so many days; 0: they stay.",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Build the settings from environment variables.

        Raises `SettingsError` naming every variable whose value cannot be used.
        """
        values: dict[str, Any] = {}
        faults: list[str] = []
        for setting in fields(cls):
            name = variable(setting.name)
            if not (text := environ.get(name, "")):
                continue
            try:
                values[setting.name] = setting.metadata["read"](text)
            except ValueError as fault:
                faults.append(f"{name} ({fault})")
        faults += _weak(values)
        faults += _half_set(values)
        if faults:
            raise SettingsError(f"Please correct these settings: {', '.join(faults)}")
        return cls(**values)

    @property
    def sends_mails(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.smtp_host)

    @property
    def logs_json(self) -> bool:
        """Whether a line of the log is an object of JSON."""
        return self.log_format == "json" or (not self.log_format and not self.demo)

    @property
    def logs_less(self) -> bool:
        """Whether only warnings are logged: nobody asked to see what a demo does."""
        return self.demo and not self.log_format

    @property
    def secret_key_file(self) -> Path:
        """Where the secret key of this instance is kept, readable by its owner only."""
        return self.instance / "secret-key"

    @property
    def url(self) -> str:
        """Return the SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.instance.resolve() / 'crm.sqlite3'}"
        scheme, colon, rest = self.database_url.partition("://")
        return (
            f"postgresql+psycopg{colon}{rest}"
            if scheme.startswith("postgres")
            else self.database_url
        )

    def load_secret_key(self) -> str:
        """Return the secret key.

        Raises `SettingsError` when there is neither a setting nor a file.
        """
        if self.secret_key:
            return self.secret_key
        try:
            key = self.secret_key_file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            key = ""
        if len(key) < SMALLEST_SECRET:
            raise SettingsError(
                f"Set {variable('secret_key')}, or run `crm init`,"
                f" which makes {self.secret_key_file}."
            )
        if _is_simple(key):
            raise SettingsError(
                f"{self.secret_key_file} is too simple. Delete it, and run `crm upgrade`, which"
                " makes a random one."
            )
        return key

    def make_secret_key(self) -> None:
        """Write a random secret key into the instance folder unless one is there already."""
        self.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(self.secret_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))

    def for_flask(self) -> dict[str, Any]:
        """Return the mapping that Flask and its extensions read."""
        return {
            "CRM": self,
            "SECRET_KEY": self.load_secret_key(),
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "MAX_CONTENT_LENGTH": 4 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "MAX_FORM_PARTS": 5_000,
            "SESSION_COOKIE_NAME": "__Host-form",
            "SESSION_COOKIE_SECURE": True,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": timedelta(days=self.session_days),
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "de",
            "BABEL_DEFAULT_TIMEZONE": "Europe/Berlin",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "crm" / "translations"),
            "COMPRESS_MIMETYPES": [
                "text/html",
                "text/css",
                "text/javascript",
                "application/json",
                "image/svg+xml",
            ],
        }


def variable(name: str) -> str:
    """Return the environment variable of the setting called `name`."""
    return "PORT" if name == "port" else f"CRM_{name.upper()}"


def _is_simple(secret: str) -> bool:
    return len(set(secret)) < _DIFFERENT_CHARACTERS


def _weak(values: Mapping[str, Any]) -> list[str]:
    """Name the secrets that could be guessed, or that are known to whoever has another one."""
    faults = []
    for number, name in enumerate(_SECRETS):
        secret = values.get(name, "")
        if not secret:
            continue
        if len(secret) < SMALLEST_SECRET:
            faults.append(f"{variable(name)} (at least {SMALLEST_SECRET} characters)")
        elif _is_simple(secret):
            faults.append(f"{variable(name)} (too simple; take a random one)")
        elif secret in [values.get(other) for other in _SECRETS[:number]]:
            faults.append(f"{variable(name)} (must be one of its own)")
    return faults


def _half_set(values: Mapping[str, Any]) -> list[str]:
    """Name what is missing of the mail server: it is set whole, or not at all."""
    needs = {
        "smtp_host": ("mail_from", "public_url"),
        "smtp_user": ("smtp_host", "smtp_password"),
        "smtp_password": ("smtp_user",),
        "mail_from": ("smtp_host",),
    }
    wanted = dict.fromkeys(
        other
        for name in needs
        if values.get(name)
        for other in needs[name]
        if not values.get(other)
    )
    faults = [f"{variable(name)} (is missing)" for name in wanted]
    if values.get("smtp_password") and values.get("smtp_tls") == "none":
        faults.append(f"{variable('smtp_tls')} (a password is sent over starttls or tls only)")
    return faults
