from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.policy import Role
from tests.make import PASSWORD, Make
from tests.page import Browser

NEW_PASSWORD = "Ein anderer Satz mit vielen Wörtern"


def test_a_person_signs_in_and_out(make: Make, browser: Browser) -> None:
    person = make.person(name="Mia Muster")

    page = browser.open("accounts.sign_in").submit(
        button="Anmelden", email=person.email, password=PASSWORD
    )
    assert page.url == "/"
    assert page.texts("#person-menu .strong") == ["Mia Muster"]

    page = page.submit(button="Abmelden")
    assert page.texts("h1") == ["Anmelden"]
    assert browser.open("accounts.show").texts("h1") == ["Anmelden"]


def test_the_address_may_be_written_in_capitals_and_with_blanks(
    make: Make, browser: Browser
) -> None:
    make.person(email="mia@example.org")

    page = browser.open("accounts.sign_in").submit(email=" MIA@Example.ORG ", password=PASSWORD)

    assert page.url == "/"


def test_who_has_no_role_starts_at_their_account(make: Make, browser: Browser) -> None:
    person = make.person(Role.NONE)

    page = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)

    assert page.texts("h1") == ["Mein Konto"]


def test_who_has_no_role_comes_back_to_their_account(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(Role.NONE))

    refused = person.open("visits.index")

    assert refused.status == HTTPStatus.FORBIDDEN
    assert refused.attributes(".brand", "href") == ["/account"]
    assert refused.follow("Zur Startseite").texts("h1") == ["Mein Konto"]


def test_who_is_signed_in_already_is_led_on(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())

    assert person.open("accounts.sign_in").url == "/"
    assert person.open("accounts.sign_in", next="/visits").url == "/visits"


def _refusal(browser: Browser, email: str, password: str) -> list[str]:
    page = browser.open("accounts.sign_in").submit(email=email, password=password)
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.attributes("#password", "value") in ([], [""])
    assert page.attributes("#email", "value") == [email]
    return page.texts(".error-summary li")


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(
    make: Make, browser: Browser
) -> None:
    make.person(email="mia@example.org")
    make.person(email="gone@example.org", deactivated_at=make.officer.created_at)
    make.person(email="invited@example.org", password_hash=None)

    sentences = [
        _refusal(browser, "mia@example.org", "falsch"),
        _refusal(browser, "nobody@example.org", PASSWORD),
        _refusal(browser, "gone@example.org", PASSWORD),
        _refusal(browser, "invited@example.org", PASSWORD),
        _refusal(browser, "invited@example.org", "nobody's password"),
    ]

    assert sentences == [["E-Mail oder Passwort stimmen nicht. Bitte prüfen Sie beides."]] * 5


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("email", "Bitte geben Sie Ihre E-Mail-Adresse ein."),
        ("password", "Bitte geben Sie Ihr Passwort ein."),
    ],
)
def test_what_is_missing_is_named(field: str, message: str, make: Make, browser: Browser) -> None:
    complete = {"email": make.person().email, "password": PASSWORD}

    page = browser.open("accounts.sign_in").submit(fields={**complete, field: ""})

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary a") == [message]
    assert page.texts(f"#{field}-error") == [message]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "ä" * 500, "' OR 1=1 --"], ids=ascii)
def test_odd_input_is_refused_with_a_sentence(text: str, make: Make, browser: Browser) -> None:
    token = browser.open("accounts.sign_in").token
    sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    data = [("csrf_token", token), ("email", sent), ("password", sent)]

    page = browser.post_bare("/sign-in", data)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary li")


def test_too_many_attempts_are_slowed_with_a_sentence(make: Make, browser: Browser) -> None:
    person = make.person()
    for _ in range(5):
        _refusal(browser, person.email, "falsch")

    page = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)

    assert page.status == HTTPStatus.TOO_MANY_REQUESTS
    [sentence] = page.texts(".error-summary li")
    assert sentence.startswith("Zu viele Versuche. Bitte warten Sie ")


