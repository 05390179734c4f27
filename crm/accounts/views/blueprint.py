"""The blueprint of signing in and of one's account, and what its pages share."""

from flask import Blueprint, current_app, request

from crm.accounts.one_time import Safe

bp = Blueprint("accounts", __name__)


def address() -> str:
    """Return the network address from which this is asked, for the throttle."""
    return request.remote_addr or ""


def safe() -> Safe:
    """Return what opens the secrets of this instance."""
    return Safe.of(current_app.config["CRM"])
