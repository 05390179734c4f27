"""The blueprint of the pages of administration."""

from flask import Blueprint

bp = Blueprint("administration", __name__)
