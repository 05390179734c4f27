from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from config import Settings, SettingsError, variable

KEY = "k" * 32
RANDOM = "qZ7-hT2_mX9vB4nK8wE1rY6uP3sD5fGa"


def test_without_any_variable_there_are_safe_defaults() -> None:
    settings = Settings.from_env({})

    assert settings.url.startswith("sqlite:///")
    assert not settings.demo
    assert settings.trusted_proxies == 0


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(
            {"PORT": "http", "CRM_DEMO": "yes", "CRM_WORKERS": "-1", "CRM_SECRET_KEY": "short"}
        )

    for name in ("PORT", "CRM_DEMO", "CRM_WORKERS", "CRM_SECRET_KEY"):
        assert name in str(refused.value)


@pytest.mark.parametrize("name", ["CRM_SECRET_KEY", "CRM_AUDIT_KEY", "CRM_METRICS_TOKEN"])
@pytest.mark.parametrize("secret", [RANDOM[:31], "k" * 40, "abcabcabc" * 5])
def test_a_weak_secret_is_refused_by_name(name: str, secret: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        Settings.from_env({name: secret})

    assert secret not in str(refused.value)


def test_no_secret_opens_two_things() -> None:
    with pytest.raises(SettingsError, match="CRM_METRICS_TOKEN"):
        Settings.from_env({"CRM_SECRET_KEY": RANDOM, "CRM_METRICS_TOKEN": RANDOM})

    assert Settings.from_env({"CRM_METRICS_TOKEN": RANDOM}).metrics_token == RANDOM


def test_a_demo_is_quiet_unless_asked() -> None:
    demo = Settings(demo=True)
    production = Settings()
    asked = Settings(demo=True, log_format="json")

    assert (demo.logs_json, demo.logs_less) == (False, True)
    assert (production.logs_json, production.logs_less) == (True, False)
    assert (asked.logs_json, asked.logs_less) == (True, False)
    assert not Settings(log_format="text").logs_json


def test_values_are_read() -> None:
    settings = Settings.from_env(
        {
            "CRM_TRUSTED_HOSTS": "crm.example, www.example ,",
            "CRM_DEMO": "1",
            "PORT": "9000",
            "CRM_SESSION_IDLE_HOURS": "1",
        }
    )

    assert settings.trusted_hosts == ("crm.example", "www.example")
    assert settings.demo
    assert settings.port == 9000
    assert settings.session_idle_hours == 1


MAIL = {
    "CRM_SMTP_HOST": "mail.example.org",
    "CRM_MAIL_FROM": "Augenhöhe <crm@example.org>",
    "CRM_PUBLIC_URL": "https://crm.example.org/",
}


def test_a_mail_server_is_set_whole() -> None:
    settings = Settings.from_env(MAIL)

    assert settings.sends_mails
    assert settings.public_url == "https://crm.example.org"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"CRM_MAIL_FROM": ""}, "CRM_MAIL_FROM"),
        ({"CRM_PUBLIC_URL": ""}, "CRM_PUBLIC_URL"),
        ({"CRM_PUBLIC_URL": "crm.example.org"}, "CRM_PUBLIC_URL"),
        ({"CRM_SMTP_HOST": ""}, "CRM_SMTP_HOST"),
        ({"CRM_SMTP_USER": "crm"}, "CRM_SMTP_PASSWORD"),
        ({"CRM_SMTP_PASSWORD": "secret"}, "CRM_SMTP_USER"),
        ({"CRM_SMTP_TLS": "ssl"}, "CRM_SMTP_TLS"),
        (
            {"CRM_SMTP_USER": "a", "CRM_SMTP_PASSWORD": "b", "CRM_SMTP_TLS": "none"},
            "CRM_SMTP_TLS",
        ),
        ({"CRM_MAIL_FROM": "nobody"}, "CRM_MAIL_FROM"),
        ({"CRM_DIGEST_HOUR": "24"}, "CRM_DIGEST_HOUR"),
    ],
)
def test_half_a_mail_server_is_refused_by_name(changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_env(MAIL | changes)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgres_address_names_its_driver(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://user@host/crm?sslmode=require")

    assert settings.url == "postgresql+psycopg://user@host/crm?sslmode=require"


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "new")

    settings.make_secret_key()
    key = settings.load_secret_key()
    settings.make_secret_key()

    assert settings.load_secret_key() == key
    assert settings.secret_key_file.stat().st_mode & 0o777 == 0o600
    assert settings.instance.stat().st_mode & 0o777 == 0o700


def test_a_simple_key_in_the_file_is_refused(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path)
    settings.secret_key_file.write_text("a" * 40, encoding="ascii")

    with pytest.raises(SettingsError, match="too simple"):
        settings.load_secret_key()


@pytest.mark.parametrize("content", [None, "", "short\n"])
def test_without_a_key_the_start_is_refused_with_a_hint(
    content: str | None, tmp_path: Path
) -> None:
    settings = Settings(instance=tmp_path)
    if content is not None:
        settings.secret_key_file.write_text(content, encoding="ascii")

    with pytest.raises(SettingsError, match="CRM_SECRET_KEY"):
        settings.load_secret_key()


def test_every_setting_explains_itself() -> None:
    assert all(setting.metadata["help"].endswith(".") for setting in fields(Settings))
    assert variable("port") == "PORT"
    assert variable("demo") == "CRM_DEMO"


def test_cookies_are_safe() -> None:
    config = Settings(secret_key=KEY).for_flask()

    assert config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert config["SESSION_COOKIE_SECURE"] is config["SESSION_COOKIE_HTTPONLY"] is True
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"
