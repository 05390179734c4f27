"""Pages of activity reports: the list, a new one, one to read, its texts, its files."""

from crm.reports.views import chapter, cover, files, index, show
from crm.reports.views.blueprint import bp

__all__ = ["bp", "chapter", "cover", "files", "index", "show"]
