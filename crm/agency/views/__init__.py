"""Pages of what is set for the whole agency: how it looks, clocks, the works agreement."""

from crm.agency.views import agreement, clocks, look
from crm.agency.views.blueprint import bp

__all__ = ["agreement", "bp", "clocks", "look"]
