"""The catalogues of texts: `update` collects anew, `check` says what is not current or complete.

The texts in the code are German; English has to be complete.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "crm" / "translations"
TEMPLATE = TRANSLATIONS / "messages.pot"
ENGLISH = "en"
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
AS_PEOPLE_READ = ["--width=100", "--sort-output"]


def _pybabel(*arguments: str) -> None:
    with chdir(ROOT):  # so that the catalogues name files by their path in the project
        CommandLineInterface().run(["pybabel", "--quiet", *arguments])  # type: ignore[no-untyped-call]


def _read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _extract(target: Path) -> None:
    _pybabel(
        "extract",
        "--mapping-file=pyproject.toml",
        *(f"--keywords={keyword}" for keyword in KEYWORDS),
        "--add-location=file",
        "--project=Augenhöhe",
        "--version=",
        "--header-comment=# Die Texte von Augenhöhe; gesammelt mit `make i18n`.",
        "--add-comments=Für die Übersetzung:",
        *AS_PEOPLE_READ,
        f"--output-file={target}",
        ".",
    )


def _languages() -> list[tuple[str, Path]]:
    return sorted(
        (path.parent.parent.name, path) for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")
    )


def update() -> None:
    """Collect the texts, carry them into every language, and compile."""
    TRANSLATIONS.mkdir(exist_ok=True)
    _extract(TEMPLATE)
    if ENGLISH not in dict(_languages()):
        _pybabel(
            "init",
            f"--input-file={TEMPLATE}",
            f"--output-dir={TRANSLATIONS}",
            f"--locale={ENGLISH}",
        )
    for language, path in _languages():
        _pybabel(
            "update",
            f"--input-file={TEMPLATE}",
            f"--output-file={path}",
            f"--locale={language}",
            "--no-fuzzy-matching",
            "--ignore-obsolete",
            "--ignore-pot-creation-date",
            *(option for option in AS_PEOPLE_READ if option.startswith("--width")),
        )
    compile_all()


def compile_all() -> None:
    """Compile every language for the running product."""
    for language, path in _languages():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(path, language))


def _identities(catalog: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(message.context, _forms(message.id)) for message in catalog if message.id}


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _faults_of(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "is a guess (fuzzy)"
    if not all(_forms(message.string or "")):
        yield "has no translation"
    elif errors := list(message.check()):
        yield f"does not fit: {errors[0]}"


def faults() -> Iterator[str]:
    """Say everything that is not current, complete or fitting."""
    with tempfile.TemporaryDirectory() as folder:
        fresh_path = Path(folder) / "messages.pot"
        _extract(fresh_path)
        fresh = _identities(_read(fresh_path))
    known = _identities(_read(TEMPLATE)) if TEMPLATE.exists() else set()
    for _, forms in sorted(fresh - known, key=str):
        yield f"messages.pot lacks {forms[0]!r}"
    for _, forms in sorted(known - fresh, key=str):
        yield f"messages.pot still has {forms[0]!r}"
    if ENGLISH not in dict(_languages()):
        yield "there is no English catalogue"
    for language, path in _languages():
        catalog = _read(path, language)
        for _, forms in sorted(fresh - _identities(catalog), key=str):
            yield f"{language} lacks {forms[0]!r}"
        for message in catalog:
            if message.id:
                yield from (
                    f"{language}: {_forms(message.id)[0]!r} {fault}"
                    for fault in _faults_of(message)
                )


def main() -> None:
    """Run one of the three commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["update", "compile", "check"])
    match parser.parse_args().command:
        case "update":
            update()
        case "compile":
            compile_all()
        case _:
            found = list(faults())
            for fault in found:
                print(fault)
            if found:
                sys.exit(f"{len(found)} faults in the catalogues; `make i18n` collects the texts.")


if __name__ == "__main__":
    main()
