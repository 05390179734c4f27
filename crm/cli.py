"""The `crm` command: what an administrator types. It words and asks; `crm/operations` does."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import click

from config import Settings
from crm.accounts import queries, services
from crm.audit import proof
from crm.operations import (
    backup,
    database,
    demo,
    doctor,
    instance,
    restore,
    server,
    upgrade,
    worker,
)
from crm.operations.audit_log import audit_words
from crm.operations.command import ask_password, size_in_words, tell_password, with_settings
from crm.operations.finding import Level
from crm.operations.leaving import let_go
from crm.operations.refusal import Refused
from crm.policy import Role
from crm.workflows.models import Kind

_ROLES = [role.value for role in Role]


def main() -> None:
    """Run the command; files it makes are for its user only."""
    os.umask(0o077)
    crm()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="augenhoehe", message="Augenhöhe %(version)s")
def crm() -> None:
    """Augenhöhe einrichten, betreiben, sichern."""


@crm.command()
@click.option("--email", prompt="E-Mail der ersten Person", help="E-Mail der ersten Person.")
@click.option("--name", prompt="Vor- und Nachname", help="Vor- und Nachname.")
@click.option("--body", prompt="Träger", help="Name des Trägers.")
@click.option("--team", prompt="Team", help="Name des ersten Teams.")
@click.option(
    "--land",
    type=click.Choice(services.LAENDER, case_sensitive=False),
    prompt="Land",
    help="Land des Trägers, für die Feiertage.",
)
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    default=Role.NONE.value,
    show_default=True,
    help="Rolle im Team; none: verwaltet nur.",
)
@click.option("--password-stdin", is_flag=True, help="Passwort von der Standardeingabe lesen.")
@with_settings
def init(  # noqa: PLR0913 - as many as there are options
    settings: Settings,
    *,
    email: str,
    name: str,
    body: str,
    team: str,
    land: str,
    role: str,
    password_stdin: bool,
) -> None:
    """Eine Instanz mit der ersten Person einrichten."""
    upgrade.upgrade(settings)
    if database.state(settings)[1]:
        raise Refused("Diese Instanz ist schon eingerichtet; weitere Personen: `crm user add`.")
    password, is_random = ask_password(from_stdin=password_stdin)
    first = instance.NewPerson(
        email=email, name=name, password=password, role=Role(role), is_administrator=True
    )
    with instance.opened(settings):
        instance.set_up(first, body=body, team=team, land=land)
    click.echo(f"Die Instanz ist eingerichtet: {settings.instance.resolve()}")
    tell_password(email, password, is_random=is_random)


@crm.group()
def user() -> None:
    """Personen, die sich anmelden."""


@user.command("add")
@click.option("--email", required=True, help="E-Mail-Adresse, zugleich Anmeldename.")
@click.option("--name", required=True, help="Vor- und Nachname.")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="Rolle im Team.")
@click.option("--team", help="Name des Teams; ohne Rolle entbehrlich.")
@click.option("--body", help="Träger, wenn mehrere ein Team dieses Namens haben.")
@click.option(
    "--leads",
    multiple=True,
    metavar="TEAM",
    help="Weiteres Team, das die Person leitet (nur mit --role manager); mehrmals möglich.",
)
@click.option("--administrator", is_flag=True, help="Verwaltet außerdem die Instanz.")
@click.option("--password-stdin", is_flag=True, help="Passwort von der Standardeingabe lesen.")
@with_settings
def add_user(  # noqa: PLR0913
    settings: Settings,
    *,
    email: str,
    name: str,
    role: str,
    team: str | None,
    body: str | None,
    leads: tuple[str, ...],
    administrator: bool,
    password_stdin: bool,
) -> None:
    """Eine Person anlegen."""
    _refuse_old(settings)
    if leads and role != Role.MANAGER:
        raise Refused("Teams leiten (--leads) kann nur, wer die Rolle manager hat.")
    password, is_random = ask_password(from_stdin=password_stdin)
    with instance.opened(settings):
        body_id = None
        if body is not None:
            found = queries.find_body(body)
            if found is None:
                raise Refused(f"Den Träger „{body}“ gibt es nicht.")
            body_id = found.id
        team_id = _team(team, body_id) if team else None
        services.add_person(
            email=email,
            name=name,
            password=password,
            role=Role(role),
            team_id=team_id,
            is_administrator=administrator,
            leads=tuple(_team(name, body_id) for name in leads),
        )
    click.echo(f"{name} ist angelegt.")
    tell_password(email, password, is_random=is_random)


def _team(name: str, body_id: UUID | None) -> UUID:
    """Return the key of the team of this name; refuse to guess."""
    found = queries.teams_named(name, body_id=body_id)
    if not found:
        raise Refused(f"Das Team „{name}“ gibt es nicht; `crm team add` legt es an.")
    if len(found) > 1:
        bodies = ", ".join(sorted(f"„{team.body.name}“" for team in found))
        raise Refused(
            f"Das Team „{name}“ gibt es bei mehreren Trägern: {bodies}. Bitte nennen Sie einen"
            " mit --body."
        )
    return found[0].id


@user.command("password")
@click.option("--email", required=True, help="E-Mail-Adresse der Person.")
@click.option("--password-stdin", is_flag=True, help="Passwort von der Standardeingabe lesen.")
@with_settings
def set_password(settings: Settings, *, email: str, password_stdin: bool) -> None:
    """Ein vergessenes Passwort ersetzen; die Person ist danach überall abgemeldet."""
    _refuse_old(settings)
    password, is_random = ask_password(from_stdin=password_stdin)
    with instance.opened(settings):
        if queries.find_person_by_email(email) is None:
            raise Refused(f"Eine Person mit der Adresse „{email}“ gibt es nicht.")
        services.replace_password(email, password)
    click.echo(f"Das Passwort von {email} ist ersetzt.")
    tell_password(email, password, is_random=is_random)


@user.command("remove-second-factor")
@click.option("--email", required=True, help="E-Mail-Adresse der Person.")
@with_settings
def remove_second_factor(settings: Settings, *, email: str) -> None:
    """Einen verlorenen zweiten Faktor entfernen; die Person ist danach überall abgemeldet."""
    _refuse_old(settings)
    with instance.opened(settings):
        person = queries.find_person_by_email(email)
        if person is None:
            raise Refused(f"Eine Person mit der Adresse „{email}“ gibt es nicht.")
        if not services.remove_second_factor(person.id, by=None):
            raise Refused(f"{email} hat keinen zweiten Faktor.")
    click.echo(f"Der zweite Faktor von {email} ist entfernt; zur Anmeldung genügt das Passwort.")


@user.command("leave")
@click.option("--email", required=True, help="E-Mail-Adresse der Person, die ausscheidet.")
@click.option("--to", help="Wer ihre offene Arbeit übernimmt (E-Mail-Adresse).")
@click.option("--follow-ups-to", help="Wer die Wiedervorlagen übernimmt, wenn jemand anderes.")
@click.option("--concerns-to", help="Wer die Anliegen übernimmt, wenn jemand anderes.")
@click.option("--visits-to", help="Wer die geplanten Besuche übernimmt, wenn jemand anderes.")
@click.option("--keep-account", is_flag=True, help="Nur weitergeben; das Konto bleibt offen.")
@with_settings
def leave(  # noqa: PLR0913
    settings: Settings,
    *,
    email: str,
    to: str | None,
    follow_ups_to: str | None,
    concerns_to: str | None,
    visits_to: str | None,
    keep_account: bool,
) -> None:
    """Alles Offene einer Person weitergeben und ihr Konto schließen."""
    _refuse_old(settings)
    successors = {
        Kind.FOLLOW_UP: follow_ups_to or to,
        Kind.CONCERN: concerns_to or to,
        Kind.VISIT: visits_to or to,
    }
    for sentence in let_go(settings, email, successors, close=not keep_account):
        click.echo(sentence)


@crm.group()
def team() -> None:
    """Teams und ihre Träger."""


@team.command("add")
@click.argument("name")
@click.option("--body", required=True, help="Name des Trägers.")
@click.option(
    "--land",
    type=click.Choice(services.LAENDER, case_sensitive=False),
    help="Land eines neuen Trägers; ohne diese Angabe muss es den Träger geben.",
)
@with_settings
def add_team(settings: Settings, *, name: str, body: str, land: str | None) -> None:
    """Ein Team anlegen, bei Bedarf mit seinem Träger."""
    _refuse_old(settings)
    with instance.opened(settings):
        found = queries.find_body(body)
        if found is None and land is None:
            raise Refused(f"Den Träger „{body}“ gibt es nicht; mit --land wird er angelegt.")
        body_id = found.id if found else services.add_body(body, land=land or "")
        services.add_team(body_id, name)
    click.echo(f"Das Team „{name}“ ist angelegt.")


@crm.command("demo")
@with_settings
def load_demo(settings: Settings) -> None:
    """Vorführdaten laden (nur mit CRM_DEMO=1)."""
    demo.refuse_real(settings)
    upgrade.upgrade(settings)
    with instance.opened(settings):
        logins = demo.logins(settings)
    _tell_logins(logins)


@crm.command()
@click.option("--demo", "is_demo", is_flag=True, help="Vorführbetrieb mit erfundenen Daten.")
@click.option(
    "--bind", default="127.0.0.1", show_default=True, help="Adresse, an der gelauscht wird."
)
@click.option("--worker", "with_worker", is_flag=True, help="Auch den Hintergrunddienst starten.")
@with_settings
def run(settings: Settings, *, is_demo: bool, bind: str, with_worker: bool) -> None:
    """Den Webserver starten; mit --demo auch den Hintergrunddienst."""
    if is_demo:
        settings = replace(settings, demo=True)
        server.refuse_public_demo(settings, bind)
        upgrade.upgrade(settings)
        with instance.opened(settings):
            logins = demo.logins(settings)
        _tell_logins(logins)
    else:
        _refuse_old(settings)
    click.echo(f"Augenhöhe: http://{bind}:{settings.port}  (Ende mit Strg+C)")
    sys.stdout.flush()
    with worker.beside(settings) if is_demo or with_worker else nullcontext():
        server.serve(settings, address=bind)


@crm.command("worker")
@with_settings
def run_worker(settings: Settings) -> None:
    """Den Hintergrunddienst starten: er verschickt Mails und erledigt, was Zeit braucht."""
    _refuse_old(settings)
    worker.work(settings)


@crm.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_settings
def write_backup(settings: Settings, *, file: Path) -> None:
    """Alles in eine Datei sichern, während das Programm weiterläuft."""
    manifest = backup.back_up(settings, file)
    size = size_in_words(file.stat().st_size)
    click.echo(f"Gesichert und geprüft: {file} ({size}, Stand {manifest.migration})")


@crm.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Vorhandene Daten beiseitelegen und ersetzen.")
@with_settings
def read_backup(settings: Settings, *, file: Path, replace: bool) -> None:
    """Eine Sicherung einspielen."""
    restored = restore.restore(settings, file, replace=replace)
    click.echo(f"Eingespielt: Sicherung vom {restored.manifest.created_at}.")
    if restored.old_data:
        click.echo(f"Die bisherigen Daten liegen hier: {restored.old_data}")
    click.echo("Alle Personen müssen sich neu anmelden und ihren Kalender neu abonnieren.")


@crm.command("upgrade")
@with_settings
def run_upgrade(settings: Settings) -> None:
    """Die Datenbank auf diese Fassung bringen; vorher wird gesichert."""
    done = upgrade.upgrade(settings)
    if not done.changed:
        click.echo(f"Die Datenbank ist aktuell ({done.after}).")
        return
    if done.backup:
        click.echo(f"Gesichert: {done.backup}")
    click.echo(f"Die Datenbank ist jetzt aktuell ({done.before or 'neu'} → {done.after}).")


@crm.command("doctor")
@with_settings
def run_doctor(settings: Settings) -> None:
    """Die Installation untersuchen; endet mit 1, wenn etwas fehlt."""
    findings = doctor.examine(settings)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.level.value:<8} {finding.subject:<{width}}  {finding.text}")
    if any(finding.level is Level.FAULT for finding in findings):
        raise SystemExit(1)


@crm.group("audit")
def audit_log() -> None:
    """Das Änderungsprotokoll."""


@audit_log.command("verify")
@with_settings
def verify_audit_log(settings: Settings) -> None:
    """Das Änderungsprotokoll prüfen; endet mit 1, wenn jemand daran etwas geändert hat."""
    _refuse_old(settings)
    with instance.opened(settings):
        found = proof.verify()
    for sentence in audit_words(found):
        click.echo(sentence)
    if found.findings:
        raise SystemExit(1)


def _refuse_old(settings: Settings) -> None:
    if not upgrade.is_current(settings):
        raise Refused(
            "Die Datenbank gehört nicht zu dieser Fassung. Bitte rufen Sie `crm upgrade` auf,"
            " bei einer neuen Instanz `crm init`."
        )


def _tell_logins(logins: list[demo.DemoLogin]) -> None:
    role_width = max(len(login.role) for login in logins)
    email_width = max(len(login.email) for login in logins)
    for login in logins:
        click.echo(f"{login.role:<{role_width}}  {login.email:<{email_width}}  {login.password}")
