"""Who may do what, on one page: the roles, what each may do, and to which things.

What a person may not see answers 404 (`visibility.py`); what they see but may not do answers 403.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

from crm.errors import NotAllowed


@unique
class Role(StrEnum):
    """What a person does in their team."""

    NONE = "none"
    READER = "reader"
    OFFICER = "officer"
    MANAGER = "manager"


@unique
class Permission(StrEnum):
    """Something a person can be allowed to do, as `<thing>:<action>`."""

    ACCOUNT_USE = "account:use"
    AUDIT_READ = "audit:read"
    CALENDAR_SUBSCRIBE = "calendar:subscribe"
    CONCERN_MOVE = "concern:move"
    CONCERN_READ = "concern:read"
    CONTACT_EDIT = "contact:edit"
    CONTACT_READ = "contact:read"
    DASHBOARD_READ = "dashboard:read"
    FIGURES_WHOLE = "figures:whole"
    FOLLOW_UP_CHANGE = "follow_up:change"
    FOLLOW_UP_READ = "follow_up:read"
    LIST_EXPORT = "list:export"
    MAIL_MANAGE = "mail:manage"
    NOTIFICATION_READ = "notification:read"
    ORGANISATION_EDIT = "organisation:edit"
    ORGANISATION_READ = "organisation:read"
    PEOPLE_MANAGE = "people:manage"
    REPORT_EDIT = "report:edit"
    REPORT_MAKE = "report:make"
    REPORT_READ = "report:read"
    SETTINGS_MANAGE = "settings:manage"
    TARGET_EDIT = "target:edit"
    TEAM_HAND_OVER = "team:hand_over"
    TOPIC_MANAGE = "topic:manage"
    VIEW_EDIT = "view:edit"
    VISIT_EDIT = "visit:edit"
    VISIT_LOG = "visit:log"
    VISIT_READ = "visit:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person on whose behalf code runs.

    led_team_ids  the teams this person leads; empty unless the role is manager
    """

    id: UUID
    name: str
    role: Role
    is_administrator: bool
    body_id: UUID | None
    team_id: UUID | None
    led_team_ids: frozenset[UUID]
    land: str

    @property
    def seen_team_ids(self) -> frozenset[UUID]:
        """Return the teams whose records this person sees."""
        return self.led_team_ids | ({self.team_id} if self.team_id else set())


_ACCOUNT = frozenset({Permission.ACCOUNT_USE})
_READ = _ACCOUNT | {
    Permission.CONCERN_READ,
    Permission.CONTACT_READ,
    Permission.DASHBOARD_READ,
    Permission.FOLLOW_UP_READ,
    Permission.NOTIFICATION_READ,
    Permission.ORGANISATION_READ,
    Permission.REPORT_READ,
    Permission.VIEW_EDIT,
    Permission.VISIT_READ,
}
_WORK = _READ | {
    Permission.CALENDAR_SUBSCRIBE,
    Permission.CONCERN_MOVE,
    Permission.CONTACT_EDIT,
    Permission.FOLLOW_UP_CHANGE,
    Permission.LIST_EXPORT,
    Permission.ORGANISATION_EDIT,
    Permission.REPORT_EDIT,
    Permission.VISIT_EDIT,
    Permission.VISIT_LOG,
}
_LEAD = _WORK | {
    Permission.FIGURES_WHOLE,
    Permission.REPORT_MAKE,
    Permission.TARGET_EDIT,
    Permission.TEAM_HAND_OVER,
    Permission.TOPIC_MANAGE,
}

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.NONE: _ACCOUNT,
    Role.READER: _READ,
    Role.OFFICER: _WORK,
    Role.MANAGER: _LEAD,
}

# What administrators may besides, whatever their role: never anything about content
ADMINISTRATION = frozenset(
    {
        Permission.AUDIT_READ,
        Permission.MAIL_MANAGE,
        Permission.PEOPLE_MANAGE,
        Permission.SETTINGS_MANAGE,
        Permission.TOPIC_MANAGE,
    }
)


def granted(actor: Actor) -> frozenset[Permission]:
    """Return what `actor` may do at all."""
    return GRANTS[actor.role] | (ADMINISTRATION if actor.is_administrator else frozenset())


def _own_or_team(actor: Actor, subject: Any) -> bool:
    """Own things; an officer also their team's, a manager those of the teams they lead."""
    if subject.owner_id == actor.id:
        return True
    teams = actor.led_team_ids if actor.role is Role.MANAGER else {actor.team_id}
    return subject.body_id == actor.body_id and subject.team_id in teams


def _assigned_or_team(actor: Actor, subject: Any) -> bool:
    return actor.id in subject.assignee_ids or _own_or_team(actor, subject)


def _collaborator_or_team(actor: Actor, subject: Any) -> bool:
    return _own_or_team(actor, subject) or actor.id in subject.collaborator_ids


def _own(actor: Actor, subject: Any) -> bool:
    is_own: bool = subject.owner_id == actor.id
    return is_own


def _of_the_body(actor: Actor, subject: Any) -> bool:
    return actor.body_id is not None and subject.body_id == actor.body_id


def _of_a_led_team(actor: Actor, subject: Any) -> bool:
    """People of the teams that the actor leads."""
    return subject.team_id in actor.led_team_ids


def _of_a_led_team_here(actor: Actor, subject: Any) -> bool:
    return _of_the_body(actor, subject) and _of_a_led_team(actor, subject)


OBJECT_RULES: Mapping[Permission, Callable[[Actor, Any], bool]] = {
    Permission.CONCERN_MOVE: _collaborator_or_team,
    Permission.CONTACT_EDIT: _of_the_body,
    Permission.FOLLOW_UP_CHANGE: _assigned_or_team,
    Permission.ORGANISATION_EDIT: _of_the_body,
    Permission.REPORT_EDIT: _of_the_body,
    Permission.REPORT_MAKE: _of_the_body,
    Permission.TARGET_EDIT: _of_a_led_team_here,
    Permission.TEAM_HAND_OVER: _of_a_led_team,
    Permission.VIEW_EDIT: _own,
    Permission.VISIT_EDIT: _own_or_team,
}


def may(actor: Actor, permission: Permission, subject: object | None = None) -> bool:
    """Tell whether `actor` holds `permission`: at all, or on `subject` when it is given."""
    if permission not in granted(actor):
        return False
    rule = OBJECT_RULES.get(permission)
    return subject is None or rule is None or rule(actor, subject)


def authorize(actor: Actor, permission: Permission, subject: object | None = None) -> None:
    """Raise `NotAllowed` unless `may` says yes."""
    if not may(actor, permission, subject):
        raise NotAllowed(permission)
