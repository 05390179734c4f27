"""Pages of contacts: the list, the form, and one person."""

from crm.contacts.views import form, index, page
from crm.contacts.views.blueprint import bp

__all__ = ["bp", "form", "index", "page"]