def test_a_person_changes_their_password_and_other_browsers_are_signed_out(
    make: Make, browser: Browser
) -> None:
    person = make.person()
    here, there = browser.signed_in_as(person), browser.signed_in_as(person)

    page = here.open("accounts.password").submit(
        button="Passwort ändern", current_password=PASSWORD, new_password=NEW_PASSWORD
    )

    assert page.url == "/account"
    assert "Ihr Passwort ist geändert. Andere Geräte sind abgemeldet." in page.text
    assert there.open("accounts.show").texts("h1") == ["Anmelden"]
    assert here.open("accounts.show").texts("h1") == ["Mein Konto"]
    assert _refusal(there, person.email, PASSWORD)
    page = there.open("accounts.sign_in").submit(email=person.email, password=NEW_PASSWORD)
    assert page.status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("current", "new", "field", "message"),
    [
        ("falsch", NEW_PASSWORD, "current_password", "Das bisherige Passwort stimmt nicht."),
        (PASSWORD, "kurz", "new_password", "Das Passwort braucht mindestens 12 Zeichen."),
        (PASSWORD, "ä" * 129, "new_password", "Das Passwort darf höchstens 128 Zeichen haben."),
        (
            PASSWORD,
            "passwort1234",
            "new_password",
            "Dieses Passwort ist zu leicht zu erraten. Ein ganzer Satz ist besser.",
        ),
        ("", NEW_PASSWORD, "current_password", "Bitte geben Sie Ihr bisheriges Passwort ein."),
        (PASSWORD, "", "new_password", "Bitte geben Sie ein neues Passwort ein."),
    ],
)
def test_a_password_that_cannot_be_is_refused_beside_its_field(
    current: str, new: str, field: str, message: str, make: Make, browser: Browser
) -> None:
    person = make.person()
    signed_in = browser.signed_in_as(person)

    page = signed_in.open("accounts.password").submit(
        form="main form", current_password=current, new_password=new
    )

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error") == [message]
    assert page.texts(".error-summary a") == [message]
    browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)
    assert browser.open("accounts.show").status == HTTPStatus.OK


def test_guessing_the_old_password_is_slowed_too(make: Make, browser: Browser) -> None:
    signed_in = browser.signed_in_as(make.person())
    for _ in range(5):
        page = signed_in.open("accounts.password").submit(
            form="main form", current_password="falsch", new_password=NEW_PASSWORD
        )

    page = signed_in.open("accounts.password").submit(
        form="main form", current_password=PASSWORD, new_password=NEW_PASSWORD
    )

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(".error-summary li")[0].startswith("Zu viele Versuche.")


def test_the_language_is_switched_per_person(make: Make, browser: Browser) -> None:
    person = make.person()
    signed_in = browser.signed_in_as(person)
    other = browser.signed_in_as(make.person())
    assert signed_in.open("accounts.show").attributes("html", "lang") == ["de"]

    page = signed_in.open("accounts.show").submit(button="Sprache wählen", language="en")

    assert page.attributes("html", "lang") == ["en"]
    english = page.texts("h1")
    assert english != ["Mein Konto"]
    assert browser.signed_in_as(person).open("accounts.show").texts("h1") == english
    assert other.open("accounts.show").texts("h1") == ["Mein Konto"]


@pytest.mark.parametrize("language", ["", "fr", "de-AT", "nichts", "../en"])
def test_a_language_without_words_is_refused(language: str, make: Make, browser: Browser) -> None:
    signed_in = browser.signed_in_as(make.person())

    page = signed_in.post("/account/language", [("language", language)])

    assert page.status == HTTPStatus.CONFLICT
    assert signed_in.open("accounts.show").attributes("html", "lang") == ["de"]


@pytest.mark.parametrize("role", Role)
def test_the_account_says_who_one_is(role: Role, make: Make, browser: Browser) -> None:
    person = make.person(role, name="Mia Muster")

    page = browser.signed_in_as(person).open("accounts.show")

    assert "Mia Muster" in page.texts("main")[0]
    assert person.email in page.texts("main")[0]
