"""Somebody leaves: `crm user leave`."""

from __future__ import annotations

import pytest

from crm.accounts import queries as accounts
from crm.accounts import services
from crm.clock import now, today
from crm.db import transaction
from crm.follow_ups.models import Assignee, FollowUp
from crm.operations import instance
from crm.policy import Role
from crm.visibility import Visibility
from tests.operations.conftest import ANNA, Installation

LENA, HUGO, NINA = "lena@kreis.example", "hugo@kreis.example", "nina@kreis.example"


@pytest.fixture
def staffed(installation: Installation) -> Installation:
    """Give an installation in which Lena has something to do that no manager may see."""
    installation.done("team", "add", "Team Süd", "--body", "Musterkreis")
    with instance.opened(installation.settings):
        [north], [south] = accounts.teams_named("Team Nord"), accounts.teams_named("Team Süd")
        people = {
            email: services.add_person(
                email=email,
                name=name,
                password="Ein Satz, den niemand errät",
                role=Role.OFFICER,
                team_id=team.id,
            )
            for email, name, team in (
                (LENA, "Lena Leicht", north),
                (HUGO, "Hugo Heinrich", north),
                (NINA, "Nina Nord", south),
            )
        }
        with transaction() as session:
            for circle in (Visibility.BODY, Visibility.MANAGERS):
                session.add(
                    FollowUp(
                        body_id=north.body_id,
                        team_id=north.id,
                        owner_id=people[LENA],
                        visibility=circle,
                        title="Anrufen",
                        due_on=today(),
                        created_at=now(),
                        updated_at=now(),
                        assignees=[Assignee(person_id=people[LENA])],
                    )
                )
    return installation


def _whose(installation: Installation) -> list[str]:
    rows = installation.rows(
        "SELECT person.email FROM follow_up_assignee AS a JOIN person ON person.id = a.person_id"
        " ORDER BY person.email"
    )
    return [str(row[0]) for row in rows]


def _closed(installation: Installation) -> list[str]:
    rows = installation.rows("SELECT email FROM person WHERE deactivated_at IS NOT NULL")
    return [str(row[0]) for row in rows]


def test_everything_goes_and_the_account_is_closed(staffed: Installation) -> None:
    said = staffed.done("user", "leave", "--email", LENA, "--to", HUGO)

    assert "Von Lena Leicht weitergegeben: 2 Wiedervorlagen." in said
    assert "Das Konto ist geschlossen" in said
    assert _whose(staffed) == [HUGO, HUGO]
    assert _closed(staffed) == [LENA]
    again = staffed.done("user", "leave", "--email", LENA, "--to", HUGO)
    assert again.strip() == "Bei Lena Leicht ist nichts mehr offen."


def test_without_a_successor_it_names_what_is_open_and_changes_nothing(
    staffed: Installation,
) -> None:
    before = staffed.content()

    sentence = staffed.refused("user", "leave", "--email", LENA)

    assert "ist noch offen: 2 Wiedervorlagen." in sentence
    assert "--to" in sentence
    assert staffed.content() == before


def test_what_is_for_one_team_stays_and_is_named(staffed: Installation) -> None:
    said = staffed.done("user", "leave", "--email", LENA, "--to", NINA)

    assert "weitergegeben: 1 Wiedervorlage." in said
    assert "geblieben: 1 Wiedervorlage, nur für ein Team oder dessen Leitung bestimmt" in said
    assert _whose(staffed) == [LENA, NINA]
    staffed.done("user", "leave", "--email", LENA, "--to", HUGO)
    assert _whose(staffed) == [HUGO, NINA]


def test_the_account_may_stay_open(staffed: Installation) -> None:
    said = staffed.done("user", "leave", "--email", LENA, "--follow-ups-to", HUGO, "--keep-account")

    assert "Konto" not in said
    assert _whose(staffed) == [HUGO, HUGO]
    assert _closed(staffed) == []


@pytest.mark.parametrize(
    ("email", "to", "said"),
    [
        ("niemand@kreis.example", HUGO, "gibt es nicht"),
        (LENA, "niemand@kreis.example", "gibt es nicht"),
        (LENA, LENA, "kann nichts übernehmen"),
        (LENA, ANNA, "kann nichts übernehmen"),
        (ANNA, HUGO, "das einzige Konto, das diese Instanz verwaltet"),
    ],
)
def test_what_cannot_be_is_refused(email: str, to: str, said: str, staffed: Installation) -> None:
    before = staffed.content()

    assert said in staffed.refused("user", "leave", "--email", email, "--to", to)
    assert staffed.content() == before
