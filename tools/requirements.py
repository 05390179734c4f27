"""Say whether the pinned requirements fit what was asked for; works without a network.

Every requirement in a `.in` file has a pin that fits, and every pin has a hash.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^ ;\\]+)(?P<rest>.*(?:\n    --hash=.*)*)", re.MULTILINE
)


def _wanted(path: Path) -> Iterator[Requirement]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-")):
            yield Requirement(line)


def faults(stem: str) -> Iterator[str]:
    """Say everything that does not fit between `<stem>.in` and `<stem>.txt`."""
    pins: dict[str, set[str]] = {}
    for pin in PIN.finditer((ROOT / f"{stem}.txt").read_text(encoding="utf-8")):
        pins.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
        if "--hash=sha256:" not in pin["rest"]:
            yield f"{stem}.txt: {pin['name']} has no hash"
    for wanted in _wanted(ROOT / f"{stem}.in"):
        versions = pins.get(canonicalize_name(wanted.name), set())
        if not versions:
            yield f"{stem}.txt: {wanted.name} is missing"
        elif not all(wanted.specifier.contains(version, prereleases=True) for version in versions):
            yield f"{stem}.txt: {wanted} does not allow {', '.join(sorted(versions))}"


def main() -> None:
    """Look at both files."""
    found = [fault for stem in ("requirements", "requirements-dev") for fault in faults(stem)]
    for fault in found:
        print(fault)
    if found:
        sys.exit("The pinned requirements are not current; `make lock` pins them anew.")


if __name__ == "__main__":
    main()
