"""Pages of administration: people, their second factor, the audit log."""

from crm.administration.views import audit_log, people, second_factor
from crm.administration.views.blueprint import bp

__all__ = ["audit_log", "bp", "people", "second_factor"]
