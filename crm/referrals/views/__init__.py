"""Pages of referrals: the list, a new one, one with its result, and its sheet."""

from crm.referrals.views import form, index, page
from crm.referrals.views.blueprint import bp

__all__ = ["bp", "form", "index", "page"]
