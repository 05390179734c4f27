"""Pages of follow-ups: the list, a new one, and one with all that can be done to it."""

from crm.follow_ups.views import bulk, index, later, new, show
from crm.follow_ups.views.blueprint import bp

__all__ = ["bp", "bulk", "index", "later", "new", "show"]
