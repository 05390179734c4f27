"""A browser's side of the line, one connection kept open, nothing but the standard library."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from crm.web.sessions import COOKIE

Pairs = list[tuple[str, str]]
# Longer than any page may take, shorter than anybody waits
_PATIENCE = 20.0
# Instead of a status: hung up, or too late
NO_ANSWER = 0
_ENCODINGS = "gzip, deflate, br, zstd"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `first_byte` and `whole` in milliseconds, the body as sent."""

    status: int
    location: str
    body: bytes
    first_byte: float
    whole: float


class Client:
    """One signed-in person; without a token, a stranger."""

    def __init__(self, port: int, token: str = ""):
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self._cookies = {COOKIE: token} if token else {}

    def get(self, path: str, *, plain: bool = False) -> Answer:
        """Open an address; `plain` asks for the body as text."""
        return self._ask("GET", path, {} if plain else {"Accept-Encoding": _ENCODINGS})

    def post(self, path: str, pairs: Pairs) -> Answer:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, headers, urlencode(pairs).encode())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if cookies:
            headers = {**headers, "Cookie": cookies}
        started = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            # CSV comes in pieces: the first one counts
            first = response.read(1)
            first_byte = (time.perf_counter() - started) * 1000
            rest = response.read()
        except (OSError, HTTPException):
            self._connection.close()
            return Answer(NO_ANSWER, "", b"", 0, 0)
        whole = (time.perf_counter() - started) * 1000
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        location = response.headers.get("Location", "")
        return Answer(response.status, location, first + rest, first_byte, whole)


class Page(HTMLParser):
    """The links, files and main form of a page."""

    def __init__(self, answer: Answer):
        super().__init__()
        self.links: list[str] = []
        self.files: list[str] = []
        # (name, value) as a browser would send the largest form, without its buttons
        self.form: Pairs = []
        self._forms: list[Pairs] = []
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._textarea = ""
        self._text = ""
        self._templates = 0
        self.feed(answer.body.decode())
        self.form = max(self._forms, key=len, default=[])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag brings along."""
        found = {name: value or "" for name, value in attrs}
        match tag:
            case "a" if "href" in found:
                self.links.append(found["href"])
            case "link" if found.get("rel") in {"stylesheet", "icon", "preload", "modulepreload"}:
                self.files.append(found["href"])
            case "script" | "img" if "src" in found:
                self.files.append(found["src"])
            case "template":
                self._templates += 1
            case "form":
                self._forms.append([])
        if not self._templates:
            self._control(tag, found)

    def handle_endtag(self, tag: str) -> None:
        """Note what a select or a textarea holds."""
        match tag:
            case "template":
                self._templates -= 1
            case "select" if self._select:
                chosen = [value for value, selected in self._options if selected]
                self._put(self._select, (chosen or [v for v, _ in self._options] or [""])[0])
                self._select = ""
            case "textarea" if self._textarea:
                self._put(self._textarea, self._text.removeprefix("\n"))
                self._textarea = ""

    def handle_data(self, data: str) -> None:
        """Collect the text of a textarea."""
        if self._textarea:
            self._text += data

    def _control(self, tag: str, found: dict[str, str]) -> None:
        name = found.get("name", "")
        match tag:
            case "input" if name and found.get("type") not in {"submit", "button"}:
                is_choice = found.get("type") in {"checkbox", "radio"}
                if not is_choice or "checked" in found:
                    self._put(name, found.get("value", "on" if is_choice else ""))
            case "select" if name:
                self._select, self._options = name, []
            case "option" if self._select:
                self._options.append((found.get("value", ""), "selected" in found))
            case "textarea" if name:
                self._textarea, self._text = name, ""

    def _put(self, name: str, value: str) -> None:
        if self._forms:
            self._forms[-1].append((name, value))
