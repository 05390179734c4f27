"""Pages of concerns: the list, the board, one with all that can be done to it, and its form."""

from crm.concerns.views import board, form, index, procedure, show
from crm.concerns.views.blueprint import bp

__all__ = ["board", "bp", "form", "index", "procedure", "show"]
