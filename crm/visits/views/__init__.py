"""Pages of visits: the list, the form, and one visit."""

from crm.visits.views import form, index, page
from crm.visits.views.blueprint import bp

__all__ = ["bp", "form", "index", "page"]
