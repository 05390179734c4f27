"""The floor: a bare Flask view answering `ok` behind the product's server and settings."""

from __future__ import annotations

from flask import Flask

from config import Settings
from crm.operations.server import serve


def _make_app(_settings: Settings) -> Flask:
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def ok() -> str:
        return "ok"

    return app


if __name__ == "__main__":
    serve(Settings.from_env(), address="127.0.0.1", make_app=_make_app)
