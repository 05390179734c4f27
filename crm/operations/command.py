"""What every command shares: the settings, failures in a sentence, passwords."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import IO, Concatenate, ParamSpec

import click
from sqlalchemy.exc import SQLAlchemyError

from config import Settings, SettingsError
from crm.errors import Conflict
from crm.operations import instance
from crm.operations.refusal import Refused

P = ParamSpec("P")

_SAID = {
    "name_missing": "Bitte geben Sie einen Namen an.",
    "name_refused": "Der Name enthält Steuerzeichen oder ist länger als 300 Zeichen.",
    "email_invalid": "Diese E-Mail-Adresse ist ungültig.",
    "email_taken": "Unter dieser E-Mail-Adresse gibt es schon eine Person.",
    "name_taken": "Diesen Namen gibt es schon.",
    "only_administrator": (
        "Das ist das einzige Konto, das diese Instanz verwaltet. Es bleibt deshalb offen."
    ),
    "password_common": "Dieses Passwort ist zu leicht zu erraten.",
    "password_long": "Das Passwort darf höchstens {longest} Zeichen haben.",
    "password_short": "Das Passwort braucht mindestens {shortest} Zeichen.",
    "successor_missing": "Bitte nennen Sie mit --to, wer die Arbeit übernimmt.",
    "successor_unknown": (
        "Diese Person kann nichts übernehmen: Sie muss im selben Träger arbeiten"
        " (Rolle officer oder manager) und jemand anderes sein."
    ),
    "team_missing": "Zu dieser Rolle gehört ein Team.",
}


class _Failure(click.ClickException):
    """A failure that is said in a sentence."""

    def show(self, file: IO[str] | None = None) -> None:
        """Say it, in the language of all the command says."""
        click.echo(f"Fehler: {self.format_message()}", file=file, err=file is None)


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Say failures in a sentence; a traceback is for faults of the program only."""
    try:
        yield
    except Conflict as conflict:
        sentence = _SAID.get(conflict.code)
        if sentence is None:
            raise
        raise _Failure(sentence.format(**conflict.values)) from conflict
    except (Refused, SettingsError) as refused:
        raise _Failure(str(refused)) from refused
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise _Failure(f"Die Datenbank meldet: {reason}") from error
    except OSError as error:
        raise _Failure(f"Das Betriebssystem meldet: {error}") from error


def with_settings(command: Callable[Concatenate[Settings, P], None]) -> Callable[P, None]:
    """Give a command the settings as its first argument, and word its failures."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with _plain_failures():
            command(Settings.from_env(), *args, **kwargs)

    return run


def ask_password(*, from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether we made it up."""
    if from_stdin:
        try:
            return sys.stdin.buffer.readline().decode().rstrip("\r\n"), False
        except UnicodeDecodeError as error:
            raise Refused("Das Passwort auf der Standardeingabe ist kein UTF-8.") from error
    typed = ""
    if sys.stdin.isatty():
        typed = click.prompt(
            "Passwort (leer: ein zufälliges)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt="Passwort wiederholen",
        )
    return (typed, False) if typed else (instance.random_password(), True)


def tell_password(email: str, password: str, *, is_random: bool) -> None:
    """Show a password that we made up; one that was typed is known."""
    if is_random:
        click.echo(f"Anmeldung: {email}")
        click.echo(f"Passwort:  {password}")
        click.echo("Es wird nur dieses eine Mal gezeigt; bitte nach der ersten Anmeldung ändern.")


def size_in_words(count: int) -> str:
    """Return a number of bytes as people read it."""
    unit, amount = ("MB", count / 1024**2) if count >= 1024**2 else ("KB", count / 1024)
    return f"{amount:.1f} {unit}".replace(".", ",")
