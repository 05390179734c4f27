"""Pages of administration: people, the audit log."""

from crm.administration.views import audit_log, people
from crm.administration.views.blueprint import bp

__all__ = ["audit_log", "bp", "people"]
