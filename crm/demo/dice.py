"""Chance from a fixed seed."""

from __future__ import annotations

from random import Random


class Dice(Random):
    """A random generator that can be asked whether something happens."""

    def happens(self, chance: float) -> bool:
        """Return True in so many of one cases."""
        return self.random() < chance
