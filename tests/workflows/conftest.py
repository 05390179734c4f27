"""Three people: who leads, who leaves, who takes over."""

from __future__ import annotations

import pytest

from crm.accounts.models import Person
from crm.policy import Role
from tests.make import Make


@pytest.fixture
def manager(make: Make) -> Person:
    """Give who leads the home team."""
    return make.person(Role.MANAGER, name="Mara Muster")


@pytest.fixture
def leaver(make: Make) -> Person:
    """Give who leaves."""
    return make.person(name="Lena Leicht")


@pytest.fixture
def heir(make: Make) -> Person:
    """Give who takes over."""
    return make.person(name="Hugo Heinrich")
