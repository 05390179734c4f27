"""Write the table of settings, read from `config.py`, between the markers in README.md."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

from config import ROOT, Settings, variable

README = ROOT / "README.md"
BEGIN = "<!-- settings: written by `make docs` from config.py -->"
END = "<!-- end of settings -->"


def _shown(value: object) -> str:
    match value:
        case "" | ():
            return "–"
        case bool():
            return f"`{int(value)}`"
        case Path():
            return f"`{value.relative_to(ROOT)}`"
        case _:
            return f"`{value}`"


def table() -> str:
    """Return the table, one line per setting."""
    lines = ["| Variable | Default | Meaning |", "|---|---|---|"]
    lines += [
        f"| `{variable(setting.name)}` | {_shown(setting.default)} | {setting.metadata['help']} |"
        for setting in fields(Settings)
    ]
    return "\n".join(lines)


def main() -> None:
    """Write the table, or with `--check` say whether it is current."""
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"README.md lacks the markers {BEGIN} and {END}")
    current = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    if "--check" not in sys.argv:
        README.write_text(current, encoding="utf-8")
    elif current != text:
        sys.exit("The settings table in README.md is not current; `make docs` writes it.")


if __name__ == "__main__":
    main()
