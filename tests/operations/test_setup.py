"""Setting an installation up: `crm init`, `crm user add`, `crm team add`."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from crm.accounts import queries, services
from crm.accounts.one_time import Safe
from crm.operations import instance
from tests.make_ground import App
from tests.operations.conftest import ANNA, INIT, Installation


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _password(said: str) -> str:
    found = re.search(r"Passwort: +(\S+)", said)
    assert found, said
    return found[1]


def test_init_makes_the_first_administrator_who_can_sign_in(fresh: Installation) -> None:
    said = fresh.done(*INIT)

    with instance.opened(fresh.settings):
        person, _half = services.sign_in(ANNA, _password(said), address="127.0.0.1")
        assert person.is_administrator
        assert person.actor.land == "ST"
        assert person.role.value == "none"


def test_init_keeps_folder_and_key_to_their_owner(fresh: Installation) -> None:
    fresh.done(*INIT)

    assert _mode(fresh.settings.instance) == 0o700
    assert _mode(fresh.settings.secret_key_file) == 0o600


def test_init_loads_the_topics(installation: Installation) -> None:
    assert installation.rows("SELECT count(*) FROM topic") != [(0,)]


def test_no_password_is_known_beforehand(fresh: Installation, tmp_path: Path) -> None:
    other = Installation(type(fresh.settings)(instance=tmp_path / "other"))

    first, second = _password(fresh.done(*INIT)), _password(other.done(*INIT))

    assert first != second
    assert len(first) >= 20


def test_init_happens_once(installation: Installation) -> None:
    before = installation.content()

    sentence = installation.refused(*INIT)

    assert "schon eingerichtet" in sentence
    assert installation.content() == before


def test_a_refused_init_leaves_nobody_behind_and_can_be_repeated(fresh: Installation) -> None:
    sentence = fresh.refused(*INIT, "--email", "keine Adresse")

    assert "E-Mail-Adresse ist ungültig" in sentence
    assert fresh.rows("SELECT count(*) FROM body") == [(0,)]
    fresh.done(*INIT)


def test_a_typed_password_is_taken_and_not_shown(fresh: Installation) -> None:
    said = fresh.done(*INIT, "--password-stdin", stdin="Ein Satz, den niemand errät\n")

    assert "errät" not in said
    with instance.opened(fresh.settings):
        person, _half = services.sign_in(ANNA, "Ein Satz, den niemand errät", address="127.0.0.1")
        assert person.name == "Anna Admin"


def test_a_short_password_is_refused_with_a_sentence(fresh: Installation) -> None:
    sentence = fresh.refused(*INIT, "--password-stdin", stdin="kurz\n")

    assert "mindestens 12 Zeichen" in sentence


def test_people_are_added_to_their_team(installation: Installation) -> None:
    said = installation.done(
        *("user", "add", "--email", "otto@kreis.example", "--name", "Otto Orth"),
        *("--role", "manager", "--team", "Team Nord"),
    )

    with instance.opened(installation.settings):
        person, _half = services.sign_in("otto@kreis.example", _password(said), address="127.0.0.1")
        assert person.actor.led_team_ids == {person.team_id}
        assert not person.is_administrator


def test_a_forgotten_password_is_replaced_and_every_session_ends(
    installation: Installation,
) -> None:
    with instance.opened(installation.settings):
        anna = queries.find_person_by_email(ANNA)
        assert anna is not None
        token = services.begin_session(anna.id)

    said = installation.done("user", "password", "--email", ANNA)

    with instance.opened(installation.settings):
        person, _half = services.sign_in(ANNA, _password(said), address="127.0.0.1")
        assert person.name == "Anna Admin"
        assert queries.find_sign_in(token) is None


def test_the_password_of_nobody_is_not_replaced(installation: Installation) -> None:
    sentence = installation.refused("user", "password", "--email", "niemand@kreis.example")

    assert "„niemand@kreis.example“" in sentence


def test_an_unknown_team_is_named(installation: Installation) -> None:
    sentence = installation.refused(
        *("user", "add", "--email", "otto@kreis.example", "--name", "Otto Orth"),
        *("--role", "officer", "--team", "Team Ost"),
    )

    assert "„Team Ost“" in sentence


def test_an_address_belongs_to_one_person(installation: Installation) -> None:
    sentence = installation.refused(
        *("user", "add", "--email", ANNA, "--name", "Anna Zwei"),
        *("--role", "officer", "--team", "Team Nord"),
    )

    assert "schon eine Person" in sentence


def test_the_body_decides_between_teams_of_one_name(installation: Installation) -> None:
    installation.done("team", "add", "Team Nord", "--body", "Nachbarkreis", "--land", "by")

    installation.done(
        *("user", "add", "--email", "nina@kreis.example", "--name", "Nina Nachbar"),
        *("--role", "reader", "--team", "Team Nord", "--body", "Nachbarkreis"),
    )

    assert installation.rows(
        "SELECT body.name, body.land FROM person"
        " JOIN team ON team.id = person.team_id JOIN body ON body.id = team.body_id"
        " WHERE person.email = 'nina@kreis.example'"
    ) == [("Nachbarkreis", "BY")]


def test_a_team_needs_its_body(installation: Installation) -> None:
    assert "„Nirgendwo“" in installation.refused("team", "add", "Team West", "--body", "Nirgendwo")


def test_nobody_is_added_before_init(fresh: Installation) -> None:
    sentence = fresh.refused(
        *("user", "add", "--email", "otto@kreis.example", "--name", "Otto Orth"),
        *("--role", "officer", "--team", "Team Nord"),
    )

    assert "crm init" in sentence


def test_a_team_that_several_bodies_have_is_not_guessed(installation: Installation) -> None:
    installation.done("team", "add", "Team Nord", "--body", "Nachbarkreis", "--land", "by")

    sentence = installation.refused(
        *("user", "add", "--email", "nina@kreis.example", "--name", "Nina Nachbar"),
        *("--role", "reader", "--team", "Team Nord"),
    )

    assert "„Musterkreis“, „Nachbarkreis“" in sentence
    assert installation.rows("SELECT count(*) FROM person") == [(1,)]


def test_a_manager_can_lead_several_teams(installation: Installation) -> None:
    for name in ("Team Süd", "Team Ost"):
        installation.done("team", "add", name, "--body", "Musterkreis")

    installation.done(
        *("user", "add", "--email", "lena@kreis.example", "--name", "Lena Leit"),
        *("--role", "manager", "--team", "Team Nord", "--leads", "Team Süd", "--leads", "Team Ost"),
    )

    assert installation.rows(
        "SELECT team.name FROM team_lead JOIN team ON team.id = team_lead.team_id"
        " JOIN person ON person.id = team_lead.person_id"
        " WHERE person.email = 'lena@kreis.example' ORDER BY team.name"
    ) == [("Team Nord",), ("Team Ost",), ("Team Süd",)]


def test_only_a_manager_leads(installation: Installation) -> None:
    sentence = installation.refused(
        *("user", "add", "--email", "otto@kreis.example", "--name", "Otto Orth"),
        *("--role", "officer", "--team", "Team Nord", "--leads", "Team Nord"),
    )

    assert "manager" in sentence


@pytest.mark.parametrize("option", ["--name", "--body", "--team"])
@pytest.mark.parametrize("name", ["", "  ", "A\x07nna", "A\nnna", "ä" * 301])
def test_a_name_that_is_none_is_refused(option: str, name: str, fresh: Installation) -> None:
    sentence = fresh.refused(*INIT, option, name)

    assert "Name" in sentence
    assert fresh.rows("SELECT count(*) FROM body") == [(0,)]


def test_a_password_that_is_no_text_is_refused_with_a_sentence(fresh: Installation) -> None:
    sentence = fresh.refused(*INIT, "--password-stdin", stdin=b"\xff\xfe ein Satz ohne Sinn\n")

    assert "kein UTF-8" in sentence


@pytest.mark.parametrize("port", ["0", "99999", "-1", "acht"])
def test_a_port_that_is_none_is_refused_with_a_sentence(
    port: str, installation: Installation
) -> None:
    assert "PORT" in installation.refused("run", PORT=port)


def test_a_lost_second_factor_is_removed(installation: Installation) -> None:
    with instance.opened(installation.settings):
        anna = queries.find_person_by_email(ANNA)
        assert anna is not None
        safe = Safe.of(installation.settings)
        offered = services.offer(anna.actor, safe)
        services.set_up(anna.actor, offered.sealed, App(offered.secret).code(), safe=safe)
        token = services.begin_session(anna.id)

    said = installation.done("user", "remove-second-factor", "--email", ANNA)

    assert "ist entfernt" in said
    with instance.opened(installation.settings):
        assert queries.find_second_factor(anna.id) is None
        assert queries.find_sign_in(token) is None
    again = installation.refused("user", "remove-second-factor", "--email", ANNA)
    assert "hat keinen zweiten Faktor" in again


def test_that_of_nobody_is_not_removed(installation: Installation) -> None:
    refused = installation.refused("user", "remove-second-factor", "--email", "nie@kreis.example")

    assert "gibt es nicht" in refused
