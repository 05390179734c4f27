"""Pages of the dashboard: the figures, the file of one of its tables, the targets."""

from crm.dashboard.views import files, index, targets
from crm.dashboard.views.blueprint import bp

__all__ = ["bp", "files", "index", "targets"]
