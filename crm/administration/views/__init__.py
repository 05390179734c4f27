"""Pages of administration: the start page, people, teams and bodies, the audit log."""

from crm.administration.views import audit_log, index, people, teams
from crm.administration.views.blueprint import bp

__all__ = ["audit_log", "bp", "index", "people", "teams"]
