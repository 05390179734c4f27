from __future__ import annotations

import pytest

from crm.accounts import passwords
from crm.errors import Conflict
from tests.make import PASSWORD


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * 11, "password_short"),
        ("", "password_short"),
        ("x" * 129, "password_long"),
        ("passwort1234", "password_common"),
        ("PASSWORT1234", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abababababab", "password_common"),
        ("augenhoehe123", "password_common"),
        ("mia.muster@example.org", "password_common"),
        ("muster2026!!", "password_common"),
    ],
)
def test_a_password_may_not_be_easy_to_guess(password: str, code: str) -> None:
    with pytest.raises(Conflict, match=code) as refused:
        passwords.check(password, email="mia.muster@example.org", name="Mia Muster")

    assert refused.value.field == "new_password"


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "korrekt pferd batterie",
        "ääächt öüß 12345",
        "👍🏽👍🏽👍🏽abcdefgh",
        "x" * 123 + "abcde",
    ],
)
def test_any_sentence_will_do(password: str) -> None:
    passwords.check(password, email="mia.muster@example.org", name="Mia Muster")


def test_a_hash_is_argon2id_as_promised_and_salted() -> None:
    first, second = passwords.hash_password(PASSWORD), passwords.hash_password(PASSWORD)

    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert first != second
    assert passwords.verify(first, PASSWORD)
    assert not passwords.verify(first, PASSWORD + "x")


@pytest.mark.parametrize("stored", [None, "", "plain", "$argon2id$broken"])
def test_what_is_no_hash_fits_no_password(stored: str | None) -> None:
    assert not passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, "nobody's password")


def test_every_character_of_a_long_password_counts() -> None:
    longest = "x" * (passwords.LONGEST - 1)
    stored = passwords.hash_password(f"{longest}a")

    assert passwords.verify(stored, f"{longest}a")
    assert not passwords.verify(stored, f"{longest}b")
    assert not passwords.verify(stored, f"{longest}ab")
