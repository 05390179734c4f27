"""What is done with bodies, teams, people, and what lets them in; one use case per module."""

from crm.accounts.services.access import end_feed
from crm.accounts.services.duty import oblige
from crm.accounts.services.inviting import Invitation, invite, invite_again
from crm.accounts.services.leaving import deactivate, keep_an_administrator, reactivate, reopen
from crm.accounts.services.links import LINK_HOURS, choose_password, get_by_link, make_link
from crm.accounts.services.making import Rights, add_person
from crm.accounts.services.own import (
    LANGUAGES,
    change_language,
    change_password,
    replace_password,
)
from crm.accounts.services.proving import prove
from crm.accounts.services.rights import change_rights
from crm.accounts.services.second_factor import (
    offer,
    remove_second_factor,
    renew_codes,
    set_up,
    take_away,
    turn_off,
)
from crm.accounts.services.sessions import (
    Lifetime,
    begin_session,
    clear_sessions,
    end_device,
    end_other_devices,
    end_session,
    finish_sign_in,
    is_over,
    is_proved,
    sign_in,
    touch_session,
)
from crm.accounts.services.teams import (
    LAENDER,
    add_body,
    add_team,
    change_body,
    close_team,
    get_body,
    get_team_to_change,
    rename_team,
    reopen_team,
)
from crm.accounts.throttle import TooManyAttempts

__all__ = [
    "LAENDER",
    "LANGUAGES",
    "LINK_HOURS",
    "Invitation",
    "Lifetime",
    "Rights",
    "TooManyAttempts",
    "add_body",
    "add_person",
    "add_team",
    "begin_session",
    "change_body",
    "change_language",
    "change_password",
    "change_rights",
    "choose_password",
    "clear_sessions",
    "close_team",
    "deactivate",
    "end_device",
    "end_feed",
    "end_other_devices",
    "end_session",
    "finish_sign_in",
    "get_body",
    "get_by_link",
    "get_team_to_change",
    "invite",
    "invite_again",
    "is_over",
    "is_proved",
    "keep_an_administrator",
    "make_link",
    "oblige",
    "offer",
    "prove",
    "reactivate",
    "remove_second_factor",
    "rename_team",
    "renew_codes",
    "reopen",
    "reopen_team",
    "replace_password",
    "set_up",
    "sign_in",
    "take_away",
    "touch_session",
    "turn_off",
]
