"""Read a PDF as others would: its text, its tags, and every string hidden in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pikepdf
import pypdf

_NO_TEXT = re.compile(r"[\s\u00ad\u200b\u2010-]+")


class Pdf:
    """One PDF."""

    def __init__(self, content: bytes):
        self._content = content
        self.pike = pikepdf.open(io.BytesIO(content))
        self.root = self.pike.Root
        self.info = {str(key): str(value) for key, value in self.pike.docinfo.items()}
        self.xmp = self.root.Metadata.read_bytes().decode()

    @cached_property
    def pages(self) -> list[str]:
        """Return the text of each page."""
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(self._content)).pages]

    @cached_property
    def text(self) -> str:
        """Return what is printed, without spaces, line ends and hyphens."""
        return squeezed("".join(self.pages))

    @cached_property
    def hidden(self) -> str:
        """Return every string and name of every object: metadata, bookmarks, tags, alternatives."""
        return squeezed(self.xmp + "".join(_strings(list(self.pike.objects))))

    def tags(self) -> list[str]:
        """Return the tags in reading order."""
        return list(_tags(self.root.StructTreeRoot.K))

    def claims(self) -> dict[str, str]:
        """Return the standards that the document says it follows."""
        found = re.findall(r"<pdf(\w+):(part|conformance)>(\w+)<", self.xmp)
        return {f"{standard} {key}": value for standard, key, value in found}

    def fonts(self) -> Iterator[tuple[str, bool]]:
        """Yield each font with whether its file is embedded."""
        for each in self.pike.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
                yield str(each.FontName), any(f"/FontFile{n}" in each for n in ("", 2, 3))


def squeezed(text: str) -> str:
    """Return `text` without spaces, line ends and hyphens."""
    return _NO_TEXT.sub("", text)


def _strings(value: Any) -> Iterator[str]:
    match value:
        case pikepdf.Dictionary() | pikepdf.Stream():
            for key, member in value.items():
                yield str(key)
                if not getattr(member, "is_indirect", False):
                    yield from _strings(member)
        case list() | pikepdf.Array():
            for member in value:
                if isinstance(value, list) or not getattr(member, "is_indirect", False):
                    yield from _strings(member)
        case pikepdf.String() | pikepdf.Name():
            yield str(value)


def _tags(value: Any) -> Iterator[str]:
    match value:
        case pikepdf.Array():
            for member in value:
                yield from _tags(member)
        case pikepdf.Dictionary():
            if "/S" in value:
                yield str(value.S).lstrip("/")
            if "/K" in value:
                yield from _tags(value.K)
