"""The blueprint that the modules of this package hang their pages on."""

from flask import Blueprint

bp = Blueprint("visits", __name__)
