"""Steps that tests of invitations and forgotten passwords share."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask import Flask

from crm.accounts.models import Person
from crm.mail.services import WORK as MAIL
from crm.operations.worker import WORK
from crm.policy import Role
from tests.make import Make
from tests.page import Browser, Page
from tests.post import Post
from tests.reminders.morning import text_of

NEW_PASSWORD = "Ein anderer Satz mit vielen Wörtern"


def administrator(make: Make, browser: Browser) -> Browser:
    """Return the browser of somebody who runs the product and sees no content."""
    return browser.signed_in_as(make.person(Role.NONE, is_administrator=True, name="Anna Amt"))


def send(app: Flask, post: Post) -> list[EmailMessage]:
    """Let the worker send what waits; return what has arrived by now."""
    with app.app_context():
        WORK[MAIL](post.settings)
    return post.got


def link_in(message: EmailMessage) -> str:
    """Return the path of the link in a mail; it leads to the public address."""
    [link] = re.findall(r"https://crm\.kreis\.example(/\S+)", text_of(message))
    return str(link)


def invite(admin: Browser, make: Make, **typed: str) -> Page:
    """Fill in the form of an invitation and send it."""
    values = {"name": "Nele Neu", "email": "nele@kreis.example", "team": str(make.home.id)}
    return admin.open("administration.invite").submit(button="Einladen", fields=values | typed)


def choose(browser: Browser, path: str, password: str = NEW_PASSWORD) -> Page:
    """Open a link in a browser of its own, and choose a password there."""
    return Browser(browser.app).open_url(path).submit(new_password=password)


def signs_in(browser: Browser, email: str, password: str = NEW_PASSWORD) -> bool:
    """Tell whether these let somebody in."""
    page = Browser(browser.app).open("accounts.sign_in").submit(email=email, password=password)
    return page.texts("h1") != ["Anmelden"]


def forget(browser: Browser, person: Person | str) -> Page:
    """Ask for a link to another password on the sign-in page."""
    email = person if isinstance(person, str) else person.email
    page = Browser(browser.app).open("accounts.sign_in").follow("Passwort vergessen?")
    return page.submit(button="Link anfordern", email=email)
