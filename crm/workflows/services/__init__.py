"""What changes several features and belongs to none, one use case per module."""

from crm.workflows.services.handing_over import (
    HandedOver,
    Successors,
    TakenBack,
    get_colleague,
    hand_over,
    leave,
    take_back,
)
from crm.workflows.services.inviting import ask_for_password, invite, invite_again
from crm.workflows.services.teams import close_team, move_team

__all__ = [
    "HandedOver",
    "Successors",
    "TakenBack",
    "ask_for_password",
    "close_team",
    "get_colleague",
    "hand_over",
    "invite",
    "invite_again",
    "leave",
    "move_team",
    "take_back",
]
