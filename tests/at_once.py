"""Several forms sent at the same moment, from several windows or by several people."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Barrier, Thread
from typing import Any

from tests.page import Browser, Pairs


def answers(
    browsers: Sequence[Browser], urls: str | Sequence[str], pairs: Sequence[Pairs]
) -> list[Any]:
    """Send forms at the same moment, one thread each, to one address or one each."""
    barrier, found = Barrier(len(pairs)), []
    addresses = [urls] * len(pairs) if isinstance(urls, str) else urls

    def go(browser: Browser, url: str, typed: Pairs) -> None:
        barrier.wait()
        found.append(browser.answer("POST", url, typed))

    threads = [
        Thread(target=go, args=pair) for pair in zip(browsers, addresses, pairs, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def twin(browser: Browser) -> Browser:
    """Return a second browser with the same cookies: a window that sends at the same time."""
    other = Browser(browser.app)
    other.client._cookies = dict(browser.client._cookies or {})
    return other
