"""What the tests of documents share: a language to speak in; no database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.databases import application


@pytest.fixture(scope="session")
def speaking() -> Iterator[Flask]:
    """Give an application whose database nobody opens."""
    with application("sqlite://") as app:
        yield app


@pytest.fixture(autouse=True)
def _in_context(speaking: Flask) -> Iterator[None]:
    """Speak German unless the test chooses otherwise."""
    with speaking.app_context():
        yield
