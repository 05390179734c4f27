"""An invitation: made by administrators, sent by mail or handed over, accepted once."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from crm.accounts import services
from crm.accounts.models import PasswordLink, Person
from crm.accounts.queries import hash_of
from crm.audit import history
from crm.clock import now
from crm.db import Base, db
from crm.mail.models import Mail, MailState
from crm.policy import Role
from tests.accounts.links import (
    NEW_PASSWORD,
    administrator,
    choose,
    invite,
    link_in,
    send,
    signs_in,
)
from tests.at_once import answers
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.post import Post
from tests.reminders.morning import html_of, text_of

NELE = "nele@kreis.example"
OVER = "Dieser Link gilt nicht mehr"


def _person(make: Make, email: str = NELE) -> Person:
    return make.run(
        lambda: db.session.scalars(sa.select(Person).where(Person.email == email)).one()
    )


def _links(make: Make) -> list[PasswordLink]:
    return make.run(lambda: list(db.session.scalars(sa.select(PasswordLink))))


def test_who_is_invited_chooses_a_password_and_signs_in(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    admin = administrator(make, browser)

    page = invite(admin, make, role="manager")
    [message] = send(app, post)
    assert page.texts("h1") == ["Nele Neu"]
    assert "Die Einladung ist unterwegs." in page.texts(".flash")[0]
    assert "eingeladen" in page.texts("#account")[0]
    assert message["To"] == NELE

    chosen = choose(browser, link_in(message))

    assert chosen.texts("h1") == ["Anmelden"]
    assert "Ihr Passwort gilt jetzt." in chosen.texts(".flash")[0]
    assert signs_in(browser, NELE)
    nele = _person(make)
    assert (nele.role, nele.team_id, nele.language) == (Role.MANAGER, make.home.id, "de")
    assert make.actor(nele).led_team_ids == {make.home.id}
    told = [event.action for event in make.run(lambda: history(nele.id))]
    assert told == ["invitation_accepted", "invited"]
    assert "aktiv" in admin.open("administration.person", person_id=nele.id).texts("#account")[0]


def test_the_mail_speaks_the_language_of_the_person_in_both_its_forms(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    invite(administrator(make, browser), make, language="en")

    [message] = send(app, post)

    assert message["Subject"] == "Your account at Augenhöhe"
    for text in (text_of(message), html_of(message)):
        assert "Hello Nele Neu" in text
        assert "valid for 7 days and only once" in text
        assert link_in(message) in text
    assert '<html lang="en">' in html_of(message)


def test_nothing_but_the_hash_of_256_random_bits_is_kept(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    invite(administrator(make, browser), make)
    assert _links(make) == []  # made when the mail is sent: none waits in the table of mails

    [message] = send(app, post)

    found = re.search(r"token=([\w-]{43})$", link_in(message))
    assert found
    token = found[1]
    [link] = _links(make)
    assert link.token_hash == hash_of(token)
    choose(browser, link_in(message))
    rows = make.run(
        lambda: str([db.session.execute(sa.select(t)).all() for t in Base.metadata.sorted_tables])
    )
    assert token not in rows


def test_an_invitation_lasts_seven_days(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    invite(administrator(make, browser), make)
    [message] = send(app, post)
    [link] = _links(make)
    assert timedelta(days=7) - timedelta(minutes=1) < link.expires_at - now() <= timedelta(days=7)
    assert browser.open_url(link_in(message)).texts("h1") == ["Passwort wählen"]

    make.change(link, expires_at=now())

    assert browser.open_url(link_in(message)).texts("h1") == [OVER]


def test_invited_again_the_former_link_ends_at_once(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    page = invite(administrator(make, browser), make)
    send(app, post)

    again = page.submit(button="Noch einmal einladen")

    assert "Die Einladung ist unterwegs." in again.texts(".flash")[0]
    assert browser.open_url(link_in(post.got[0])).texts("h1") == [OVER]
    send(app, post)
    assert choose(browser, link_in(post.got[1])).texts("h1") == ["Anmelden"]
    assert page.submit(button="Noch einmal einladen").status == HTTPStatus.CONFLICT


def test_without_a_mail_server_the_link_is_shown_once(make: Make, browser: Browser) -> None:
    page = invite(administrator(make, browser), make)
    [address] = page.attributes("#link-address", "value")

    again = page.browser.open_url(page.url)

    assert again.attributes("#link-address", "value") == []
    assert make.run(lambda: db.session.scalars(sa.select(Mail)).all()) == []
    assert choose(browser, address.removeprefix("https://localhost")).texts("h1") == ["Anmelden"]
    assert signs_in(browser, NELE)


def test_a_link_leads_to_the_public_address_whatever_the_browser_asked_for(
    make: Make, browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = Settings(public_url="https://crm.kreis.example")
    monkeypatch.setitem(app.config, "CRM", public)

    page = invite(administrator(make, browser), make)

    [address] = page.attributes("#link-address", "value")
    assert address.startswith("https://crm.kreis.example/choose-password?token=")


def test_a_withdrawn_invitation_lets_nobody_in(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    page = invite(administrator(make, browser), make)
    send(app, post)
    page.submit(button="Noch einmal einladen")

    after = page.follow("Einladung zurückziehen").submit(button="Einladung zurückziehen")

    assert "geschlossen" in after.texts("#account")[0]
    assert len(send(app, post)) == 1  # the second mail is not sent any more
    assert browser.open_url(link_in(post.got[0])).texts("h1") == [OVER]
    assert _links(make) == []


def test_a_second_click_invites_once(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    typed = {"name": "Nele Neu", "email": NELE, "team": str(make.home.id)}
    form = administrator(make, browser).open("administration.invite")

    pages = [form.submit(button="Einladen", fields=typed) for _ in range(2)]

    assert [page.texts("h1") for page in pages] == [["Nele Neu"]] * 2
    assert len(send(app, post)) == 1


def test_no_form_yields_a_link_to_the_account_of_somebody_else(
    make: Make, browser: Browser
) -> None:
    """An administrator would see through it what they must not."""
    person = make.person(email="mia@kreis.example")
    form = administrator(make, browser).open("administration.invite")
    typed = {"name": "Nele Neu", "email": NELE, "team": str(make.home.id)}
    sent = [pair for pair in form.filled_in("main form", typed) if pair[0] != "key"]

    page = form.browser.post(form.url, [*sent, ("key", str(person.id))])

    assert page.attributes("#link-address", "value") == []
    assert _links(make) == []
    assert signs_in(browser, person.email, PASSWORD)


def test_whatever_is_wrong_with_a_link_the_answer_is_one(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    paths = {}
    for name in ("used", "expired", "closed", "renewed"):
        person = make.person(password_hash=None, email=f"{name}@kreis.example")
        paths[name] = "/choose-password?token=" + make.run(
            lambda person=person: services.make_link(person)  # type: ignore[misc]
        )
        if name == "used":
            choose(browser, paths[name])
        if name == "expired":
            [link] = [link for link in _links(make) if link.person_id == person.id]
            make.change(link, expires_at=now() - timedelta(seconds=1))
        if name == "closed":
            make.change(person, deactivated_at=now())
        if name == "renewed":
            make.run(lambda person=person: services.make_link(person))  # type: ignore[misc]
    paths |= {"unknown": "/choose-password?token=" + "x" * 43, "none": "/choose-password"}
    paths |= {"odd": "/choose-password?token=%00%ff", "empty": "/choose-password?token="}

    pages = {name: Browser(app).open_url(path) for name, path in paths.items()}

    assert {page.status for page in pages.values()} == {HTTPStatus.NOT_FOUND}
    assert len({page.text for page in pages.values()}) == 1
    assert pages["unknown"].texts("h1") == [OVER]


def test_every_wrong_link_costs_the_same(browser: Browser, count_queries: list[str]) -> None:
    asked = []
    for token in ("x", "y" * 43, "ä", ""):
        count_queries.clear()
        browser.open_url(f"/choose-password?token={token}")
        asked.append(len(count_queries))

    assert len(set(asked)) == 1


def test_guessing_links_is_slowed(browser: Browser) -> None:
    statuses = [browser.open_url(f"/choose-password?token={number}").status for number in range(22)]

    assert statuses == [HTTPStatus.NOT_FOUND] * 20 + [HTTPStatus.TOO_MANY_REQUESTS] * 2


def test_a_password_that_cannot_be_is_told_and_the_link_stays(make: Make, browser: Browser) -> None:
    person = make.person(name="Mia Muster", password_hash=None, email=NELE)
    path = "/choose-password?token=" + make.run(lambda: services.make_link(person))

    refused = choose(browser, path, "muster2026!!")

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "zu leicht zu erraten" in refused.texts("#new_password-error")[0]
    assert choose(browser, path, "").status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.attributes("#email", "value") == [NELE]
    assert refused.submit(new_password=NEW_PASSWORD).texts("h1") == ["Anmelden"]


def test_of_two_at_once_one_uses_the_link(make: Make, browser: Browser, app: Flask) -> None:
    person = make.person(password_hash=None, email=NELE)
    path = "/choose-password?token=" + make.run(lambda: services.make_link(person))
    windows = [Browser(app), Browser(app)]
    pairs = [
        [("csrf_token", window.open_url(path).token), ("new_password", f"{NEW_PASSWORD} {number}")]
        for number, window in enumerate(windows)
    ]

    found = answers(windows, path, pairs)

    assert sorted(answer.status_code for answer in found) == [303, 404]
    told = [event.action for event in make.run(lambda: history(person.id))]
    assert told == ["invitation_accepted"]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (
            "email",
            {"email": "nele"},
            "Bitte geben Sie eine E-Mail-Adresse wie name@example.org ein.",
        ),
        ("email", {"email": ""}, "Bitte geben Sie die E-Mail-Adresse ein."),
        (
            "email",
            {"email": "TAKEN@kreis.example"},
            "Diese E-Mail-Adresse gehört schon zu einem Konto.",
        ),
        ("name", {"name": " "}, "Bitte geben Sie den Vor- und Nachnamen ein."),
        ("team", {"team": ""}, "Bitte wählen Sie ein Team."),
        ("role", {"role": "none"}, "Ohne Rolle und ohne Verwaltung kann niemand etwas tun."),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(
    field: str, typed: dict[str, str], message: str, make: Make, browser: Browser
) -> None:
    make.person(email="taken@kreis.example")

    page = invite(administrator(make, browser), make, **typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts(f"#{field}-error") == [message]
    assert page.attributes("#name", "value") == [typed.get("name", "Nele Neu").strip()]
    assert _links(make) == []


def test_nobody_leads_a_team_of_another_body(make: Make, browser: Browser) -> None:
    elsewhere = make.team()

    page = invite(administrator(make, browser), make, role="manager", leads=str(elsewhere.id))

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#leads-error") == ["Bitte wählen Sie nur Teams desselben Trägers."]


def test_a_mail_that_is_sent_leaves_nothing_of_the_link_behind(
    make: Make, browser: Browser, app: Flask, post: Post, settings: Settings
) -> None:
    invite(administrator(make, browser), make)
    send(app, post)

    [mail] = make.run(lambda: db.session.scalars(sa.select(Mail)).all())
    assert (mail.state, mail.text, mail.html) == (MailState.SENT, "", "")
