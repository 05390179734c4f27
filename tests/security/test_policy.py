"""The rows of the domain's table "Who may do what" that are about doing."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from crm.errors import NotAllowed
from crm.policy import ADMINISTRATION, GRANTS, OBJECT_RULES, Actor, Permission, Role, authorize, may
from crm.types import new_id

READ = {
    "account:use",
    "concern:read",
    "contact:read",
    "dashboard:read",
    "follow_up:read",
    "notification:read",
    "organisation:read",
    "report:read",
    "view:edit",
    "visit:read",
}
WORK = READ | {
    "calendar:subscribe",
    "concern:move",
    "contact:edit",
    "follow_up:change",
    "list:export",
    "organisation:edit",
    "report:edit",
    "visit:edit",
    "visit:log",
}
TABLE: Mapping[Role, set[str]] = {
    Role.NONE: {"account:use"},
    Role.READER: READ,
    Role.OFFICER: WORK,
    Role.MANAGER: WORK
    | {"figures:whole", "report:make", "target:edit", "team:hand_over", "topic:manage"},
}

BODY, ABROAD, HOME, LED, OTHER = (new_id() for _ in range(5))


def _actor(role: Role, *, administrator: bool = False) -> Actor:
    return Actor(
        id=new_id(),
        name="",
        role=role,
        is_administrator=administrator,
        body_id=None if role is Role.NONE else BODY,
        team_id=None if role is Role.NONE else HOME,
        led_team_ids=frozenset({HOME, LED}) if role is Role.MANAGER else frozenset(),
        land="ST",
    )


def _subject(actor: Actor, whose: str, *, assigned: bool = False) -> Any:
    own = whose == "own"
    teams: Mapping[str, UUID] = {"led team's": LED, "other team's": OTHER}
    return SimpleNamespace(
        owner_id=actor.id if own else new_id(),
        body_id=ABROAD if whose == "other body's" else BODY,
        # The teams' keys are unique over all bodies; a forged one must not help all the same
        team_id=teams.get(whose, HOME),
        assignee_ids=frozenset({actor.id} if assigned else ()),
        collaborator_ids=frozenset({actor.id} if assigned else ()),
    )


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says(role: Role) -> None:
    assert {permission.value for permission in GRANTS[role]} == TABLE[role]


@pytest.mark.parametrize("role", Role)
def test_an_administrator_may_do_no_more_with_content(role: Role) -> None:
    alone, besides = _actor(role), _actor(role, administrator=True)

    content = set(Permission) - ADMINISTRATION
    assert {p for p in content if may(alone, p)} == {p for p in content if may(besides, p)}
    assert all(may(besides, p) for p in ADMINISTRATION)
    assert not any(may(alone, p) for p in ADMINISTRATION - GRANTS[role])


OWN_AND_TEAM = [Permission.CONCERN_MOVE, Permission.FOLLOW_UP_CHANGE, Permission.VISIT_EDIT]


@pytest.mark.parametrize("permission", OWN_AND_TEAM)
@pytest.mark.parametrize(
    ("role", "whose", "expected"),
    [
        (Role.READER, "own", False),
        (Role.READER, "own team's", False),
        (Role.OFFICER, "own", True),
        (Role.OFFICER, "own team's", True),
        (Role.OFFICER, "led team's", False),
        (Role.OFFICER, "other team's", False),
        (Role.OFFICER, "other body's", False),
        (Role.MANAGER, "own", True),
        (Role.MANAGER, "own team's", True),
        (Role.MANAGER, "led team's", True),
        (Role.MANAGER, "other team's", False),
        (Role.MANAGER, "other body's", False),
    ],
)
def test_own_things_and_those_of_the_team(
    permission: Permission, role: Role, whose: str, expected: bool
) -> None:
    actor = _actor(role)

    assert may(actor, permission, _subject(actor, whose)) is expected


def test_a_manager_who_leads_no_team_changes_only_their_own() -> None:
    actor = Actor(
        id=new_id(), name="", role=Role.MANAGER, is_administrator=False, body_id=BODY,
        team_id=HOME, led_team_ids=frozenset(), land="ST",
    )  # fmt: skip

    assert may(actor, Permission.VISIT_EDIT, _subject(actor, "own"))
    assert not may(actor, Permission.VISIT_EDIT, _subject(actor, "own team's"))


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_who_is_to_do_it_may_complete_it(role: Role) -> None:
    actor = _actor(role)
    assigned = _subject(actor, "other team's", assigned=True)

    assert may(actor, Permission.FOLLOW_UP_CHANGE, assigned)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_who_works_on_a_concern_may_move_it(role: Role) -> None:
    actor = _actor(role)
    assigned = _subject(actor, "other team's", assigned=True)

    assert may(actor, Permission.CONCERN_MOVE, assigned)
    assert not may(actor, Permission.VISIT_EDIT, assigned)


def test_a_reader_completes_nothing_even_when_it_was_given_to_them() -> None:
    actor = _actor(Role.READER)

    assert not may(actor, Permission.FOLLOW_UP_CHANGE, _subject(actor, "own", assigned=True))


@pytest.mark.parametrize(
    "permission", [Permission.CONTACT_EDIT, Permission.ORGANISATION_EDIT, Permission.REPORT_EDIT]
)
@pytest.mark.parametrize(
    ("whose", "expected"),
    [("own team's", True), ("other team's", True), ("other body's", False)],
)
def test_the_register_is_kept_by_everybody_of_the_body(
    permission: Permission, whose: str, expected: bool
) -> None:
    actor = _actor(Role.OFFICER)

    assert may(actor, permission, _subject(actor, whose)) is expected


@pytest.mark.parametrize(
    ("role", "whose", "expected"),
    [
        (Role.OFFICER, "own team's", False),
        (Role.MANAGER, "own team's", True),
        (Role.MANAGER, "led team's", True),
        (Role.MANAGER, "other team's", False),
    ],
)
def test_people_are_relieved_by_who_leads_their_team(
    role: Role, whose: str, expected: bool
) -> None:
    actor = _actor(role)

    assert may(actor, Permission.TEAM_HAND_OVER, _subject(actor, whose)) is expected


@pytest.mark.parametrize(
    ("role", "whose", "expected"),
    [
        (Role.READER, "led team's", False),
        (Role.OFFICER, "own", False),
        (Role.MANAGER, "own team's", True),
        (Role.MANAGER, "led team's", True),
        (Role.MANAGER, "other team's", False),
        (Role.MANAGER, "other body's", False),
    ],
)
def test_targets_are_set_by_who_leads_the_team(role: Role, whose: str, expected: bool) -> None:
    actor = _actor(role)

    assert may(actor, Permission.TARGET_EDIT, _subject(actor, whose)) is expected


@pytest.mark.parametrize(("whose", "expected"), [("own", True), ("own team's", False)])
def test_a_kept_view_is_its_owners_alone(whose: str, expected: bool) -> None:
    actor = _actor(Role.MANAGER)

    assert may(actor, Permission.VIEW_EDIT, _subject(actor, whose)) is expected


@pytest.mark.parametrize("permission", Permission)
def test_without_a_role_nothing_is_allowed_to_an_object(permission: Permission) -> None:
    actor = _actor(Role.NONE, administrator=True)
    subject = SimpleNamespace(
        owner_id=new_id(),
        body_id=None,
        team_id=None,
        assignee_ids=frozenset(),
        collaborator_ids=frozenset(),
    )

    expected = permission is Permission.ACCOUNT_USE or permission in ADMINISTRATION
    assert may(actor, permission, subject) is expected


def test_every_changing_permission_has_a_rule_or_needs_none() -> None:
    """Logging and exporting concern no object yet; reading is `visibility`'s."""
    verbs = {"edit", "change", "hand_over", "make", "move"}
    changing = {p for p in Permission if p.value.partition(":")[2] in verbs}

    assert changing == OBJECT_RULES.keys()


def test_authorize_raises_what_may_denies() -> None:
    actor = _actor(Role.READER)

    authorize(actor, Permission.VISIT_READ)
    with pytest.raises(NotAllowed):
        authorize(actor, Permission.VISIT_LOG)
