"""Pages of administration: the start page, people, their second factor, teams, the audit log."""

from crm.administration.views import audit_log, index, people, second_factor, teams
from crm.administration.views.blueprint import bp

__all__ = ["audit_log", "bp", "index", "people", "second_factor", "teams"]
