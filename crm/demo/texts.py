"""What people say in the demo: sentences from the data files, few of them twice."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.concerns.models import Flag
from crm.demo.dice import Dice
from crm.demo.plans import Place

DATA = Path(__file__).with_name("data")
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Something a company may tell on a topic, and what may come of it."""

    topic: str
    notes: tuple[str, ...]
    concern: str
    flag: Flag
    tasks: tuple[tuple[str, str], ...]
    trades: frozenset[str]
    kinds: frozenset[str]

    def fits(self, place: Place) -> bool:
        """Tell whether `place` may say this."""
        return place.kind.value in self.kinds and (not self.trades or place.trade in self.trades)


def _situation(entry: Mapping[str, Any]) -> Situation:
    return Situation(
        topic=entry["topic"],
        notes=tuple(entry["notes"]),
        concern=entry.get("concern", ""),
        flag=Flag(entry.get("flag", Flag.WATCH)),
        tasks=tuple((title, result) for title, result in entry.get("tasks", ())),
        trades=frozenset(entry.get("trades", ())),
        kinds=frozenset(entry.get("kinds", ("company", "founder"))),
    )


class Texts:
    """The sentences of the demo; of those that fit, the least used ones come first."""

    def __init__(self, rng: Dice):
        self._rng = rng
        self._used: Counter[str] = Counter()
        self._phrases = tomllib.loads((DATA / "phrases.toml").read_text(encoding="utf-8"))
        self._situations = [
            _situation(entry)
            for path in sorted((DATA / "notes").glob("*.toml"))
            for entry in tomllib.loads(path.read_text(encoding="utf-8"))["situation"]
        ]

    def situations(self, place: Place) -> Sequence[Situation]:
        """Return what `place` may say."""
        return [situation for situation in self._situations if situation.fits(place)]

    def note(self, situation: Situation) -> str:
        """Return one wording of a situation."""
        return self.filled(self._least_used(situation.notes))

    def phrase(self, kind: str) -> str:
        """Return a sentence of that kind."""
        return self.filled(self._least_used(self._phrases[kind]))

    def outcome(self, kind: str) -> str:
        """Return a reason of an outcome."""
        return self._least_used(self._phrases["outcomes"][kind])

    def pair(self, kind: str) -> tuple[str, str]:
        """Return a pair of sentences of that kind."""
        first, second = self._rng.choice(self._phrases[kind])
        return first, self.filled(second)

    def filled(self, text: str) -> str:
        """Return `text` with numbers in its gaps."""
        return _RANGE.sub(lambda gap: str(self._rng.randint(int(gap[1]), int(gap[2]))), text)

    def least_used(self, situations: Sequence[Situation]) -> Situation:
        """Return the situation told least often so far."""
        fewest = min(self._times(situation) for situation in situations)
        return self._rng.choice([s for s in situations if self._times(s) == fewest])

    def _times(self, situation: Situation) -> int:
        return sum(self._used[note] for note in situation.notes)

    def _least_used(self, texts: Sequence[str]) -> str:
        fewest = min(self._used[text] for text in texts)
        text = self._rng.choice([text for text in texts if self._used[text] == fewest])
        self._used[text] += 1
        return text
