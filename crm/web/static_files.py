"""Static files under an address that changes with their content, so that they are kept for a year.

One hash of the whole tree stands in the path: ES modules and style sheets can then name their
neighbours relatively, and every deployment refreshes all of them together.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for

from config import ROOT
from crm.web.access import public

FOLDER = ROOT / "static"
_YEAR = 365 * 24 * 3600


@cache
def tree_hash(folder: Path = FOLDER) -> str:
    """Return the short hash of every file's name and content below `folder`."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    """Return the address of the static file `name`."""
    return url_for("static", build=tree_hash(), filename=name)


@public
def _serve(build: str, filename: str) -> Response:
    """Send one static file; old addresses are answered too, but not kept."""
    if not build.isalnum():
        abort(404)
    response = send_from_directory(FOLDER, filename, conditional=True)
    if filename.endswith((".js", ".mjs")):
        response.mimetype = "text/javascript"
    if build == tree_hash():
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def init_app(app: Flask) -> None:
    """Serve the static files; give templates `static_url`."""
    app.add_url_rule("/static/<build>/<path:filename>", "static", _serve)
    app.add_template_global(static_url, "static_url")
