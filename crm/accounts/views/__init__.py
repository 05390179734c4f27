"""Pages of signing in and out and of one's own account."""

from crm.accounts.views import own, proving, second_factor, signing_in
from crm.accounts.views.blueprint import bp

__all__ = ["bp", "own", "proving", "second_factor", "signing_in"]
