"""What the next page tells a person: a sentence, perhaps with a way back and what comes next.

A notice rides in the signed cookie as a flash, so it holds addresses and short texts only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, cast

from flask import Flask, flash, get_flashed_messages
from flask_babel import gettext as _

LONGEST_NAME = 80
_NOTICE: Final = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The POST that takes back what was just done."""

    url: str
    fields: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One optional line to add to what was just done, sent by POST as `name`."""

    url: str
    name: str
    label: str
    button: str
    fields: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence at the top of the page.

    kind    info, success, warning or danger
    links   what one may want to do next: labels and addresses
    """

    text: str
    kind: str = "info"
    undo: Undo | None = None
    ask: Ask | None = None
    links: Sequence[tuple[str, str]] = ()


def notify(
    text: str,
    *,
    kind: str = "success",
    undo: Undo | None = None,
    ask: Ask | None = None,
    links: Sequence[tuple[str, str]] = (),
) -> None:
    """Tell the person on the next page what was done, and how to take it back."""
    notice = Notice(text=text, kind=kind, undo=undo, ask=ask, links=links)
    flash(json.dumps(asdict(notice), ensure_ascii=False), _NOTICE)


def notify_of_saving(*, changed: bool) -> None:
    """Say that something was saved, or that it was so already."""
    if changed:
        notify(_("Die Änderungen sind gesichert."))
    else:
        notify(_("Es hat sich nichts geändert."), kind="info")


def shortened(name: str) -> str:
    """Return a name as a notice shows it: at most 80 characters."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _notice(category: str, message: str) -> Notice:
    if category != _NOTICE:
        return Notice(text=message, kind=category)
    values: dict[str, Any] = json.loads(message)
    undo, ask = values.pop("undo"), values.pop("ask")
    return Notice(**values, undo=Undo(**undo) if undo else None, ask=Ask(**ask) if ask else None)


def _notices() -> list[Notice]:
    """Return what is to be told, plain flashes too; each is told once."""
    flashed = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    return [_notice(category, message) for category, message in flashed]


def init_app(app: Flask) -> None:
    """Give templates `notices()`; base.html shows them by templates/components/notice.html."""
    app.add_template_global(_notices, "notices")
