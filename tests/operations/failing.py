"""The product with doors behind which things go wrong, for the tests of what is logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Flask, Response, request

from config import Settings
from crm import create_app
from crm.extensions import csrf
from crm.operations.server import serve
from crm.web.access import public

_NOTHING: Mapping[str, str] = {}


def _everything() -> str:
    return f"{request.url} {request.headers} {request.form} {request.cookies}"


def _make_app(settings: Settings) -> Flask:
    app = create_app(settings)

    @app.route("/fails/<text>", methods=["GET", "POST"])
    @csrf.exempt
    @public
    def fails(text: str) -> str:
        try:
            return _NOTHING[_everything()]
        except KeyError as error:
            raise ValueError(f"{text} {_everything()}") from error

    @app.get("/breaks-off/<text>")
    @public
    def breaks_off(text: str) -> Response:
        said = _everything()

        def begin() -> Iterator[str]:
            yield "begun"
            raise ValueError(f"{text} {said}")

        return Response(begin())

    @app.get("/fails-late/<text>")
    @public
    def fails_late(text: str) -> Response:
        return Response(text, headers={"X-Fails": "late"})

    @app.after_request
    def fail(response: Response) -> Response:
        if "X-Fails" in response.headers:
            raise ValueError(_everything())
        return response

    return app


if __name__ == "__main__":
    serve(Settings.from_env(), address="127.0.0.1", make_app=_make_app)
