"""Pages of organisations: the list, the form, one organisation, and suggestions while typing."""

from crm.organisations.views import form, index, next_visit, page, suggest
from crm.organisations.views.blueprint import bp

__all__ = ["bp", "form", "index", "next_visit", "page", "suggest"]
