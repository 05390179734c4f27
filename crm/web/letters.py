"""Mails as people read them: one outline, as plain text and as simple HTML without pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app

from crm.mail.services import Content
from crm.web.rendering import language


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing, what there is to know of it, and where it is found."""

    text: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Things of one kind under a heading."""

    title: str
    lines: Sequence[Line]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a mail says.

    lead   the sentences at the beginning
    why    why the reader gets it, and where that is changed
    """

    subject: str
    lead: str
    why: str
    sections: Sequence[Section] = ()


@contextmanager
def read_at(public_url: str) -> Iterator[None]:
    """Let addresses be those under which people open the product."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    with app.test_request_context(base_url=f"{public_url}/"):
        yield


def content_of(outline: Outline) -> Content:
    """Return an outline as a mail, in the language that is set."""
    # Not render_template: that would ask who is signed in
    template = current_app.jinja_env.get_template("layouts/letter.html")
    html = template.render(outline=outline, language=language())
    return Content(subject=outline.subject, text=_plain(outline), html=html)


def _plain(outline: Outline) -> str:
    parts = [outline.lead]
    for section in outline.sections:
        if section.title:
            parts += ["", section.title.upper()]
        for line in section.lines:
            parts.append("")
            parts.append(f"- {_one_line(line.text)}")
            parts += [f"  {part}" for part in (_one_line(line.detail), line.url) if part]
        if section.more:
            parts += ["", f"  {section.more}"]
    return "\n".join([*parts, "", "--", "Augenhöhe", outline.why, ""])


def _one_line(text: str) -> str:
    return " ".join(text.split())
