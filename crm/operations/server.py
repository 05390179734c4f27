"""The web server: gunicorn with settings that fit a machine behind a reverse proxy."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import errors, wsgi
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from config import Settings
from crm import create_app, logs
from crm.operations.refusal import Refused
from crm.web.headers import HEADERS
from crm.web.observing import share
from crm.web.peers import is_loopback

_log = logging.getLogger(__name__)

_THREADS = 8
_LONGEST_REQUEST = 60
# Answers of a process after which what it has loaded is looked through for the last time
# Containers more than before at which the youngest are looked through. With Python's 700 a pause
# of the whole falls on every 17th page (a page leaves some 4,000), with this on every 250th.
_YOUNGEST = 10_000
_WARM = frozenset({100, 250, 500, 1_000, 2_500, 5_000, 10_000})
_answered = count(1)

_MakeApp: TypeAlias = Callable[[Settings], Flask]


def _keep_what_is_loaded() -> None:
    """Let the collector not walk in the middle of a page through what stays for good."""
    gc.collect()
    gc.freeze()


def _once_warm(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """By then pages have been drawn: templates, statements and texts are in memory."""
    if next(_answered) in _WARM:
        _keep_what_is_loaded()


class _Logger(Logger):
    """gunicorn's words among ours."""

    def setup(self, cfg: Any) -> None:
        """Have no line of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


# No setting keeps it from saying in each answer what it is
wsgi.SERVER = "augenhoehe"  # type: ignore[attr-defined]

# What is wrong with a request that cannot be read; anything else is 400
_UNREADABLE = {
    errors.LimitRequestLine: "414 URI Too Long",
    errors.LimitRequestHeaders: "431 Request Header Fields Too Large",
    errors.ExpectationFailed: "417 Expectation Failed",
    errors.UnsupportedTransferCoding: "501 Not Implemented",
}


# A header that the product wanted to send; the stubs do not know it yet
_OURS = errors.InvalidResponseHeader  # type: ignore[attr-defined]


class _Worker(ThreadWorker):
    """Answers what never becomes a request like everything else: with our headers, and no echo."""

    def handle_error(self, _request: Any, client: Any, _address: Any, error: BaseException) -> None:
        """Answer in one line, and say in the log what kind of thing was wrong."""
        status = "500 Internal Server Error"
        is_theirs = isinstance(error, errors.ParseException | OSError)
        if is_theirs and not isinstance(error, _OURS):
            status = _UNREADABLE.get(type(error), "400 Bad Request")
        number, words = status.split(" ", 1)
        told = logs.facts(status=int(number))
        _log.log(
            logging.WARNING if is_theirs else logging.ERROR,
            "no request that can be read" if is_theirs else "an answer failed",
            extra=told,
            exc_info=error,
        )
        headers = HEADERS | {
            "Cache-Control": "no-store",
            "Connection": "close",
            "Content-Type": "text/plain",
            "Content-Length": str(len(words)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        write_nonblock(client, f"HTTP/1.1 {status}\r\n{head}\r\n{words}".encode("latin-1"))


class _Server(BaseApplication):
    """gunicorn with our settings; each process makes its own application."""

    def __init__(self, settings: Settings, options: dict[str, Any], make_app: _MakeApp) -> None:
        self._settings = settings
        self._options = options
        self._make_app = make_app
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; neither its file nor its environment is read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application of one process."""
        app = self._make_app(self._settings)
        gc.set_threshold(_YOUNGEST, *gc.get_threshold()[1:])
        _keep_what_is_loaded()
        return app


def refuse_public_demo(settings: Settings, address: str) -> None:
    """Raise `Refused` for demo mode on an address that others can reach."""
    if settings.demo and not is_loopback(address):
        raise Refused("Der Demobetrieb ist nur auf 127.0.0.1 erlaubt.")


def _product(settings: Settings) -> Flask:
    app = create_app(settings)
    share(app)
    return app


def serve(settings: Settings, *, address: str, make_app: _MakeApp = _product) -> None:
    """Answer requests until the process is told to end; `make_app` makes what answers.

    Raises `Refused` for demo mode on an address that others can reach.
    """
    refuse_public_demo(settings, address)
    logs.to_stderr(settings, repeats_libraries=True)
    _Server(settings, _options(settings, address), make_app).run()


def _options(settings: Settings, address: str) -> dict[str, Any]:
    host = f"[{address}]" if ":" in address else address
    return {
        "bind": f"{host}:{settings.port}",
        "workers": max(settings.workers, 1),
        "worker_class": _Worker,
        "threads": _THREADS,
        # A list's place holds names, of up to 300 characters
        "limit_request_line": 8190,
        "timeout": _LONGEST_REQUEST,
        "graceful_timeout": 30,
        # longer than the proxy's: it must never use a connection that is just being closed
        "keepalive": 75,
        "loglevel": "warning" if settings.logs_less else "info",
        "logger_class": _Logger,
        # The first process meets no request, and what gunicorn says there is about processes
        "post_fork": lambda _server, _worker: logs.to_stderr(settings),
        "post_request": _once_warm,
        "proc_name": "augenhoehe",
        "umask": 0o077,
        # Forwarding headers are believed by the number of proxies in the settings, not here.
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
    }
