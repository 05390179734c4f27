"""Windows of a real Chromium, watched: what the browser complains about fails the test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from crm.web.sessions import COOKIE

PHONE, DESKTOP = 390, 1280
HEIGHT = 900
Scheme = Literal["light", "dark"]

_AXE = Path(__file__).with_name("vendor") / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--headless",
    "--no-first-run",
    "--no-sandbox",
]
ARGUMENTS = tuple(_ARGUMENTS)
# Milliseconds, before a test fails that waits for something; a busy machine starts a server slowly
_PATIENCE = 30_000
expect.set_options(timeout=_PATIENCE)
# A page that answers a mistake of the person is no mistake of ours
_EXPECTED = range(400, 500)


def find_chromium() -> str | None:
    """Return the Chromium of this machine, or None."""
    names = (os.environ.get("CRM_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


class Windows:
    """The windows of one test, and what the browser complained about in them."""

    def __init__(self, browser: Browser, url: str):
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def open(
        self,
        token: str = "",
        *,
        width: int = DESKTOP,
        scheme: Scheme = "light",
        javascript: bool = True,
        forced_colors: bool = False,
    ) -> Page:
        """Open an empty window, of whom the session's token is; addresses may be paths."""
        context = self._browser.new_context(
            base_url=self._url,
            viewport={"width": width, "height": HEIGHT},
            color_scheme=scheme,
            forced_colors="active" if forced_colors else "none",
            java_script_enabled=javascript,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(_PATIENCE)
        self._contexts.append(context)
        if token:
            cookie = {
                "name": COOKIE,
                "value": token,
                "url": self._url.replace("http:", "https:"),
                "secure": True,
            }
            context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("response", self._on_response)
        return page

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or message.text.startswith("Failed to load resource"):
            return  # _on_response knows more about these
        self.faults.append(f"{message.location.get('url')}: {message.text}")

    def _on_response(self, response: Response) -> None:
        is_page = response.request.resource_type in {"document", "fetch", "xhr"}
        if response.status >= 400 and not (is_page and response.status in _EXPECTED):
            self.faults.append(f"{response.url}: {response.status}")


def axe(page: Page) -> list[str]:
    """Return what axe finds, one line per element."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    # Listing also what passed took three times as long
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": _RULES},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
