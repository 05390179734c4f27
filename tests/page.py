"""A browser for tests, and the pages it opens, each of which is inspected.

`Browser.open` and `Page.submit` do what a person does: they follow links and send the form that
was rendered, with its token, its hidden fields and the chosen button. Whatever page comes back is
checked by `tests/inspection.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from crm.accounts.models import Person
from crm.accounts.services import begin_session
from crm.web.sessions import COOKIE
from tests.inspection import Outline, header_faults, inspect

HOST = "https://localhost"

# What a test may fill in: a text, a tick, or several of both
Value: TypeAlias = str | bool | Sequence[str]
Pairs: TypeAlias = list[tuple[str, str]]


class Browser:
    """One browser with cookies of its own."""

    def __init__(self, app: Flask):
        self.app = app
        self.client: Client = app.test_client()
        self._urls = app.url_map.bind("localhost", url_scheme="https")

    def signed_in_as(self, person: Person) -> Browser:
        """Return another browser in which `person` has just signed in."""
        browser = Browser(self.app)
        with self.app.app_context():
            token = begin_session(person.id)
        browser.client.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax")
        return browser

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the path of a page; `values` that are no part of it become its query."""
        return self._urls.build(endpoint, values)

    def open(self, endpoint: str, **values: Any) -> Page:
        """Open a page, following redirects."""
        return self.open_url(self.url(endpoint, **values))

    def open_url(self, url: str) -> Page:
        """Open the page of an address, following redirects."""
        return Page(self, self.answer("GET", url, follow_redirects=True))

    def download(self, endpoint: str, **values: Any) -> TestResponse:
        """Return the answer of something that is no page: a CSV, a PDF, JSON."""
        return self.answer("GET", self.url(endpoint, **values))

    def answer(
        self, method: str, url: str, data: Pairs | None = None, **arguments: Any
    ) -> TestResponse:
        """Send a bare request, without token; of the answer, only the headers are inspected."""
        answer = self.client.open(
            url,
            method=method,
            base_url=HOST,
            # Flask-WTF wants it over HTTPS, as every real browser sends it
            headers={"Referer": f"{HOST}/", **arguments.pop("headers", {})},
            data=MultiDict(data) if data is not None else None,
            buffered=True,
            **arguments,
        )
        for given in (*answer.history, answer):
            faults = header_faults(given.headers)
            assert not faults, f"{method} {given.request.path}:\n" + "\n".join(faults)
        return answer

    def post(self, url: str, data: Pairs, *, page: Page | None = None) -> Page:
        """Send what no rendered form would send, with the token of `page` (or of one's account)."""
        page = page or self.open("accounts.show")
        token = ("csrf_token", page.token)
        return self.post_bare(url, [*data, token])

    def post_bare(self, url: str, data: Pairs) -> Page:
        """Send a form without its token, as after the session has ended."""
        return Page(self, self.answer("POST", url, data, follow_redirects=True))


