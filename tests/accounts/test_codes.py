"""Signing in with a second factor: nothing begins without a code, none opens twice."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from crm.accounts import throttle
from crm.accounts.models import HalfSignIn, Person, RecoveryCode, SecondFactor, SignIn, Throttle
from crm.accounts.services import make_link
from crm.audit import AuditEntry
from crm.clock import now
from crm.db import Base, db, transaction
from crm.web.sessions import COOKIE
from tests.accounts.factor import RECOVERY, half, is_in, with_factor
from tests.accounts.links import NEW_PASSWORD, choose
from tests.at_once import answers, twin
from tests.make import PASSWORD, Make
from tests.page import Browser, Page

REFUSED = "Dieser Code gilt nicht oder wurde schon benutzt. Bitte nehmen Sie den nächsten."


def _count(make: Make, kind: type[Base]) -> int:
    found = make.run(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(kind)))
    return found or 0


def _deeds(make: Make) -> list[str]:
    statement = sa.select(AuditEntry.action).order_by(AuditEntry.at, AuditEntry.id)
    return make.run(lambda: list(db.session.scalars(statement)))


def _refused(page: Page) -> bool:
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.attributes("#code", "value") == [""]
    return page.texts("#code-error") == [REFUSED]


def test_password_and_code_sign_in_and_lead_on(make: Make, browser: Browser) -> None:
    person, app = with_factor(make, name="Mia Muster")

    page = half(browser, person, next="/visits?q=a").submit(code=app.code())

    assert page.url == "/visits?q=a"
    assert page.texts("#person-menu .strong") == ["Mia Muster"]
    assert _count(make, HalfSignIn) == 0
    assert _deeds(make) == ["signed_in"]


@pytest.mark.parametrize("write", ["{0} {1}", " {0}{1} ", "{0}-{1}", "{0}\u00a0{1}"], ids=ascii)
def test_a_code_may_be_written_in_groups(write: str, make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    code = app.code()

    half(browser, person).submit(code=write.format(code[:3], code[3:]))

    assert is_in(browser)


def test_the_half_step_opens_nothing(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)

    half(browser, person)

    assert not is_in(browser)
    assert browser.client.get_cookie(COOKIE) is None
    assert _count(make, SignIn) == 0
    assert browser.answer("POST", "/sign-out").status_code == HTTPStatus.BAD_REQUEST
    assert _deeds(make) == []


def test_a_code_opens_once(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    code, other = app.code(), Browser(browser.app)
    half(browser, person).submit(code=code)

    refused = half(other, person).submit(code=code)

    assert _refused(refused)
    assert not is_in(other)
    refused.submit(code=app.code(1))
    assert is_in(other)
    # One from before the last is as used as that
    assert _refused(half(Browser(browser.app), person).submit(code=code))


def test_of_two_browsers_at_once_with_one_code_one_gets_in(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    browsers = [Browser(browser.app) for _ in range(4)]
    pages = [half(one, person) for one in browsers]
    pairs = [page.filled_in("main form", {"code": app.code()}) for page in pages]

    got = answers(browsers, "/sign-in/code", pairs)

    assert sorted(answer.status_code for answer in got) == [303, 422, 422, 422]
    assert _count(make, SignIn) == 1


def test_a_second_click_begins_no_second_session(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    pairs = [page.filled_in("main form", {"code": app.code(more)}) for more in (0, 1)]

    answers([browser, twin(browser)], "/sign-in/code", pairs)

    assert _count(make, SignIn) == 1
    assert _count(make, HalfSignIn) == 0


@pytest.mark.parametrize(
    "code",
    ["12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34 5x", "'; --", "0" * 24, "1234-5678"],
    ids=ascii,
)
def test_what_is_no_code_is_refused_as_a_wrong_one(code: str, make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)

    assert _refused(half(browser, person).submit(code=code))
    assert not is_in(browser)
    assert _deeds(make) == ["code_refused"]


def test_a_wrong_code_and_that_of_somebody_else_are_told_the_same(
    make: Make, browser: Browser
) -> None:
    person, app = with_factor(make)
    _other, their_app = with_factor(make)
    page = half(browser, person)

    assert _refused(page.submit(code=app.wrong_code()))
    assert _refused(page.submit(code=their_app.code()))
    assert not is_in(browser)


def test_a_megabyte_is_no_code(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)

    page = half(browser, person).submit(code="1" * 1_000_000)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#code-error") == ["Bitte kürzen Sie den Text auf 300 Zeichen."]


def test_without_a_code_one_is_asked_for_it(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)

    page = half(browser, person).submit(button="Anmelden")

    assert page.texts("#code-error") == ["Bitte geben Sie den Code ein."]
    assert _deeds(make) == []


def test_codes_are_not_guessed_even_by_who_knows_the_password(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    for _ in range(5):
        # The right password does not make up for wrong codes
        assert _refused(half(browser, person).submit(code=app.wrong_code()))

    page = browser.open("accounts.sign_in").submit(email=person.email, password=PASSWORD)

    assert page.status == HTTPStatus.TOO_MANY_REQUESTS


def test_a_half_step_is_slowed_as_a_password_is(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    for _ in range(5):
        page.submit(code=app.wrong_code())

    slowed = page.submit(code=app.code())

    assert slowed.status == HTTPStatus.TOO_MANY_REQUESTS
    assert slowed.texts(".error-summary li")[0].startswith("Zu viele Versuche.")
    assert not is_in(browser)


def _wait(time: timedelta) -> None:
    """Make every failure older, which is the same as waiting."""
    with transaction() as session:
        session.execute(sa.update(Throttle).values(last_failure_at=now() - time))


def test_guesses_at_once_are_counted_one_by_one(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    for _ in range(12):
        make.run(lambda: throttle.count_failure(person.email, ""))
    make.run(lambda: _wait(timedelta(minutes=3)))
    browsers = [twin(browser) for _ in range(12)]
    pairs = [page.filled_in("main form", {"code": app.wrong_code()}) for _ in browsers]

    got = answers(browsers, "/sign-in/code", pairs)

    assert sorted(answer.status_code for answer in got) == [422, *[429] * 11]


def test_who_got_it_right_has_nothing_against_them(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    for ahead in (0, 1):
        page = half(Browser(browser.app), person)
        for _ in range(4):
            page.submit(code=app.wrong_code())
        assert page.submit(code=app.code(ahead)).url == "/"


def test_a_recovery_code_opens_once(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)
    other = Browser(browser.app)

    half(browser, person).submit(code=RECOVERY)
    refused = half(other, person).submit(code=RECOVERY)

    assert is_in(browser)
    assert _refused(refused)
    assert _count(make, RecoveryCode) == 0
    assert _deeds(make) == ["recovery_code_used", "signed_in", "code_refused"]


def test_a_recovery_code_may_be_written_without_hyphens(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)

    half(browser, person).submit(code=RECOVERY.replace("-", " "))

    assert is_in(browser)


def test_of_two_browsers_with_one_recovery_code_one_gets_in(make: Make, browser: Browser) -> None:
    person, _app = with_factor(make)
    browsers = [Browser(browser.app) for _ in range(2)]
    pages = [half(one, person) for one in browsers]
    pairs = [page.filled_in("main form", {"code": RECOVERY}) for page in pages]

    got = answers(browsers, "/sign-in/code", pairs)

    assert sorted(answer.status_code for answer in got) == [303, 422]


def _expire(make: Make, _person: Person) -> None:
    [row] = make.run(lambda: db.session.scalars(sa.select(HalfSignIn)).all())
    make.change(row, created_at=now() - timedelta(minutes=10, seconds=1))


def _close(make: Make, person: Person) -> None:
    make.change(person, deactivated_at=now())


@pytest.mark.parametrize("end", [_expire, _close], ids=["too late", "closed meanwhile"])
def test_a_half_step_that_is_over_begins_anew(end: object, make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person, next="/visits")
    end(make, person)  # type: ignore[operator]

    over = page.submit(code=app.code())

    assert over.texts("h1") == ["Anmelden"]
    assert over.texts(".error-summary li")[0].startswith("Zwischen Passwort und Code")
    assert over.attributes("[name=next]", "value") == ["/visits"]
    assert browser.open("accounts.code").texts("h1") == ["Anmelden"]


def test_a_half_step_ends_with_the_password(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    there = browser.signed_in_as(person).open("accounts.password")
    there.submit(form="main form", current_password=PASSWORD, new_password=NEW_PASSWORD)

    assert page.submit(code=app.code()).texts("h1") == ["Anmelden"]
    assert not is_in(browser)


def test_a_half_step_is_not_replayed_after_signing_out(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    before, pairs = twin(browser), page.filled_in("main form", {"code": app.code(1)})
    page.submit(code=app.code()).submit(button="Abmelden")

    answer = before.answer("POST", "/sign-in/code", pairs)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not is_in(before)


def test_a_half_step_of_ones_own_making_is_none(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    cookie = browser.client.get_cookie("__Host-form")
    assert cookie is not None
    browser.client.set_cookie("__Host-form", f"{cookie.value[:-4]}AAAA", secure=True)

    answer = browser.answer(
        "POST", "/sign-in/code", page.filled_in("main form", {"code": app.code()})
    )

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert not is_in(browser)
    assert browser.open("accounts.code").texts("h1") == ["Anmelden"]


def test_signing_in_changes_the_form_token(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    page.submit(code=app.code())

    answer = browser.answer("POST", "/account/language", [("csrf_token", page.token)])

    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_what_was_typed_goes_through_password_and_code(make: Make, browser: Browser) -> None:
    person, app = with_factor(make)
    data = [("language", "en"), ("back", "/account")]

    expired = browser.post_bare("/account/language", data)
    asked = expired.submit(form="main form", email=person.email, password=PASSWORD)
    refused = asked.submit(form="main form", code=app.wrong_code())
    resumed = refused.submit(form="main form", code=app.code())
    account = resumed.submit(form="main form")

    assert account.url == "/account"
    assert account.attributes("html", "lang") == ["en"]


def test_a_link_for_a_forgotten_password_does_not_skip_the_code(
    make: Make, browser: Browser
) -> None:
    person, app = with_factor(make)
    token = make.run(lambda: make_link(person))

    chosen = choose(browser, f"/choose-password?token={token}")

    assert chosen.texts("h1") == ["Anmelden"]
    asked = chosen.submit(email=person.email, password=NEW_PASSWORD)
    assert asked.texts("h1") == ["Code eingeben"]
    assert asked.submit(code=app.code()).url == "/"


def test_a_new_password_by_a_link_does_not_make_wrong_codes_forgotten(
    make: Make, browser: Browser
) -> None:
    person, app = with_factor(make)
    page = half(browser, person)
    for _ in range(5):
        page.submit(code=app.wrong_code())
    choose(browser, "/choose-password?token=" + make.run(lambda: make_link(person)))

    slowed = browser.open("accounts.sign_in").submit(email=person.email, password=NEW_PASSWORD)

    assert slowed.status == HTTPStatus.TOO_MANY_REQUESTS


def test_another_secret_of_the_instance_opens_no_app_but_recovery_codes(
    make: Make, browser: Browser
) -> None:
    person = make.person()
    app = make.second_factor(person, sealed="gAAAAA-of-another-instance", recovery_codes=[RECOVERY])
    page = half(browser, person)

    assert _refused(page.submit(code=app.code()))
    assert page.submit(code=RECOVERY).url == "/"


def test_what_seals_a_secret_seals_it_for_one_person(make: Make, browser: Browser) -> None:
    _other, their_app = with_factor(make)
    [theirs] = make.run(lambda: db.session.scalars(sa.select(SecondFactor.sealed)).all())
    person = make.person()
    make.second_factor(person, sealed=theirs)

    assert _refused(half(browser, person).submit(code=their_app.code()))
    assert their_app.secret not in theirs
