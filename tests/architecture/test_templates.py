"""Templates are named like their views, are all used, and mark nothing as safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import jinja2.meta
import pytest

from config import ROOT
from tests.security.doors import app_without_data

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
# What several views answer with, so that it cannot be named like one
SHARED = {"accounts/resume.html", "visits/conflict.html"}
SHARED_FOLDERS = {"components", "layouts", "errors"}

_app = app_without_data()
_NAMED = re.compile(r"""["']([\w/]+\.html)["']""")
_UNSAFE = re.compile(
    r"\|\s*safe\b|autoescape\s+false|<style\b|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=",
    re.IGNORECASE,
)


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _references(text: str) -> set[str]:
    """Return the templates that a template extends, includes or imports."""
    found = jinja2.meta.find_referenced_templates(_app.jinja_env.parse(text))
    return {name for name in found if name is not None}


def _used() -> Iterator[str]:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "crm").rglob("*.py"))
    waiting = {*_NAMED.findall(code), *(n for n in TEMPLATES if re.match(r"errors/\d+\.html", n))}
    seen: set[str] = set()
    while waiting:
        seen.add(name := waiting.pop())
        yield name
        waiting |= _references(_text(name)) - seen


def _misplaced(name: str) -> bool:
    """Tell whether a page's template is named like no view function."""
    folder, _, file = name.partition("/")
    if folder in SHARED_FOLDERS or not file or file.startswith("_") or name in SHARED:
        return False
    return f"{folder}.{Path(file).stem}" not in _app.view_functions


def test_every_template_is_used() -> None:
    assert sorted(set(TEMPLATES) - set(_used())) == []


def test_every_used_template_exists() -> None:
    assert sorted(set(_used()) - set(TEMPLATES)) == []


def test_pages_are_named_like_their_views() -> None:
    assert [name for name in TEMPLATES if _misplaced(name)] == []


def test_a_page_named_otherwise_is_seen() -> None:
    assert _misplaced("visits/overview.html")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_read(name: str) -> None:
    _app.jinja_env.parse(_text(name))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_holds_no_code_and_marks_nothing_as_safe(name: str) -> None:
    assert _UNSAFE.findall(_text(name)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ note|safe }}",
        "{{ note | safe }}",
        "{% autoescape false %}",
        '<p style="color: red">',
        "<style>",
        "<script>x()</script>",
        '<button onclick="x()">',
    ],
)
def test_what_is_not_allowed_is_seen(text: str) -> None:
    assert _UNSAFE.search(text)


def test_scripts_of_ours_are_allowed() -> None:
    assert not _UNSAFE.search("""<script type="module" src="{{ static_url('x.js') }}"></script>""")


def test_only_rendering_makes_markup() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "crm").rglob("*.py")
        if "Markup(" in path.read_text(encoding="utf-8")
    }

    assert makers <= {"crm/web/rendering.py"}