class Page:
    """A page that a browser got, inspected."""

    def __init__(self, browser: Browser, response: TestResponse):
        self.browser = browser
        self.status = response.status_code
        self.url = response.request.full_path.rstrip("?")
        self.text = response.get_data(as_text=True)
        assert response.mimetype == "text/html", (
            f"{self.url} is {response.mimetype}; use download()"
        )
        self.outline: Outline = inspect(self.text, response.headers, self.url)
        self.soup: BeautifulSoup = self.outline.soup

    @property
    def token(self) -> str:
        """Return a token of this page's forms."""
        found = self.soup.select_one("input[name=csrf_token]")
        assert found is not None, f"{self.url} has no form with a token"
        return str(found["value"])

    def texts(self, css: str) -> list[str]:
        """Return the text of every element that `css` selects, with single blanks."""
        return [" ".join(element.get_text(" ").split()) for element in self.soup.select(css)]

    def attributes(self, css: str, name: str) -> list[str]:
        """Return an attribute of every element that `css` selects and that has it."""
        return [str(element[name]) for element in self.soup.select(css) if element.has_attr(name)]

    @property
    def links(self) -> dict[str, str]:
        """Return the address of every link by its text, the first of each text."""
        found: dict[str, str] = {}
        for link in self.soup.select("a[href]"):
            found.setdefault(" ".join(link.get_text(" ").split()), str(link["href"]))
        return found

    def follow(self, text: str) -> Page:
        """Open the link of this text."""
        assert text in self.links, f"no link {text!r} on {self.url}, but {sorted(self.links)}"
        return self.browser.open_url(urljoin(self.url, self.links[text]))

    def submit(
        self,
        *,
        button: str | None = None,
        form: str | None = None,
        fields: Mapping[str, Value] | None = None,
        **more: Value,
    ) -> Page:
        """Fill in a form and send it as a browser would, following redirects.

        button  text (accessible name) of the button; without it, the form's first one
        form    CSS selector; without it, the form with that button, or the only one in `main`
        fields  values by name, where a name is no Python word; others as keyword arguments
        """
        element = self._form(form, button)
        pressed = self._button(element, button)
        pairs = self.filled_in(element, {**(fields or {}), **more})
        if pressed is not None and pressed.get("name"):
            pairs.append((str(pressed["name"]), str(pressed.get("value", ""))))
        presses = pressed if pressed is not None else element
        action = str(presses.get("formaction") or element.get("action") or self.url)
        method = str(presses.get("formmethod") or element.get("method") or "get").upper()
        url = urljoin(self.url, action)
        if method == "GET":
            return self.browser.open_url(_with_query(url, pairs))
        answer = self.browser.answer(method, url, pairs, follow_redirects=True)
        return Page(self.browser, answer)

    def filled_in(self, form: Tag | str, values: Mapping[str, Value]) -> Pairs:
        """Return what a browser sends for this form after `values` were put into its controls."""
        element = self._form(form, None) if isinstance(form, str) else form
        controls = [control for control in self._controls(element) if control.get("name")]
        names = {str(control["name"]) for control in controls}
        unknown = set(values) - names
        assert not unknown, f"the form on {self.url} has no {sorted(unknown)}, but {sorted(names)}"
        typed = {name: _texts(value) for name, value in values.items()}
        pairs: Pairs = []
        for control in controls:
            name = str(control["name"])
            pairs += [(name, text) for text in _sent(control, typed.get(name))]
        for name, value in values.items():
            sent = sorted(text for other, text in pairs if other == name)
            assert isinstance(value, bool) or sent == sorted(_texts(value)), (
                f"{name} cannot be set to {value!r} on {self.url}, only to {sent}"
            )
        return pairs

    def _form(self, css: str | None, button: str | None) -> Tag:
        if css is not None:
            found = list(self.soup.select(css))
        else:
            found = [f for f in self.soup.select("form") if button is None or self._has(f, button)]
            if len(found) > 1:
                found = [form for form in found if form.find_parent("main")]
        assert len(found) == 1, (
            f"{len(found)} forms {css or ''} {button or ''} on {self.url} ({self.status}); "
            f"buttons: {[self.outline.name_of(b) for b in self.outline.named('button')]}"
        )
        return found[0]

    def _has(self, form: Tag, button: str) -> bool:
        return any(self.outline.name_of(b) == button for b in self._buttons(form))

    def _button(self, form: Tag, text: str | None) -> Tag | None:
        buttons = self._buttons(form)
        if text is None:
            return buttons[0] if buttons else None
        return next(b for b in buttons if self.outline.name_of(b) == text)

    def _buttons(self, form: Tag) -> list[Tag]:
        return [
            control
            for control in self._controls(form)
            if (control.name == "button" and control.get("type", "submit") == "submit")
            or (control.name == "input" and control.get("type") == "submit")
        ]

    def _controls(self, form: Tag) -> list[Tag]:
        found: list[Tag] = form.find_all(["input", "select", "textarea", "button"])
        inside = [control for control in found if not control.get("form")]
        own = form.get("id")
        outside = [e for e in self.outline.live if own and e.get("form") == own]
        controls = [*inside, *outside]
        return [c for c in controls if not c.find_parent("template") and not _is_disabled(c)]


def _is_disabled(control: Tag) -> bool:
    return (
        control.has_attr("disabled") or control.find_parent("fieldset", disabled=True) is not None
    )


def _texts(value: Value) -> list[str]:
    if isinstance(value, bool):
        return ["on"] if value else []
    return [value] if isinstance(value, str) else list(value)


def _sent(control: Tag, typed: list[str] | None) -> list[str]:
    """Return the values that one control sends; takes what was typed out of `typed`."""
    kind = str(control.get("type", "text")) if control.name == "input" else control.name
    match kind:
        case "checkbox" | "radio":
            value = str(control.get("value", "on"))
            ticked = control.has_attr("checked") if typed is None else _ticks(typed, value, kind)
            return [value] if ticked else []
        case "select":
            options = control.select("option")
            chosen = [option for option in options if option.has_attr("selected")]
            if typed is not None:
                chosen = [option for option in options if _option_value(option) in typed]
            elif not chosen and not control.has_attr("multiple"):
                chosen = options[:1]
            return [_option_value(option) for option in chosen]
        case "button" | "submit" | "reset" | "image" | "file":
            return []
    if typed:
        return [typed.pop(0)]
    if kind == "textarea":
        return [control.get_text().removeprefix("\n")]
    return [str(control.get("value", ""))]


def _ticks(typed: list[str], value: str, kind: str) -> bool:
    return value in typed or (kind == "checkbox" and typed == ["on"])


def _option_value(option: Tag) -> str:
    return str(option.get("value", option.get_text().strip()))


def _with_query(url: str, pairs: Pairs) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode(pairs)).geturl()
