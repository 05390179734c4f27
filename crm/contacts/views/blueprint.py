"""The blueprint that the pages of contacts hang on."""

from flask import Blueprint

bp = Blueprint("contacts", __name__)
