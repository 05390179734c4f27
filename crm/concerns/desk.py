"""What the pages of the board prepare: cards in words, worked out once for what many share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from crm.clock import today
from crm.concerns.listing import Card, Column
from crm.concerns.models import Concern, Flag, Stage
from crm.concerns.wording import clock, clock_kind, result, result_kind, standing
from crm.paging import Count
from crm.policy import Actor, Permission, may
from crm.topics import queries as topics
from crm.web.rendering import day, due, language
from crm.web.words import words


class CardInWords(NamedTuple):
    """A card as the template writes it.

    edge    what its coloured edge says: the flag, or how a closed one ended
    badge   a word in a coloured frame; without one, `clock` may say what is due
    order   where it stands in its column; empty for closed ones
    """

    key: str
    url: str
    stage: str
    title: str
    organisation: str
    owner: str
    topic: str
    flag: str
    is_urgent: bool
    edge: str
    badge: str
    badge_kind: str
    clock: str
    version: int
    order: str
    is_movable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInWords:
    """A column as the template writes it."""

    stage: Stage
    title: str
    count: Count
    cards: Iterable[CardInWords]
    after: str | None


def _where_it_is(card: Card) -> tuple[str, str]:
    """Return where it is, and by how many days an answer is late, if it is.

    That is which partner is to answer and until when, or since when it has been there.
    """
    if card.partner is None or card.answer_due_on is None:
        return standing(card.concern), ""
    if card.answer_due_on < today():
        return card.partner, _("Rückmeldung %(late)s", late=due(card.answer_due_on))
    due_on = day(card.answer_due_on)
    return _("%(partner)s · Rückmeldung bis %(day)s", partner=card.partner, day=due_on), ""


class Desk:
    """Puts cards into the reader's words; the words of topics and stages are looked up once."""

    def __init__(self, actor: Actor):
        self._actor = actor
        self._topics = {t.id: t.name(language()) for t in topics.topics(with_retired=True)}
        self._flags = {flag: str(label) for flag, label in words(Flag).items()}
        self.stages: Mapping[Stage, str] = {s: str(label) for s, label in words(Stage).items()}
        self._me = _("Ich")
        # Looked up once: a hundred cards would look it up a hundred times
        self._base = url_for("concerns.index")

    @property
    def topics(self) -> list[tuple[UUID, str]]:
        """Return the topics as choices of the filter."""
        return list(self._topics.items())

    def column(self, column: Column) -> ColumnInWords:
        """Return a column in words."""
        return ColumnInWords(
            stage=column.stage,
            title=self.stages[column.stage],
            count=column.count,
            cards=[self.card(card) for card in column.cards.items],
            after=column.cards.after,
        )

    def card(self, card: Card) -> CardInWords:
        """Return a card in words."""
        concern = card.concern
        said = self._closed(concern) if not concern.is_open else self._open(card)
        return CardInWords(
            key=str(concern.id),
            url=f"{self._base}/{concern.id}",
            stage=concern.stage.value,
            title=concern.title,
            organisation=card.organisation,
            owner=self._me if concern.owner_id == self._actor.id else card.owner,
            topic=self._topics[concern.topic_id],
            flag=self._flags[concern.flag],
            is_urgent=concern.is_open and concern.flag is Flag.URGENT,
            version=concern.version,
            is_movable=may(self._actor, Permission.CONCERN_MOVE, concern),
            **said,
        )

    def _open(self, card: Card) -> dict[str, Any]:
        concern = card.concern
        kind = clock_kind(concern)
        text = clock(concern)
        where, late = _where_it_is(card) if concern.stage is Stage.WITH_PARTNER else ("", "")
        # What presses most stands in the frame, the rest below it
        badge, rest = (text, late) if kind != "neutral" else (late, text)
        return {
            "edge": concern.flag.value,
            "badge": badge,
            "badge_kind": kind if kind != "neutral" else "danger",
            "clock": "\n".join(part for part in (where, rest) if part),
            "order": f"{concern.next_due_on.isoformat()} {concern.id}",
        }

    def _closed(self, concern: Concern) -> dict[str, Any]:
        kind = result_kind(concern)
        return {
            "edge": f"closed card--{kind}",
            "badge": result(concern),
            "badge_kind": kind,
            "clock": "",
            "order": "",
        }
