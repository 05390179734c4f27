"""The blueprint of the pages of what is set for the whole agency."""

from flask import Blueprint

bp = Blueprint("agency", __name__)
